"""`newscrawl serve`: the archive as pages in a browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from newscrawl.archive.search.semantic.models import server_model
from newscrawl.cli.console import archive_file, jobs_option, model_option
from newscrawl.errors import UsageError
from newscrawl.system.programs import install_command
from newscrawl.system.project import anchored


@click.command()
@click.argument("archive", type=click.Path(path_type=Path), required=False)
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8001,
    show_default=True,
    help="The port; 0 takes a free one.",
)
@click.option(
    "--replay-port",
    type=click.IntRange(0, 65_535),
    help="The port for stored pages as they looked. Default: the one after --port, or any.",
)
@click.option(
    "--replay-origin", metavar="ORIGIN", help="Where a proxy shows that port to readers."
)
@click.option("--proxied", "is_proxied", is_flag=True, help="A proxy stands before it.")
@click.option("--cors", metavar="ORIGIN", help="Let web pages of ORIGIN read the JSON API.")
@click.option(
    "--coder",
    metavar="NAME",
    help="Let pages write the study file (notes, tags, codes) in the name of NAME.",
)
@click.option(
    "--remote-coder",
    is_flag=True,
    help="Allow --coder also with --host or --proxied: whoever reaches the server writes.",
)
@click.option("--no-browser", is_flag=True, help="Open no browser.")
@jobs_option
@model_option
def serve(
    archive: Path | None,
    host: str,
    port: int,
    jobs_file: Path,
    *,
    is_proxied: bool,
    no_browser: bool,
    **allowed: Any,
) -> None:
    """Show the archive in a browser: search, articles, their versions and evidence.

    The archive is only read, also while a crawl is writing. With --coder the study file beside
    it is written, from this machine alone.
    """
    try:
        from newscrawl.web import server  # noqa: PLC0415 -- an extra
        from newscrawl.web.api.routes import allow_origin  # noqa: PLC0415
        from newscrawl.web.queries.embedding import use_model  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise UsageError(
            f"newscrawl serve needs Datasette: {install_command('serve')}"
        ) from error
    made = server.datasette_over(
        archive_file(archive), host=host, is_proxied=is_proxied, jobs_file=anchored(jobs_file)
    )
    if allowed["cors"]:
        allow_origin(made, allowed["cors"])
    if allowed["coder"] is not None:
        server.write_study(made, allowed["coder"], is_remote_allowed=allowed["remote_coder"])
    if model := server_model(allowed["model"]):
        use_model(made, model)
    at = server.Listening(
        host=host,
        port=port,
        replay_port=allowed["replay_port"],
        replay_origin=_origin_from(allowed["replay_origin"]),
    )
    server.serve(made, at, opens_browser=not no_browser, say=click.echo)


def _origin_from(text: str | None) -> str | None:
    """Return an origin as browsers write it. Raises UsageError if *text* is none."""
    if text is None:
        return None
    match = re.fullmatch(r"(https?://[\w.-]+(?::\d+)?)/?", text, re.ASCII)
    if match is None:
        raise UsageError(f"--replay-origin {text!r} is not like https://replay.example")
    return match[1]
