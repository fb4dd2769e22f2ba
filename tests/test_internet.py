"""The test internet itself: names, addresses, certificates, keep-alive, encodings, kills."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path
from typing import ClassVar

import pytest

from tests.crawling import outcomes
from tests.internet.namespace import NoNamespace, open_namespace
from tests.internet.network import Internet
from tests.internet.server import Kill
from tests.internet.sites.plain import Plain

HOME = "https://nahar.example/"


class Impostor(Plain):
    """A site whose certificates no client trusts."""

    hosts: ClassVar[tuple[str, ...]] = ("impostor.example",)
    is_trusted: ClassVar[bool] = False


class Inside(Plain):
    """A public name that resolves to the machine itself."""

    hosts: ClassVar[tuple[str, ...]] = ("inside.example",)
    address: ClassVar[str | None] = "127.0.0.1"


def inside(internet: Internet, program: str) -> str:
    """Run a Python *program* in the test internet; return what it printed."""
    done = internet.run([sys.executable, "-c", program])
    assert done.status == 0, done.stderr
    return done.stdout.strip()


def test_names_of_sites_resolve_and_no_others(internet: Internet) -> None:
    program = (
        "import socket\n"
        "print(socket.getaddrinfo('nahar.example', 443)[0][4][0])\n"
        "try: print(socket.getaddrinfo('elsewhere.example', 443))\n"
        "except socket.gaierror as error: print(error.errno == socket.EAI_NONAME)\n"
    )
    with internet.serving(Plain()):
        address, is_unknown = inside(internet, program).split("\n")
    assert address.startswith("81.0.0.")
    assert is_unknown == "True"


def test_no_other_network_can_be_reached(internet: Internet) -> None:
    program = (
        "import errno, socket\n"
        "try: socket.create_connection(('9.9.9.9', 443), 5)\n"
        "except OSError as error: print(errno.errorcode[error.errno])\n"
    )
    assert inside(internet, program) == "ENETUNREACH"


@pytest.mark.parametrize(
    ("accepted", "sent"), [("gzip, br;q=0.9", "br"), ("gzip", "gzip"), ("identity", "None")]
)
def test_answers_are_packed_as_the_client_accepts(
    internet: Internet, accepted: str, sent: str
) -> None:
    program = (
        "import brotli, gzip, http.client\n"
        "client = http.client.HTTPSConnection('nahar.example')\n"
        f"client.request('GET', '/', headers={{'Accept-Encoding': '{accepted}'}})\n"
        "answer = client.getresponse()\n"
        "encoding, body = answer.headers['Content-Encoding'], answer.read()\n"
        "unpack = {'br': brotli.decompress, 'gzip': gzip.decompress, None: bytes}[encoding]\n"
        "print(encoding, unpack(body).endswith(b'</html>'))\n"
    )
    with internet.serving(Plain()):
        assert inside(internet, program) == f"{sent} True"


def test_connections_are_kept_alive_on_both_ports(internet: Internet) -> None:
    program = (
        "import http.client\n"
        "for kind in (http.client.HTTPConnection, http.client.HTTPSConnection):\n"
        "    client = kind('nahar.example')\n"
        "    for path in ('/', '/feed.xml'):\n"
        "        client.request('GET', path)\n"
        "        client.getresponse().read()\n"
    )
    with internet.serving(Plain()):
        inside(internet, program)
        seen = [(one.url, one.connection) for one in internet.requests()]
    urls, connections = [url for url, _ in seen], [number for _, number in seen]
    base = "nahar.example"
    paths = ("/", "/feed.xml")
    assert urls == [f"{s}://{base}{path}" for s in ("http", "https") for path in paths]
    assert connections[0] == connections[1] != connections[2] == connections[3]


def test_requests_are_written_as_json_lines(internet: Internet, tmp_path: Path) -> None:
    program = f"import urllib.request\nurllib.request.urlopen('{HOME}feed.xml?x=%D8%a3')"
    with internet.serving(Plain()):
        inside(internet, program)
        internet.write_requests(tmp_path / "requests.jsonl")
    (written,) = map(json.loads, (tmp_path / "requests.jsonl").read_text("utf-8").splitlines())
    assert written["url"] == f"{HOME}feed.xml?x=%D8%a3"
    assert written["headers"]["user-agent"].startswith("Python-urllib")


def test_crawl_refuses_a_certificate_that_is_not_trusted(
    internet: Internet, tmp_path: Path
) -> None:
    with internet.serving(Impostor()):
        internet.crawl("https://impostor.example/", archive=tmp_path / "a.db")
        assert internet.requests() == []
    assert outcomes(tmp_path / "a.db")["https://impostor.example/"] == "tls_error"


def test_crawl_refuses_a_name_that_resolves_to_this_machine(
    internet: Internet, tmp_path: Path
) -> None:
    with internet.serving(Inside()):
        internet.crawl("https://inside.example/", archive=tmp_path / "a.db")
        assert internet.requests() == []
    assert outcomes(tmp_path / "a.db")["https://inside.example/"] == "forbidden_address"


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGTERM])
def test_crawl_is_killed_at_the_request_that_is_named(
    internet: Internet, tmp_path: Path, sent: int
) -> None:
    one_by_one = ("CONCURRENT_REQUESTS=1",)
    kill = Kill(at=5, signal=sent)
    with internet.serving(Plain("feed")):
        done = internet.crawl(HOME, archive=tmp_path / "a.db", kill=kill, settings=one_by_one)
        requested = len(internet.requests())
    if sent == signal.SIGKILL:
        assert (done.status, requested) == (-signal.SIGKILL, 5)
    else:
        assert done.status > 0, done.stderr
        assert 5 <= requested < 60


def test_missing_program_is_named_with_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    missing = r"unshare is missing \(Debian package util-linux\)"
    with pytest.raises(NoNamespace, match=missing), open_namespace(tmp_path):
        pass


def test_refusal_of_the_kernel_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for tool in ("unshare", "nsenter", "mount", "ip"):
        (tmp_path / tool).write_text(
            "#!/bin/sh\necho unshare failed: not permitted >&2\nexit 1\n"
        )
        (tmp_path / tool).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    refusal = "--net --mount: unshare failed: not permitted"
    with pytest.raises(NoNamespace, match=refusal), open_namespace(tmp_path):
        pass
