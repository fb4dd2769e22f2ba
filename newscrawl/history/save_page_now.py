"""Save Page Now 2 of the Internet Archive: new articles are saved there, one after the other.

Requests and answers as its public documentation describes them: POST /save with the keys
answers with the id of a job, and GET /save/status/ID says how the job ended. Each state is
stored before the next request, so a run that is killed goes on; an address that is sent again
is not saved twice within a day (`if_not_archived_within`).
"""

from __future__ import annotations

import datetime as dt
import json
import urllib.request
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

import attrs

from newscrawl.archive.crawl_state.saves import Save, SaveQueue
from newscrawl.errors import FetchError, UsageError
from newscrawl.history.client import Client, ServiceBusyError
from newscrawl.outcomes import Outcome
from newscrawl.system.environment import variable
from newscrawl.warc.records import moment_from

PACE = 6.0
"""Seconds between two requests: at most ten a minute, fewer than the service allows."""
SESSIONS = 3
"""Most jobs under way at once."""
MOST_READS = 30
"""Most times that a run reads the state of a job; after that the next run reads it."""
MOST_TRIES = 5
FIRST_WAIT = dt.timedelta(minutes=10)
"""The wait before an address is sent again, doubled with each failure."""
_DAY = dt.timedelta(days=1)
JOB_LIFE = dt.timedelta(hours=2)
"""The service forgets a job after about an hour, and calls it pending for ever."""
_LARGEST = 2**20
_ENDING = frozenset(
    {"error:user-session-limit", "error:too-many-requests", "error:service-unavailable"}
)
"""Errors that are the queue's: nothing more is sent in this run."""
_FINAL = frozenset(
    {
        *("error:blocked", "error:blocked-url", "error:invalid-url-syntax", "error:not-found"),
        *("error:invalid-host-resolution", "error:no-access", "error:unauthorized"),
        *("error:filesize-limit", "error:method-not-allowed", "error:gone"),
    }
)
"""Errors of an address that will not go away."""


@attrs.frozen
class Keys:
    """The keys of an account: https://archive.org/account/s3.php."""

    access: str
    secret: str = attrs.field(repr=False)

    @classmethod
    def of_environment(cls) -> Keys:
        """Return the keys. Raises UsageError if they are not set."""
        access = variable("NEWSCRAWL_SPN_ACCESS_KEY")
        secret = variable("NEWSCRAWL_SPN_SECRET_KEY")
        if not access or not secret:
            raise UsageError(
                "Save Page Now needs NEWSCRAWL_SPN_ACCESS_KEY and NEWSCRAWL_SPN_SECRET_KEY: "
                "the keys of https://archive.org/account/s3.php"
            )
        return cls(access, secret)


class SavePageNow:
    """Works off a queue through the service at *address*."""

    def __init__(
        self,
        queue: SaveQueue,
        client: Client,
        address: str,
        keys: Keys,
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        self._queue, self._client, self._address = queue, client, address
        self._keys, self._now = keys, now
        self.sent = 0
        """Number of addresses that were sent."""
        self.stopped_by: str | None = None
        """The problem of the service that ended the run; None if none did."""
        self._reads = Counter[str | None]()

    def run(self, limit: int) -> None:
        """Send up to *limit* addresses, and wait for their results.

        Raises UsageError if the service refuses the keys.
        """
        try:
            while self._step(limit):
                pass
        except (ServiceBusyError, FetchError) as error:
            self.stopped_by = str(error)

    def _step(self, limit: int) -> bool:
        """Read the states of the jobs, or send an address; False if nothing is left."""
        jobs = [
            job
            for job in self._queue.due("sent", self._now(), SESSIONS)
            if self._reads[job.job] < MOST_READS
        ]
        if len(jobs) < SESSIONS and self.sent < limit:
            waiting = self._queue.due("waiting", self._now(), 1)
            if waiting:
                self._send(waiting[0])
                return self.stopped_by is None
        for job in jobs:
            self._read(job)
        return bool(jobs) and self.stopped_by is None

    def _send(self, save: Save) -> None:
        values = {"url": save.url, "skip_first_archive": "1", "if_not_archived_within": "1d"}
        answer = self._answer(f"{self._address}/save", urlencode(values).encode())
        job = answer.get("job_id")
        if isinstance(job, str) and job:
            self._queue.write(attrs.evolve(save, state="sent", job=job), self._now())
            self.sent += 1
        else:
            self._settle(save, answer)

    def _read(self, save: Save) -> None:
        """Read the state of a job, which may be pending."""
        self._reads[save.job] += 1
        answer = self._answer(f"{self._address}/save/status/{quote(save.job or '', safe='')}")
        if answer.get("status") != "pending":
            self._settle(save, answer)
        elif save.due_at is not None and self._now() - save.due_at > JOB_LIFE:
            self._settle(save, {"status_ext": "error:job-forgotten"})

    def _settle(self, save: Save, answer: dict[str, Any]) -> None:
        """Store the end of a job, or when its address is sent again."""
        saved_at = moment_from(str(answer.get("timestamp") or ""))
        if saved_at is not None and answer.get("status") in {None, "success"}:
            self._queue.write(attrs.evolve(save, state="saved", saved_at=saved_at), self._now())
            return
        kind = str(answer.get("status_ext") or "error:unknown")
        reason = f"{kind}: {answer.get('message') or ''}".rstrip(": ")[:300]
        if kind in _ENDING:
            self.stopped_by = f"{save.url}: {reason}"
            again = attrs.evolve(save, state="waiting", job=None, reason=reason)
            self._queue.write(again, self._now() + FIRST_WAIT)
            return
        tries = save.tries + 1
        is_final = kind in _FINAL or tries >= MOST_TRIES
        wait = _DAY if kind == "error:too-many-daily-captures" else FIRST_WAIT * 2**save.tries
        self._queue.write(
            attrs.evolve(
                save,
                state="failed" if is_final else "waiting",
                job=None,
                tries=tries,
                reason=reason,
            ),
            self._now() + wait,
        )

    def _answer(self, url: str, data: bytes | None = None) -> dict[str, Any]:
        headers = {
            "Accept": "application/json",
            "Authorization": f"LOW {self._keys.access}:{self._keys.secret}",
        }
        request = urllib.request.Request(url, data=data, headers=headers)  # noqa: S310 (http is checked)
        reply = self._client.send(request, _LARGEST)
        if reply.status in {401, 403}:
            raise UsageError(f"{url}: HTTP {reply.status}: the service refuses the keys")
        try:
            found = json.loads(reply.body)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise FetchError(url, Outcome.PARSE_ERROR, f"HTTP {reply.status}: no JSON object")
        return found
