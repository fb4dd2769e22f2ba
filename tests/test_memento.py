"""Memento (RFC 7089) and permanent links to versions, over a server of the archive."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import attrs
import pytest

from newscrawl import Archive
from newscrawl.web.display.citation import citation_key, version_links
from tests.archive_samples import MORNING, URL, hours
from tests.command_line import refusal, run
from tests.front_server import FIRST, SECOND, Front, fill, serving

STATED = ("Sun, 01 Mar 2026 06:30:00 GMT", "Sun, 01 Mar 2026 08:30:00 GMT")
STAMPS = ("20260301063000", "20260301083000")
ADDRESS = quote(URL, safe=":/")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("memento") / "archive.db"
    fill(path)
    return path


@pytest.fixture(scope="module")
def front(archive: Path) -> Iterator[Front]:
    with serving(archive) as front:
        yield front


@pytest.mark.parametrize(
    ("asked", "stamp"),
    [
        ("Thu, 01 Jan 2015 00:00:00 GMT", STAMPS[0]),
        (STATED[0], STAMPS[0]),
        ("Sun, 01 Mar 2026 08:29:00 GMT", STAMPS[1]),
        ("Thu, 01 Jan 2099 00:00:00 GMT", STAMPS[1]),
    ],
)
def test_timegate_leads_to_the_nearest_memento(front: Front, asked: str, stamp: str) -> None:
    answer = front.get(f"/timegate/{ADDRESS}", **{"Accept-Datetime": asked})
    assert answer.status == 302
    assert answer.headers["location"].endswith(f"/memento/{stamp}/{ADDRESS}")
    assert "accept-datetime" in answer.headers["vary"]
    assert f'<{ADDRESS}>; rel="original"' in answer.headers["link"]


def test_memento_states_its_time_and_neighbours(front: Front) -> None:
    answer = front.get(f"/memento/{STAMPS[0]}/{ADDRESS}")
    assert (answer.status, answer.headers["memento-datetime"]) == (200, STATED[0])
    assert answer.headers["content-type"].startswith("text/plain")
    assert FIRST in answer.text
    assert SECOND not in answer.text
    relations = re.findall(r'rel="([^"]+)"', answer.headers["link"])
    assert relations == ["original", "timegate", "timemap", "memento", "next memento"]


def test_timemap_lists_every_memento(front: Front) -> None:
    answer = front.get(f"/timemap/link/{ADDRESS}")
    assert answer.headers["content-type"].startswith("application/link-format")
    links = answer.text.strip().split(",\n")
    assert re.findall(r'rel="([^"]*memento)"', answer.text) == ["first memento", "last memento"]
    for time, link in zip(STATED, links[3:], strict=True):
        assert f'datetime="{time}"' in link


def test_what_is_not_held_is_404(front: Front) -> None:
    for path in (
        "/timegate/https://nowhere.example/",
        "/timemap/link/https://nowhere.example/",
        f"/memento/19990101000000/{ADDRESS}",
    ):
        assert front.get(path).status == 404
    wrong = front.get(f"/timegate/{ADDRESS}", **{"Accept-Datetime": "yesterday"})
    assert wrong.status == 400


def test_public_client_finds_mementos(front: Front) -> None:
    """It begins at a memento, since the original is on no network here."""
    library = pytest.importorskip("memento_client")
    base = f"http://127.0.0.1:{front.port}"
    asked = f"{base}/memento/{STAMPS[1]}/{ADDRESS}"
    client = library.MementoClient(f"{base}/timegate/", check_native_timegate=False)
    found = client.get_memento_info(asked, MORNING.replace(tzinfo=None))
    assert found["original_uri"] == ADDRESS
    assert found["timegate_uri"] == f"{base}/timegate/{ADDRESS}"
    closest = found["mementos"]["closest"]
    assert closest["uri"] == [f"{base}/memento/{STAMPS[0]}/{ADDRESS}"]
    assert closest["datetime"] == MORNING.replace(tzinfo=None)


def test_page_of_a_version_shows_that_version(front: Front) -> None:
    first, second = (front.get(f"/article/1?version={n}&lang=en").text for n in (1, 2))
    assert FIRST in first.partition("</h1>")[0]
    assert SECOND not in first.partition("</h1>")[0]
    assert "<ins>" in second.partition("</h1>")[0]
    of_version = f"?at={MORNING:%Y-%m-%dT%H:%M:%SZ}"  # true also after `newscrawl history`
    assert f"/article/1/cite.bib{of_version}" in first
    assert f'href="/article/1{of_version.replace(":", "%3A")}' in second
    page = front.get(f"/article/1{of_version}&lang=en").text
    assert page.partition("<main")[2] == first.partition("<main")[2]
    cited = json.loads(front.get("/article/1/cite.json?version=1").text)
    assert cited[0]["title"] == FIRST
    keys = [
        front.get(f"/article/1/cite.bib{one}").text.partition(",")[0]
        for one in ("?version=1", "?version=2", "?version=last", "", of_version)
    ]
    assert keys[0] == keys[4] == f"@online{{newscrawl-1-{MORNING:%Y%m%dT%H%M%SZ}"
    assert keys[1] == keys[2] == keys[3] != keys[0]
    assert front.get("/article/1/cite.json?version=9").status == 404
    assert front.get("/article/99?version=1").status == 404


def test_version_that_was_read_again_has_its_number(archive: Path) -> None:
    """Both readings begin at one time: the later one is in force then."""
    with Archive.open_read_only(archive) as opened:
        first, second = opened.versions(1)
    again = attrs.evolve(second, number=3)
    third = attrs.evolve(second, number=4, first_seen=second.last_seen + hours(9))
    links = version_links((first, second, again, third))
    assert [set(links[number]) for number in (1, 2, 3, 4)] == [
        {"at"},
        {"version"},
        {"at"},
        {"at"},
    ]
    versions = (first, second, again, third)
    assert len({citation_key(1, versions, number) for number in (1, 2, 3, 4)}) == 4
    assert citation_key(1, (second,), 1) == citation_key(1, versions, 2)


def test_command_shows_any_version(archive: Path) -> None:
    def headline(*options: str) -> str:
        shown = run("show", "1", "-d", archive, "--json", *options)
        assert shown.returncode == 0, shown.stderr
        return str(json.loads(shown.stdout)["headline"])

    assert headline() == SECOND
    assert headline("--version", "1") == FIRST
    assert headline("--at", "2026-03-01T07:00") == FIRST
    assert headline("--at", "2026-03-02") == SECOND
    assert "only 1 to 2" in refusal(run("show", "1", "-d", archive, "--version", "3"))
    assert "2026-03-01" in refusal(run("show", "1", "-d", archive, "--at", "2020-01-01"))
    both = run("show", "1", "-d", archive, "--at", "2026-03-01", "--version", "1")
    assert both.returncode == 2
