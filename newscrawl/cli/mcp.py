"""`newscrawl mcp`: the archive for assistants, over the Model Context Protocol."""

from __future__ import annotations

from pathlib import Path

import click

from newscrawl.archive import Archive
from newscrawl.cli.console import archive_file, archive_option
from newscrawl.errors import UsageError


@click.command()
@archive_option
@click.option(
    "--base-url",
    default="",
    metavar="URL",
    help="Put before permalinks: the address of your newscrawl serve.",
)
def mcp(archive_path: Path | None, base_url: str) -> None:
    """Let assistants search and read the archive, by the Model Context Protocol over stdio.

    Nothing can be written by it; texts of pages are marked as untrusted.
    """
    try:
        from newscrawl.web.api.mcp_server import mcp_server  # noqa: PLC0415 -- an extra
    except ModuleNotFoundError as error:
        raise UsageError(
            "newscrawl mcp needs the official SDK: pip install 'newscrawl[mcp]'"
        ) from error
    path = archive_file(archive_path)
    Archive.open_read_only(path).close()
    mcp_server(path, base_url).run("stdio")
