"""`newscrawl serve` over an archive made for its tests: edits, copies, lists, hostile text."""

from __future__ import annotations

import http.client
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs
import pytest

from newscrawl.archive import Archive
from newscrawl.article import Link, LinkList
from tests.archive_samples import MORNING, SITE, URL, article_at, hours, observation_at
from tests.command_line import PROGRAM

FIRST, SECOND = "الميناء يستقبل أول سفينة", "الميناء يستقبل ثاني سفينة"
HOME = "https://shams.example/"
MOST_READ = "الأكثر قراءة"
WIRE = (
    "وصلت سفينة الحاويات إلى ميناء صحار فجر الأحد وعلى متنها ثلاثة آلاف حاوية من البضائع، "
    "وقال مدير الميناء إن تفريغها سيستغرق يومين كاملين، وإن أربع سفن أخرى تنتظر دورها في "
    "عرض البحر منذ مساء الخميس بسبب الرياح الشديدة التي ضربت الساحل وأوقفت الرافعات "
    "الكبيرة عن العمل أكثر من مرة."
)
HOSTILE = "<script>alert(1)</script>\u202e\u2066" + "x" * 1_000_000


@attrs.frozen
class Answered:
    """One answer."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode("utf-8")


@attrs.frozen
class Front:
    """A server that shows an archive."""

    port: int

    def get(self, path: str, **headers: str) -> Answered:
        """Ask for *path*."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path, headers={"Host": f"127.0.0.1:{self.port}"} | headers)
        answer = connection.getresponse()
        names = {name.lower(): value for name, value in answer.getheaders()}
        answered = Answered(answer.status, names, answer.read())
        connection.close()
        return answered


@contextmanager
def serving(archive: Path, *options: str) -> Iterator[Front]:
    """Serve *archive* on a free port until the block ends."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    command = [*PROGRAM, "serve", str(archive), "--no-browser", *options]
    with subprocess.Popen(
        [*command, "--port", str(port)], stdout=subprocess.DEVNULL
    ) as process:
        try:
            wait_for(port, process)
            yield Front(port)
        finally:
            process.terminate()


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until someone listens at *port*."""
    for _ in range(600):
        assert process.poll() is None, "the server has ended"
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("nobody listens")


def fill(path: Path) -> None:
    """Make an archive with an edited article, a hostile one, two copies and a list."""
    with Archive(path) as archive:
        run_id = archive.start_run("site", SITE, {"DOWNLOAD_DELAY": 1})
        for later, headline in ((0, FIRST), (2, SECOND)):
            found = observation_at(MORNING + hours(later))
            archive.save(article_at(headline=headline), found, site=SITE, key=URL, run=run_id)
        url = "https://shams.example/2"
        hostile = article_at(url, headline=HOSTILE, article_body=HOSTILE, canonical_url=None)
        archive.save(hostile, observation_at(MORNING, url=url), site=SITE, key=url, run=run_id)
        for site, headline in ((SITE, "السفينة في الميناء"), ("qamar.example", "رست السفينة")):
            url = f"https://{site}/3"
            wire = article_at(url, headline=headline, article_body=WIRE, canonical_url=None)
            archive.save(wire, observation_at(MORNING, url=url), site=site, key=url, run=run_id)
        archive.update_copies()
        _look_at_home(archive, run_id)
        archive.finish_run(run_id, "finished", 0, {})


def _look_at_home(archive: Archive, run_id: int) -> None:
    """Look at the home page twice: the edited article falls from first to second."""
    links = (
        Link(text=FIRST, url=URL, position=1),
        Link(text="=1+1", url=f"{HOME}9", position=2),
    )
    for later, order in ((0, links), (5, links[::-1])):
        placed = tuple(
            attrs.evolve(link, position=position) for position, link in enumerate(order, 1)
        )
        lists = (LinkList(heading=MOST_READ, kind="most_read", links=placed),)
        seen = observation_at(MORNING + hours(later), url=HOME, outcome="source")
        archive.record_visit(seen, site=SITE, run=run_id, link_lists=lists)
