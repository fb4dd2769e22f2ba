"""`newscrawl schedule`, `run`, `watch` and `health`: crawls that nobody has to think of."""

from __future__ import annotations

import datetime as dt
import logging
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import attrs
import click
from rich.console import RenderableType
from rich.text import Text

from newscrawl import exit_status as exits
from newscrawl.archive import Archive
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
from newscrawl.drift import read_drift
from newscrawl.errors import UsageError
from newscrawl.jobs.health import Health, health_of
from newscrawl.jobs.job import (
    FILE_MODE,
    Job,
    add_job,
    interval_text,
    job_for,
    parse_interval,
    read_jobs,
)
from newscrawl.jobs.messages import read_messages, tell_changes, tell_digest
from newscrawl.jobs.metrics import open_metrics
from newscrawl.jobs.runner import Runner, is_due
from newscrawl.jobs.state import JobState, JobStates, states_beside
from newscrawl.jobs.timers import Place, crontab_line, service_unit, timer_unit, unit_name
from newscrawl.project import anchored, project_folder
from newscrawl.whole_file import whole_file

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
    place = Place(
        project=project_folder(),
        archive=archive_file(archive_path).resolve(),
        jobs_file=anchored(jobs_file),
        user=user,
    )
    line = crontab_line(job, place) if is_cron else None
    add_job(place.jobs_file, job)
    if folder is not None:
        _write_units(folder, job, place)
    if line is not None:
        click.echo(line)
    if folder is None and line is None:
        click.echo(
            f"{job.name} is to be crawled every {interval_text(job.every)}. What starts it:\n"
            "  newscrawl watch        in a terminal or container that stays open,\n"
            "  newscrawl run --due    from one timer for all jobs,\n"
            "  --systemd FOLDER       writes a timer of its own, --cron a crontab line."
        )


def _write_units(folder: Path, job: Job, place: Place) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    name = unit_name(job)
    for suffix, text in (("service", service_unit(job, place)), ("timer", timer_unit(job))):
        path = folder / f"{name}.{suffix}"
        with whole_file(path, mode=FILE_MODE) as file:
            file.write(text.encode())
        click.echo(f"wrote {path}")
    click.echo(f"Copy them to /etc/systemd/system and say: systemctl enable --now {name}.timer")


@click.command()
@click.argument("names", nargs=-1, metavar="[JOB]…")
@click.option("--due", "only_due", is_flag=True, help="Those whose time has come.")
@click.option("--jobs", "most", type=click.IntRange(1, 64), default=4, show_default=True,
              help="How many crawls at once.")  # fmt: skip
@jobs_option
@archive_option
def run(
    names: tuple[str, ...],
    most: int,
    jobs_file: Path,
    archive_path: Path | None,
    *,
    only_due: bool,
) -> None:
    """Run jobs, a process each: those named, or with --due all whose time has come.

    Ends with the worst status of the crawls; a site that another run holds is passed over.
    """
    path = anchored(jobs_file)
    jobs = read_jobs(path)
    unknown = sorted(set(names) - {job.name for job in jobs})
    if unknown:
        raise UsageError(f"{path} has no job {unknown[0]!r}; newscrawl schedule makes one")
    if bool(names) == only_due:
        raise UsageError("name the jobs to run, or say --due")
    desk = _Desk.at(path, archive_path)
    now = dt.datetime.now(dt.UTC)
    wanted = [
        job
        for job in jobs
        if job.name in names or (only_due and is_due(job, desk.states[job.name], now))
    ]
    _log_to_stderr()
    status = desk.runner(most).run_all(wanted)
    desk.report(jobs)
    sys.exit(status)


@click.command()
@click.option("--jobs", "most", type=click.IntRange(1, 64), default=4, show_default=True,
              help="How many crawls at once.")  # fmt: skip
@jobs_option
@archive_option
def watch(most: int, jobs_file: Path, archive_path: Path | None) -> None:
    """Run every job whenever its time has come, until Ctrl-C or SIGTERM.

    Each crawl is a process of its own; one that dies takes nothing with it. The jobs file is
    read again as it changes.
    """
    path = anchored(jobs_file)
    if not read_jobs(path):
        raise UsageError(f"{path} names no job yet; newscrawl schedule SITE --every 30m does")
    desk = _Desk.at(path, archive_path)
    _log_to_stderr()
    desk.runner(most).watch(path, _now_and_then(desk.report))


@click.command()
@click.option("--openmetrics", "is_metrics", is_flag=True, help="Print OpenMetrics text.")
@json_option
@jobs_option
@archive_option
def health(
    jobs_file: Path, archive_path: Path | None, *, is_metrics: bool, is_json: bool
) -> None:
    """Report the state of each job; end with status 1 if one needs attention.

    A job that never ran, or is late, is reported too.
    """
    path = anchored(jobs_file)
    rows = _Desk.at(path, archive_path).health(read_jobs(path))
    if is_metrics:
        click.echo(open_metrics(rows), nl=False)
    elif is_json:
        print_json([attrs.asdict(one) for one in rows])
    else:
        print_view(_health_view(rows) if rows else f"{path} names no job.")
    if not all(one.is_well for one in rows):
        sys.exit(exits.FAILED)


@attrs.frozen
class _Desk:
    """The jobs file, the archive and the states of jobs, to run and report jobs."""

    jobs_file: Path
    archive: Path
    states: JobStates

    @classmethod
    def at(cls, jobs_file: Path, archive_path: Path | None) -> _Desk:
        archive = archive_file(archive_path).resolve()
        return cls(jobs_file, archive, states_beside(archive))

    def runner(self, most: int) -> Runner:
        return Runner(
            self.states,
            folder=project_folder(),
            logs=self.archive.parent / "logs",
            environment=_environment(self.archive),
            most=most,
        )

    def health(self, jobs: tuple[Job, ...]) -> list[Health]:
        now = dt.datetime.now(dt.UTC)
        changes: dict[str, tuple[str, ...]] = {}
        if self.archive.exists():
            with Archive.open_read_only(self.archive) as archive:
                changes = {
                    job.name: read_drift(archive.db, job.name, now).lines for job in jobs
                }
        states = self.states.read()
        return [
            health_of(job, states.get(job.name, JobState()), now, changes.get(job.name, ()))
            for job in jobs
        ]

    def report(self, jobs: tuple[Job, ...]) -> None:
        messages, rows = read_messages(self.jobs_file), self.health(jobs)
        tell_changes(messages, self.states, rows)
        tell_digest(messages, self.states, rows, dt.datetime.now().astimezone())


def _environment(archive: Path) -> dict[str, str]:
    """Return the environment of a crawl of a job.

    In a folder without a scrapy.cfg Scrapy would not know our settings.
    """
    environment = {**os.environ, "NEWSCRAWL_ARCHIVE": str(archive)}
    if not (project_folder() / "scrapy.cfg").is_file():
        environment.setdefault("SCRAPY_SETTINGS_MODULE", "newscrawl.settings")
    return environment


def _now_and_then(
    report: Callable[[tuple[Job, ...]], None],
) -> Callable[[tuple[Job, ...]], None]:
    """Return *report* limited to one call a minute."""
    last = time.monotonic()

    def now_and_then(jobs: tuple[Job, ...]) -> None:
        nonlocal last
        if time.monotonic() - last >= _LOOK_SECONDS:
            last = time.monotonic()
            report(jobs)

    return now_and_then


def _log_to_stderr() -> None:
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)


def _health_view(rows: list[Health]) -> RenderableType:
    table = titled_table("job", "is", "why")
    for one in rows:
        style = "green" if one.is_well else "bold red"
        table.add_row(shown(one.job), Text(one.word, style), shown(one.line))
    return table
