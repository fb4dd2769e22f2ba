"""Accuracy and speed of extraction beside its peers, on the same pages, in one run.

    NEWSCRAWL_CORPUS=… python -m bench.extraction

Peers are read in .venv-bench (`make bench` makes it); one that is not installed is left out.
Speed is CPU time as a multiple of the bare lxml parse: the one figure that travels.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / ".venv-bench" / "bin" / "python"
COLUMNS = (
    ("aeb", "body_f1", "aeb body"),
    ("publishers", "body_f1", "body"),
    ("publishers", "headline", "headline"),
    ("publishers", "published", "day"),
    ("publishers", "authors", "authors"),
    ("publishers", "tags", "tags"),
    ("arabic", "body_f1", "ar body"),
    ("arabic", "headline", "ar headline"),
    ("arabic", "link_lists", "ar lists"),
)


def main() -> int:
    """Print the table; return 1 without a corpus."""
    corpus = os.environ.get("NEWSCRAWL_CORPUS")
    if not corpus or not Path(corpus).is_dir():
        print("NEWSCRAWL_CORPUS names no folder of saved pages", file=sys.stderr)
        return 1
    print("  ".join(["extractor".ljust(12), *(title for *_, title in COLUMNS), "CPU / parse"]))
    for name in ("newscrawl", "trafilatura", "newspaper4k", "readability"):
        python = Path(sys.executable) if name == "newscrawl" else PEERS
        if python.exists():
            _print_row(name, python, Path(corpus))
        else:
            print(f"{name:12}  not installed: make bench installs it")
    return 0


def _print_row(name: str, python: Path, corpus: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "predictions.jsonl"
        command = [str(python), str(ROOT / "bench" / "reading.py"), name, str(corpus), str(out)]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        if ran.returncode:
            print(f"{name:12}  {ran.stderr.strip().splitlines()[-1]}")
            return
        scores = _scores(corpus, out)
    cells = [
        f"{scores[of].get(field, 0):.3f}".rjust(len(title)) for of, field, title in COLUMNS
    ]
    print("  ".join([name.ljust(12), *cells, ran.stdout.strip().rjust(11)]))


def _scores(corpus: Path, predictions: Path) -> Mapping[str, Mapping[str, float]]:
    command = [sys.executable, str(corpus / "score.py"), "--json"]
    command += ["--predictions", str(predictions)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, dict[str, float]] = json.loads(printed.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    sys.exit(main())
