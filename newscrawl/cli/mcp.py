"""`newscrawl mcp`: the archive for assistants, over the Model Context Protocol."""

from __future__ import annotations

from pathlib import Path

import click

from newscrawl.archive import Archive
from newscrawl.archive.search.semantic.models import server_model
from newscrawl.cli.console import archive_file, archive_option, model_option
from newscrawl.errors import UsageError
from newscrawl.system.programs import install_command


@click.command()
@archive_option
@click.option(
    "--base-url",
    default="",
    metavar="URL",
    help="Put before permalinks: the address of your newscrawl serve.",
)
@model_option
def mcp(archive_path: Path | None, base_url: str, model: str | None) -> None:
    """Let assistants search and read the archive, by the Model Context Protocol over stdio.

    Nothing can be written by it; texts of pages are marked as untrusted.
    """
    try:
        from newscrawl.web.api.mcp_server import mcp_server  # noqa: PLC0415 -- an extra
    except ModuleNotFoundError as error:
        raise UsageError(
            f"newscrawl mcp needs the official SDK: {install_command('mcp')}"
        ) from error
    path = archive_file(archive_path)
    Archive.open_read_only(path).close()
    mcp_server(path, base_url, server_model(model)).run("stdio")
