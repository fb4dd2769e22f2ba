"""CPU time of commands that do little: most of it is the start of Python and imports."""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.speed.rows import REPETITIONS, Row, cost_of, transposed
from newscrawl import Archive, Article
from newscrawl.outcomes import Observation
from newscrawl.sample_site.markup import story_page
from newscrawl.sample_site.newspaper import Newspaper

RUNS = 5
"""Runs of each command in one repetition."""


def rows() -> Iterator[Row]:
    """Yield the CPU time of `--help`, `show 1` and `extract` of a small page, in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        commands = _commands(Path(folder))
        for command in commands.values():  # compiles the modules
            cost_of(command)
        rounds = [
            {
                name: sum(cost_of(command).all for _ in range(RUNS)) / RUNS
                for name, command in commands.items()
            }
            for _ in range(REPETITIONS)
        ]
    aims = {"--help": 0.15, "show 1": 0.25, "extract": 0.3}
    for name, values in transposed(rounds).items():
        yield Row(f"start of `newscrawl {name}`, CPU seconds", aims[name], values)


def _commands(folder: Path) -> dict[str, list[str]]:
    paper = Newspaper()
    story = next(story for story in paper.stories if story.section.charset == "utf-8")
    page = folder / "page.html"
    page.write_text(story_page(paper, story, "https://paper.example"), "utf-8")
    url = "https://paper.example/1"
    with Archive(folder / "archive.db") as archive:
        run = archive.start_run("bench", None, {})
        article = Article(url=url, headline="A headline", article_body="A text.")
        seen = Observation(url=url, outcome="stored", fetched_at=dt.datetime.now(dt.UTC))
        archive.save(article, seen, site="paper.example", key=url, run=run)
    ours = [sys.executable, "-c", "from newscrawl.cli import main; main()"]
    return {
        "--help": [*ours, "--help"],
        "show 1": [*ours, "show", "1", "-d", str(folder / "archive.db")],
        "extract": [*ours, "extract", str(page), "--url", url],
    }
