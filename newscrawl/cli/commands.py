"""The group of all commands. A NewscrawlError becomes one line on stderr and a status."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import click

import newscrawl
from newscrawl.errors import ArchiveError, NewscrawlError, UsageError, not_writable
from newscrawl.system.deferred import deferred
from newscrawl.system.environment import use_environment

if TYPE_CHECKING:
    from newscrawl.cli import console
    from newscrawl.system import whole_file
    from newscrawl.text import urls
else:  # only errors need them
    console, whole_file, urls = deferred(
        "newscrawl", "cli.console", "system.whole_file", "text.urls"
    )

_NO_DAMAGE = (click.ClickException, click.Abort, click.exceptions.Exit)
"""Ends of a command that a damaged archive does not explain."""


_NO_FOLDER = "the working folder was deleted or moved: change to another one with `cd`"


class Summary(NamedTuple):
    """A command before its module is imported: the list of commands shows no more than this."""

    module: str
    """Name of the module in newscrawl.cli."""
    sentence: str
    """First sentence of the command's help."""
    attribute: str = ""
    """Name in the module, where it is not the command's."""


SUMMARIES = {
    "annotations": Summary(
        "archive.annotations",
        "Move annotations between texts and the words of a package without text.",
        "annotations_group",
    ),
    "backup": Summary(
        "archive.maintenance",
        "Copy the archive to FILE while crawls go on writing it, and check the copy.",
    ),
    "capture": Summary(
        "pages.capture",
        "Store the page at URL as it looks now: with its stylesheets, images and fonts.",
    ),
    "check": Summary(
        "archive.maintenance", "Check for damage: structures, texts, search index, evidence."
    ),
    "columns": Summary(
        "archive.export",
        "List the tables that can be exported, or the columns of one with descriptions.",
    ),
    "copies": Summary(
        "articles.copies",
        "List the sites that printed the text of an article, the first one first.",
    ),
    "demo": Summary("demo", "Crawl the sample newsroom into an archive, and show the results."),
    "diff": Summary("articles.versions", "Show the differences of two versions, word by word."),
    "disk": Summary(
        "archive.disk",
        "Print the size of archive and evidence, their growth, and when the disk is full.",
    ),
    "drift": Summary(
        "sites.drift",
        "Report changed layouts, fields found on fewer pages, and sources that fell silent.",
    ),
    "edits": Summary(
        "articles.edits",
        "List edits, the last first: the changes word by word, and the visits around them.",
    ),
    "embed": Summary(
        "archive.embed",
        "Store a vector of each new text, by a model of yours, for search by meaning.",
    ),
    "evidence": Summary(
        "archive.evidence", "Print a page as it was last received, byte for byte."
    ),
    "export": Summary("archive.export", "Write the articles that QUERY finds, or all of them."),
    "extract": Summary(
        "pages.extract",
        "Print the article in FILE (HTML, or a text dump; also gzipped) or at URL.",
    ),
    "front-page": Summary(
        "articles.front_page",
        "Print the stories on the home or section page URL, zone by zone.",
    ),
    "gone": Summary(
        "articles.gone",
        "List the articles that were deleted, have come back, or moved to another address.",
    ),
    "health": Summary(
        "crawl.jobs", "Report the state of each job; end with status 1 if one needs attention."
    ),
    "history": Summary(
        "pages.history", "Add the earlier captures of a page or site that other archives hold."
    ),
    "identity": Summary(
        "crawl.identity", "Sign requests, so that sites can know this crawler and let it in."
    ),
    "import": Summary(
        "pages.import_files",
        "Import pages from WARC, WET, ARC and WACZ files, from folders or patterns.",
        "import_files",
    ),
    "mcp": Summary(
        "mcp",
        "Let assistants search and read the archive, by the Model Context Protocol over stdio.",
    ),
    "merge": Summary("archive.maintenance", "Add everything of OTHER.db to this archive."),
    "new-site": Summary(
        "sites.new_site",
        "Inspect the site at URL, and write its declaration, a layout and a page to test it.",
    ),
    "newsroom": Summary("demo", "Serve the sample newsroom on 127.0.0.1 until Ctrl-C."),
    "package": Summary(
        "archive.package", "Write the articles that QUERY finds as a data set to publish."
    ),
    "page": Summary("sites.new_site", "Save pages with their truth, and read them again."),
    "reclassify": Summary(
        "articles.edits",
        "Decide again which versions of SITE, or of all sites, are edits.",
    ),
    "reextract": Summary(
        "pages.reextract", "Read the stored pages again, and report the changes field by field."
    ),
    "reproduce": Summary(
        "archive.package",
        "Repeat the query of a package on an archive, and list differences with reasons.",
    ),
    "reindex": Summary(
        "archive.maintenance",
        "Rebuild the search index, as after an upgrade with a newer list of words.",
    ),
    "run": Summary(
        "crawl.jobs",
        "Run the named jobs, or with --due all jobs that are due, each in a process.",
    ),
    "runs": Summary("crawl.runs", "List the last crawls: time, end and exit status."),
    "save-now": Summary(
        "pages.save_now",
        "Have the Internet Archive save the new articles of SITE, or of all, by Save Page Now.",
    ),
    "schedule": Summary(
        "crawl.jobs", "Crawl SITE, a declared name or an address, at regular times."
    ),
    "search": Summary(
        "articles.search", "Find the articles that have all WORDS, in any spelling."
    ),
    "serve": Summary(
        "serve", "Show the archive in a browser: search, articles, their versions and evidence."
    ),
    "show": Summary("articles.show", "Print one article of the archive, split into its parts."),
    "sites": Summary(
        "sites.sites", "List the sites that are declared; `scrapy crawl NAME` crawls one."
    ),
    "stats": Summary(
        "articles.stats",
        "Count pages seen, articles stored, pages skipped by reason, and fields found.",
    ),
    "study": Summary(
        "study.study",
        "Save searches and collections, write notes and tags, and code articles.",
    ),
    "upgrade": Summary(
        "archive.maintenance",
        "Upgrade the archive to the schema of this newscrawl, or try that on a copy.",
    ),
    "vacuum": Summary("archive.maintenance", "Return unused space in the archive to the disk."),
    "versions": Summary(
        "articles.versions",
        "List the versions of an article: times, cause, and changed fields.",
    ),
    "watch": Summary(
        "crawl.jobs", "Run every job whenever its time has come, until Ctrl-C or SIGTERM."
    ),
    "watchlist": Summary(
        "crawl.watchlist", "Save searches, and send their new finds to you after each run."
    ),
    "withdraw": Summary(
        "archive.maintenance", "Remove an article, its versions and its evidence permanently."
    ),
}

"""All commands by name."""


class CommandError(click.ClickException):
    """An error of ours, as click ends a program with it."""

    exit_code = 1

    def __init__(self, error: NewscrawlError) -> None:
        super().__init__(console.one_line(urls.without_passwords(str(error))))

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the one line that the user needs."""
        click.echo(f"newscrawl: {self.format_message()}", file=file or sys.stderr)


class WronglyUsed(CommandError):
    """A UsageError of ours: the command itself is wrong, as with click's own (status 2)."""

    exit_code = 2


class Commands(click.Group):
    """A group that imports a command when it is called.

    A NewscrawlError becomes one line on stderr: a traceback is our bug.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the names of the commands."""
        return sorted(SUMMARIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command called *cmd_name*; None if there is none."""
        summary = SUMMARIES.get(cmd_name)
        if summary is None:
            return None
        module = import_module(f"newscrawl.cli.{summary.module}")
        command: click.Command = getattr(
            module, summary.attribute or cmd_name.replace("-", "_")
        )
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except UsageError as error:
            raise WronglyUsed(error) from error
        except NewscrawlError as error:
            raise CommandError(error) from error
        except PermissionError as error:
            raise CommandError(NewscrawlError(not_writable(Path(), error))) from error
        except OSError as error:
            if _is_working_folder_gone():
                raise CommandError(NewscrawlError(_NO_FOLDER)) from error
            if error.filename is None and error.errno not in whole_file.NO_ROOM:
                raise  # of a pipe that nobody reads, or the network
            place = error.filename or "the output cannot be written"
            raise CommandError(NewscrawlError(f"{place}: {error.strerror}")) from error
        except _NO_DAMAGE:
            raise
        except Exception as error:
            refusal = _explained(error)
            if refusal is None:
                raise
            raise refusal from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the first sentence of each command's help, whole."""
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, SUMMARIES[name].sentence) for name in self.list_commands(ctx)]
            )


def _is_working_folder_gone() -> bool:
    try:
        return not Path.cwd()
    except FileNotFoundError:
        return True


def _explained(error: Exception) -> CommandError | None:
    """Return the line for an error that the arguments or a damaged archive explain, if any."""
    is_no_text = any("\ud800" <= char <= "\udfff" for word in sys.argv for char in word)
    if isinstance(error, UnicodeEncodeError) and is_no_text:
        return WronglyUsed(UsageError("an argument is no text in UTF-8"))
    problem = console.problem_of_opened()
    return None if problem is None else CommandError(ArchiveError(problem))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(newscrawl.__version__, prog_name="newscrawl")
def commands() -> None:
    """Read news pages into articles, and search the archive that `scrapy crawl` fills."""
    use_environment()
