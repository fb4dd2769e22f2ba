"""One address, fetched and read by the crawl itself, so that its guards and limits hold.

A reactor runs once in a process, so the crawl is a process of its own; it writes to an archive
that lives as long as the command.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import TemporaryDirectory

from newscrawl.archive import Archive, Selection
from newscrawl.article import Article
from newscrawl.errors import FetchError
from newscrawl.outcomes import Outcome
from newscrawl.system.environment import environment_with
from newscrawl.system.interpreter import PYTHON
from newscrawl.system.project import project_folder

LONGEST_WAIT = 120.0
_ON_THE_WAY = frozenset({Outcome.REDIRECT, Outcome.SOURCE})


def article_at(url: str) -> Article:
    """Return the article at *url*. Raises FetchError with the outcome if none is there."""
    with TemporaryDirectory(prefix="newscrawl-") as folder:
        archive_path, urls = Path(folder, "one.db"), Path(folder, "urls.txt")
        urls.write_text(f"{url}\n", "utf-8")
        message = crawl_into(archive_path, "articles", f"urls={urls}", about=url)
        with Archive(archive_path) as archive:
            article = next(archive.articles(), None)
            if article is None:
                raise _failure(archive, url, message)
            return article


def crawl_into(
    archive: Path, spider: str, *arguments: str, about: str, keeps_evidence: bool = False
) -> str:
    """Run a spider with these arguments (NAME=VALUE); return the last line that it printed.

    Raises FetchError *about* an address where it takes longer than LONGEST_WAIT seconds.
    """
    evidence = "warc" if keeps_evidence else "none"
    settings = ("LOG_LEVEL=ERROR", "NEWSCRAWL_PROGRESS=0", f"NEWSCRAWL_EVIDENCE={evidence}")
    options = [part for given in arguments for part in ("-a", given)]
    options += [part for setting in settings for part in ("-s", setting)]
    command = ("-m", "scrapy", "crawl", spider, *options)
    return last_line(run_python(*command, about=about, NEWSCRAWL_ARCHIVE=str(archive)))


def run_python(
    *arguments: str, about: str, seconds: float = LONGEST_WAIT, **environment: str
) -> CompletedProcess[str]:
    """Run Python in the project with our settings; return its output.

    Raises FetchError *about* an address if it takes longer.
    """
    try:
        return subprocess.run(  # noqa: S603
            [*PYTHON, *arguments],
            cwd=project_folder(),
            env=environment_with(SCRAPY_SETTINGS_MODULE="newscrawl.settings", **environment),
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise FetchError(about, Outcome.TIMEOUT, f"no answer in {seconds:.0f} s") from error


def last_line(done: CompletedProcess[str]) -> str:
    """Return the last line that a program printed on standard error."""
    return done.stderr.strip().rpartition("\n")[2]


def _failure(archive: Archive, url: str, message: str) -> FetchError:
    """Return the outcome and reason that a crawl would record."""
    rows = archive.rows(Selection(table="observation"))
    row = next((one for one in reversed(list(rows)) if one["outcome"] not in _ON_THE_WAY), None)
    if row is None:
        return FetchError(url, Outcome.ERROR, message or "it was not fetched")
    detail = row["reason"] or Outcome(row["outcome"]).meaning
    return FetchError(url, row["outcome"], f"{row['outcome']}: {detail}")
