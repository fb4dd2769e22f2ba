"""Timers that start jobs: systemd units, and lines of a crontab."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import attrs

from newscrawl.errors import UsageError
from newscrawl.exit_status import LOCKED, PARTIAL, USAGE
from newscrawl.jobs.job import SPREAD, Job, file_stem, interval_text

MEMORY_MAX = "1G"
"""A crawl of one site needs a tenth of it; more is a fault that should end it alone."""


@attrs.frozen(kw_only=True)
class Place:
    """The paths and the user of jobs."""

    project: Path
    """The folder of scrapy.cfg."""
    archive: Path
    """The archive; its folder is the one that may be written."""
    jobs_file: Path
    """The file of the jobs."""
    user: str | None = None
    """User that runs them; None for the owner of the systemd or crontab."""


def _command(job: Job, place: Place) -> tuple[str, ...]:
    """Return the command that runs the job once."""
    files = ("--jobs-file", str(place.jobs_file), "--archive", str(place.archive))
    return (_program(), "run", job.name, *files)


def _program() -> str:
    """Return the path of the `newscrawl` beside this Python."""
    return str(Path(sys.executable).with_name("newscrawl"))


def service_unit(job: Job, place: Place) -> str:
    """Return the text of `newscrawl-<job>.service`: one run, hardened."""
    return f"""\
[Unit]
Description=newscrawl: crawl {_plain(job.name)} once
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
{_process(_command(job, place), place)}\
# Ended early ({PARTIAL}), held by another run ({LOCKED}): no failures, the next run goes on.
SuccessExitStatus={PARTIAL} {LOCKED}
MemoryMax={MEMORY_MAX}
{_HARDENING}"""


def watch_unit(place: Place, most: int) -> str:
    """Return the text of `newscrawl-watch.service`: all jobs, at most *most* crawls at once."""
    files = ("--jobs-file", str(place.jobs_file), "--archive", str(place.archive))
    return f"""\
[Unit]
Description=newscrawl: crawl every job when its time has come
Wants=network-online.target
After=network-online.target

[Service]
Type=exec
{_process((_program(), "watch", "--jobs", str(most), *files), place)}\
Restart=on-failure
RestartSec=60
# A wrong jobs file ({USAGE}) and another watch ({LOCKED}) are for a person.
RestartPreventExitStatus={USAGE} {LOCKED}
KillMode=mixed
MemoryMax={1 + most}G
{_HARDENING}
[Install]
WantedBy=multi-user.target
"""


def owner_of(folder: Path) -> str | None:
    """Return the name of the user whose *folder* this is; None if that is unknown."""
    try:
        return folder.owner()
    except (OSError, KeyError, NotImplementedError):
        return None


def _process(command: tuple[str, ...], place: Place) -> str:
    user = f"User={place.user}\n" if place.user else ""
    return f"""\
{user}WorkingDirectory={_plain(str(place.project))}
ExecStart={" ".join(map(_argument, command))}
TimeoutStopSec=150
ReadWritePaths={_word(str(place.archive.parent))}
"""


_HARDENING = """\
NoNewPrivileges=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectSystem=strict
ProtectHome=read-only
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
ProtectClock=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
CapabilityBoundingSet=
UMask=0027
"""


def timer_unit(job: Job) -> str:
    """Return the text of `newscrawl-<job>.timer`."""
    return f"""\
[Unit]
Description=newscrawl: crawl {_plain(job.name)} every {interval_text(job.every)}

[Timer]
OnActiveSec=1min
OnUnitActiveSec={job.every}s
RandomizedDelaySec={int(job.every * SPREAD)}s
FixedRandomDelay=yes

[Install]
WantedBy=timers.target
"""


def unit_name(job: Job) -> str:
    """Return the name of the job's units without their suffix, e.g. newscrawl-shams.example."""
    return f"newscrawl-{file_stem(job.name)}"


def crontab_line(job: Job, place: Place) -> str:
    """Return the line of a crontab that runs the job; cron's environment is enough for it.

    Raises UsageError if cron has no such interval: one that divides neither an hour
    nor a day.
    """
    # Quiet: cron sends what is printed, and errors are to be sent.
    quiet = shlex.join((*_command(job, place), "--quiet"))
    command = f"cd {shlex.quote(str(place.project))} && {quiet}"
    # A per cent sign ends a command of a crontab.
    return f"{_cron_times(job)} {command}".replace("%", r"\%")


def _cron_times(job: Job) -> str:
    minutes = job.every // 60
    if minutes < 60 and 60 % minutes == 0:
        first = job.delay // 60 % minutes
        return f"{first}-59/{minutes} * * * *" if minutes > 1 else "* * * * *"
    hours, rest = divmod(minutes, 60)
    minute = job.delay // 60 % 60
    if rest == 0 and hours <= 24 and 24 % hours == 0:
        return f"{minute} {'*' if hours == 1 else f'*/{hours}' if hours < 24 else '3'} * * *"
    raise UsageError(
        f"cron cannot start a job every {interval_text(job.every)}: take an interval that "
        "divides an hour or a day, a systemd timer, or `newscrawl watch`"
    )


def _plain(text: str) -> str:
    """Return *text* for a unit file, where a per cent sign begins a specifier."""
    return text.replace("%", "%%")


def _word(text: str) -> str:
    """Return *text* as one word of a list (systemd.syntax(7))."""
    return f'"{_plain(text)}"' if " " in text else _plain(text)


def _argument(text: str) -> str:
    """Return *text* as one argument of a command (systemd.service(5))."""
    return _word(text.replace("$", "$$"))
