# make demo     crawl the bundled sample newsroom and look at what was stored
# make test     set up, then run every check and the tests
# make help     the other targets
#
# Needs Python 3.11 or newer, make and a package index; everything else goes into .venv.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
PYTEST := $(BIN)/python -m pytest
# One more than the cores: tests wait for crawls and processes four fifths of their time.
WORKERS ?= $(shell echo $$(( $$(nproc 2>/dev/null || echo 2) + 1 )))

.DEFAULT_GOAL := help
.PHONY: help demo test test-all test-slow check format compiled bench clean

help:  ## say what each target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.run  ## crawl the bundled sample newsroom into data/demo.db and show it
	@$(BIN)/newscrawl demo

test: check  ## run every check, and the tests but for the long ones (a few minutes)
	$(PYTEST) -n $(WORKERS) --dist loadscope

test-all: check  ## run every check and test, the long ones too
	$(PYTEST) -n auto --dist loadscope -m "not slow"

test-slow: $(VENV)/.dev  ## the soak and kill tests (long)
	$(PYTEST) -m slow

check: $(VENV)/.dev  ## lint, types and the direction of imports
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --quiet --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/hadolint Containerfile

format: $(VENV)/.dev  ## put the code into the house's form
	$(BIN)/ruff check --quiet --fix .
	$(BIN)/ruff format --quiet .

compiled: $(VENV)/.dev  ## compile extraction by mypyc, and compare its results with the plain ones
	$(BIN)/python -m tools.compile_extraction build/compiled
	NEWSCRAWL_COMPILED=build/compiled $(PYTEST) -m "" tests/test_compiled.py

bench: $(VENV)/.dev  ## accuracy and speed beside other tools (needs NEWSCRAWL_CORPUS)
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip --disable-pip-version-check --quiet install --upgrade pip
	.venv-bench/bin/python -m pip --disable-pip-version-check --quiet install -r bench/peers.txt
	$(BIN)/python -m bench

clean:  ## remove the environments and what runs wrote
	rm -rf $(VENV) .venv-bench data/*.db data/*.db-* data/warc data/*-warc

# Stamps: an environment is made anew only when what it is made from has changed.
$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "newscrawl needs Python 3.11 or newer; say: make PYTHON=python3.11 …" >&2; exit 1; }
	@echo "Setting up $(VENV) (once, about a minute) …"
	@$(PYTHON) -m venv $(VENV) \
	  || { rm -rf $(VENV); echo "No venv module: on Debian, apt install python3-venv" >&2; exit 1; }

$(VENV)/.run: $(VENV)/pyvenv.cfg pyproject.toml constraints.txt
	@$(PIP) install --editable . --constraint constraints.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	@$(PIP) install --editable '.[dev]' --constraint constraints.txt
	@touch $@
