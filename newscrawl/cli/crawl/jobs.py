"""`newscrawl schedule`, `run`, `watch` and `health`: crawls that nobody has to think of."""

from __future__ import annotations

import datetime as dt
import logging
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import attrs
import click
from rich.console import RenderableType
from rich.text import Text

from newscrawl import exit_status as exits
from newscrawl.cli.console import (
    archive_file,
    archive_option,
    jobs_option,
    json_option,
    print_json,
    print_view,
    shown,
    titled_table,
)
from newscrawl.errors import UsageError
from newscrawl.jobs.desk import Desk, FileReader, WatchIsRunning, at_intervals
from newscrawl.jobs.health import Health
from newscrawl.jobs.job import Job, job_for, parse_interval
from newscrawl.jobs.jobs_file import (
    FILE_MODE,
    PASSED_ON,
    JobsFile,
    add_environment,
    add_job,
    read_jobs_file,
)
from newscrawl.jobs.metrics import open_metrics
from newscrawl.jobs.runner import is_due
from newscrawl.jobs.state import JobState
from newscrawl.jobs.timers import (
    Place,
    crontab_line,
    owner_of,
    service_unit,
    timer_unit,
    unit_name,
    watch_unit,
)
from newscrawl.system.environment import variable
from newscrawl.system.project import anchored, project_folder
from newscrawl.system.whole_file import whole_file

_LOOK_SECONDS = 60.0


@click.command()
@click.argument("site")
@click.option("--every", required=True, metavar="INTERVAL", help="How often: 30m, 2h, 1d.")
@click.option(
    "--systemd",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write a service and a timer into this folder.",
)
@click.option("--cron", "is_cron", is_flag=True, help="Print the line of a crontab.")
@click.option("--user", help="Who runs the service: an account for it alone.")
@jobs_option
@archive_option
def schedule(  # noqa: PLR0913 (each is an option)
    site: str,
    every: str,
    folder: Path | None,
    user: str | None,
    jobs_file: Path,
    archive_path: Path | None,
    *,
    is_cron: bool,
) -> None:
    """Crawl SITE, a declared name or an address, at regular times.

    It becomes a job in jobs.toml, which `run --due`, `watch` and `health` read. A systemd
    timer, cron or `newscrawl watch` starts it.
    """
    job = job_for(site, parse_interval(every))
    desk = _desk(jobs_file, archive_path)
    place = _place(desk, user)
    line = crontab_line(job, place) if is_cron else None
    add_job(desk.jobs_file, job)
    _pass_on_environment(desk.jobs_file)
    if folder is not None:
        name = unit_name(job)
        texts = {"service": service_unit(job, place), "timer": timer_unit(job)}
        _write_units(folder, f"{name}.timer", texts)
    if line is not None:
        click.echo(line)
    if folder is None and line is None:
        click.echo(
            f"{job.name} is to be crawled every {job.interval}. What starts it:\n"
            "  newscrawl watch        in a terminal or container that stays open,\n"
            "  newscrawl run --due    from one timer for all jobs,\n"
            "  --systemd FOLDER       writes a timer of its own, --cron a crontab line."
        )


def _place(desk: Desk, user: str | None) -> Place:
    return Place(
        project=project_folder(),
        archive=desk.archive,
        jobs_file=desk.jobs_file,
        user=user or owner_of(desk.archive.parent),
    )


def _pass_on_environment(path: Path) -> None:
    """Write our variables into the jobs file: a timer starts with none of them."""
    given = {name: text for name in PASSED_ON if (text := variable(name))}
    if "NEWSCRAWL_SITES" in given and (path_of_modules := variable("PYTHONPATH")):
        given["PYTHONPATH"] = path_of_modules
    if given:
        add_environment(path, given)


def _write_units(folder: Path, enabled: str, texts: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    name = enabled.rpartition(".")[0]
    for suffix, text in texts.items():
        path = folder / f"{name}.{suffix}"
        with whole_file(path, mode=FILE_MODE) as file:
            file.write(text.encode())
        click.echo(f"wrote {path}")
    click.echo(f"Copy them to /etc/systemd/system and say: systemctl enable --now {enabled}")


@click.command()
@click.argument("names", nargs=-1, metavar="[JOB]…")
@click.option("--due", "only_due", is_flag=True, help="Those whose time has come.")
@click.option("--jobs", "most", type=click.IntRange(1, 64), default=4, show_default=True,
              help="How many crawls at once.")  # fmt: skip
@click.option("--quiet", "is_quiet", is_flag=True, help="Print warnings and errors alone.")
@jobs_option
@archive_option
def run(
    names: tuple[str, ...],
    most: int,
    jobs_file: Path,
    archive_path: Path | None,
    *,
    only_due: bool,
    is_quiet: bool,
) -> None:
    """Run the named jobs, or with --due all jobs that are due, each in a process.

    Ends with the worst status of the crawls. A job whose site another run holds is left out.
    """
    desk = _desk(jobs_file, archive_path)
    content = read_jobs_file(desk.jobs_file)
    wanted = _wanted(desk, content, names, only_due=only_due)
    _log_to_stderr(is_quiet=is_quiet)
    runner = desk.runner(most, content)
    status = runner.run_all(wanted)
    desk.report(content)
    sys.exit(status or (exits.USAGE if only_due and content.faults else status))


def _wanted(
    desk: Desk, content: JobsFile, names: tuple[str, ...], *, only_due: bool
) -> list[Job]:
    """Return the jobs to run. Raises UsageError if a name is that of none."""
    if bool(names) == only_due:
        raise UsageError("name the jobs to run, or say --due")
    for name in names:
        if name in content.faults:
            raise UsageError(content.faults[name])
    unknown = sorted(set(names) - {job.name for job in content.jobs})
    if unknown:
        raise UsageError(
            f"{desk.jobs_file} has no job {unknown[0]!r}; newscrawl schedule makes one"
        )
    states, now = desk.states.read(), dt.datetime.now(dt.UTC)
    return [
        job
        for job in content.jobs
        if job.name in names
        or (only_due and is_due(job, states.get(job.name, JobState()), now))
    ]


@click.command()
@click.option("--jobs", "most", type=click.IntRange(1, 64), default=4, show_default=True,
              help="How many crawls at once.")  # fmt: skip
@click.option(
    "--systemd",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write a service into this folder, and end.",
)
@click.option("--user", help="User that runs the service: an account for it alone.")
@jobs_option
@archive_option
def watch(
    most: int,
    folder: Path | None,
    user: str | None,
    jobs_file: Path,
    archive_path: Path | None,
) -> None:
    """Run every job whenever its time has come, until Ctrl-C or SIGTERM.

    Each crawl is a process of its own; one that dies takes nothing with it. The jobs file is
    read again as it changes; while it is wrong, the jobs go on as it last had them.
    """
    desk = _desk(jobs_file, archive_path)
    reader = FileReader(desk.jobs_file)
    if folder is not None:
        place = _place(desk, user)
        _write_units(folder, "newscrawl-watch.service", {"service": watch_unit(place, most)})
        return
    if not reader.content.jobs:
        for line in reader.content.faults.values():
            raise UsageError(line)
        raise UsageError(
            f"{desk.jobs_file} names no job yet; newscrawl schedule SITE --every 30m does"
        )
    _log_to_stderr()

    def report() -> None:
        desk.report(reader.content, reader.problem)

    try:
        with desk.watched():
            runner = desk.runner(most, reader.content)
            runner.watch(reader.reread, at_intervals(_LOOK_SECONDS, report, time.monotonic))
    except WatchIsRunning as error:
        click.echo(f"newscrawl: {error}", err=True)
        sys.exit(exits.LOCKED)


@click.command()
@click.option("--openmetrics", "is_metrics", is_flag=True, help="Print OpenMetrics text.")
@json_option
@jobs_option
@archive_option
def health(
    jobs_file: Path, archive_path: Path | None, *, is_metrics: bool, is_json: bool
) -> None:
    """Report the state of each job; end with status 1 if one needs attention.

    A job that never ran, or is late, is reported too; so is a jobs file that names none.
    """
    desk = _desk(jobs_file, archive_path)
    rows = desk.health(read_jobs_file(desk.jobs_file))
    if is_metrics:
        click.echo(open_metrics(rows), nl=False)
    elif is_json:
        print_json([attrs.asdict(one) for one in rows])
    else:
        print_view(_health_view(rows) if rows else f"{desk.jobs_file} names no job.")
    if not rows or not all(one.is_well for one in rows):
        sys.exit(exits.FAILED)


def _desk(jobs_file: Path, archive_path: Path | None) -> Desk:
    return Desk.at(anchored(jobs_file), archive_file(archive_path).resolve())


def _log_to_stderr(*, is_quiet: bool = False) -> None:
    level = logging.WARNING if is_quiet else logging.INFO
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=level)


def _health_view(rows: list[Health]) -> RenderableType:
    table = titled_table("job", "is", "why")
    for one in rows:
        style = "green" if one.is_well else "bold red"
        table.add_row(shown(one.job), Text(one.word, style), shown(one.line))
    return table
