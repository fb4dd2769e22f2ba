"""Compile modules by mypyc: `python build_extensions.py LEVEL MODULE…`.

A step of `compile_extraction`, run in a folder with the modules and a `mypy.ini`; the libraries
get into `built`. LEVEL is the C compiler's level of optimisation.
"""

from __future__ import annotations

import gc
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from mypyc.build import mypycify
from setuptools import setup
from setuptools.command.build_ext import build_ext

ARGUMENTS = ("--quiet", "build_ext", "--build-lib", "built", "--build-temp", "objects")


class ParallelBuild(build_ext):
    """Has all cores compile the files of an extension, which setuptools compiles in turn."""

    def build_extensions(self) -> None:
        """Compile the extensions: one holds the code, the others one short file each."""
        # A path of the machine that Python was built on, and the names of functions.
        link = [one for one in self.compiler.linker_so if not one.startswith("-Wl,-rpath")]
        self.compiler.linker_so = [*link, "-s"]
        compile_in_turn = self.compiler.compile
        with ThreadPoolExecutor(os.cpu_count()) as pool:

            def compile_files(files: list[str], *rest: Any, **options: Any) -> list[str]:
                one = [pool.submit(compile_in_turn, [file], *rest, **options) for file in files]
                return [name for done in one for name in done.result()]

            self.compiler.compile = compile_files
            super().build_extensions()


def main(level: str, modules: list[str]) -> None:
    """Compile *modules*, then end without freeing mypy's trees: that took 10 of 38 s."""
    gc.disable()
    gc.enable = lambda: None  # mypy would start it again: 5 s, for 120 MB
    extensions = mypycify(
        ["--config-file", "mypy.ini", *modules],
        opt_level=level,
        debug_level="0",
        multi_file=True,
        group_name="newscrawl",
    )
    setup(
        name="newscrawl",
        packages=[],
        ext_modules=extensions,
        cmdclass={"build_ext": ParallelBuild},
        script_args=[*ARGUMENTS, f"--parallel={os.cpu_count()}"],
    )
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
