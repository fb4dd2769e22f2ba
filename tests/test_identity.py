"""The signed identity: RFC 9421's example, Web Bot Auth, keys, and a crawl that signs."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import re
import stat
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar
from urllib.parse import urlsplit

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from scrapy import Request

from newscrawl.crawl.download.signatures import SignatureMiddleware
from newscrawl.crawl.identity.keys import key_directory, read_key, thumbprint
from newscrawl.crawl.identity.signature import (
    Message,
    Parameter,
    authority_of,
    sign,
    signature_base,
)
from newscrawl.crawl.identity.web_bot_auth import signed_headers
from tests.command_line import run
from tests.crawling import crawl

NOW = dt.datetime(2026, 3, 1, 6, 30, tzinfo=dt.UTC)
AGENT = "https://bot.example"
# RFC 9421, appendix B.1.4: test-key-ed25519.
RFC_KEY = b"""-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF
-----END PRIVATE KEY-----
"""
# RFC 9421, appendix B.2.6.
RFC_MESSAGE = Message(
    method="POST",
    url="https://example.com/foo?param=Value&Pet=dog",
    headers={
        "date": "Tue, 20 Apr 2021 02:07:55 GMT",
        "content-type": "application/json",
        "content-length": "18",
    },
)
RFC_COMPONENTS = ("date", "@method", "@path", "@authority", "content-type", "content-length")
RFC_SIGNATURE = (
    "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
)


@pytest.fixture
def rfc_key() -> Ed25519PrivateKey:
    key = load_pem_private_key(RFC_KEY, None)
    assert isinstance(key, Ed25519PrivateKey)
    return key


def test_example_of_the_rfc(rfc_key: Ed25519PrivateKey) -> None:
    parameters = (Parameter("created", 1618884473), Parameter("keyid", "test-key-ed25519"))
    signature = sign(RFC_MESSAGE, rfc_key, RFC_COMPONENTS, parameters, label="sig-b26")
    assert signature.signature_input == (
        'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length")'
        ';created=1618884473;keyid="test-key-ed25519"'
    )
    assert signature.signature == f"sig-b26=:{RFC_SIGNATURE}:"


def test_component_is_signed_once(rfc_key: Ed25519PrivateKey) -> None:
    with pytest.raises(ValueError, match="once"):
        sign(RFC_MESSAGE, rfc_key, ("@method", "@path", "@method"), ())


def test_base_of_the_rfc() -> None:
    parameters = (Parameter("created", 1618884473), Parameter("keyid", "test-key-ed25519"))
    assert signature_base(RFC_MESSAGE, RFC_COMPONENTS, parameters).splitlines() == [
        '"date": Tue, 20 Apr 2021 02:07:55 GMT',
        '"@method": POST',
        '"@path": /foo',
        '"@authority": example.com',
        '"content-type": application/json',
        '"content-length": 18',
        (
            '"@signature-params": ("date" "@method" "@path" "@authority" "content-type" '
            '"content-length");created=1618884473;keyid="test-key-ed25519"'
        ),
    ]


def test_thumbprint_is_that_of_the_draft(rfc_key: Ed25519PrivateKey) -> None:
    """The draft of Web Bot Auth signs its examples with the RFC's key."""
    assert thumbprint(rfc_key) == "poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U"


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("https://Example.com/a", "example.com"),
        ("https://example.com:443/", "example.com"),
        ("http://example.com:443/", "example.com:443"),
        ("http://example.com:80", "example.com"),
        ("https://[2001:DB8::1]:8443/", "[2001:db8::1]:8443"),
        ("https://موقع.example/", "xn--4gbrim.example"),
    ],
)
def test_authority(url: str, authority: str) -> None:
    assert authority_of(url) == authority


class Wrong(Exception):
    """The signature of a request is not right."""


def verify(url: str, headers: dict[str, str], directory: dict[str, Any], now: int) -> None:
    """Verify a request as a site does: by its headers and the published directory alone."""
    found = re.fullmatch(r"sig1=(\((.*?)\)(;.*))", headers["signature-input"])
    assert found is not None
    components = found[2].split()
    parameters = dict(re.findall(r';(\w+)=("[^"]*"|\d+)', found[3]))
    if parameters["tag"] != '"web-bot-auth"' or '"@authority"' not in components:
        raise Wrong("not of Web Bot Auth")
    if not int(parameters["created"]) <= now < int(parameters["expires"]):
        raise Wrong("expired")
    keys = {key["kid"]: key for key in directory["keys"]}
    key = keys.get(parameters["keyid"].strip('"'))
    if key is None:
        raise Wrong("unknown key")
    public = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key["x"] + "="))
    agent = re.fullmatch(r'sig1=("[^"]*")', headers["signature-agent"])
    assert agent is not None
    values = {
        '"@authority"': urlsplit(url).netloc.lower(),
        '"signature-agent";key="sig1"': agent[1],
    }
    lines = [f"{name}: {values[name]}" for name in components]
    base = "\n".join([*lines, f'"@signature-params": {found[1]}'])
    signature = base64.b64decode(headers["signature"].removeprefix("sig1=:").removesuffix(":"))
    try:
        public.verify(signature, base.encode())
    except InvalidSignature as error:
        raise Wrong("forged") from error


def lowered(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def test_signed_request_is_verified(rfc_key: Ed25519PrivateKey) -> None:
    url, now = "https://news.example/1", int(NOW.timestamp())
    headers = lowered(signed_headers(url, AGENT, rfc_key, NOW))
    directory = key_directory(rfc_key, made_at=NOW)
    verify(url, headers, directory, now)
    assert headers["signature-agent"] == f'sig1="{AGENT}"'
    verify(url, headers, directory, now - 20)  # the clock of the site is slow
    for told, call in {
        "forged": (url.replace("news", "other"), headers, directory, now),
        "expired": (url, headers, directory, now + 3600),
        "unknown key": (
            url,
            headers,
            key_directory(Ed25519PrivateKey.generate(), made_at=NOW),
            now,
        ),
    }.items():
        with pytest.raises(Wrong, match=told):
            verify(*call)
    other = {"signature-agent": 'sig1="https://other.example"'}
    with pytest.raises(Wrong, match="forged"):
        verify(url, headers | other, directory, now)


def test_another_library_verifies_it(rfc_key: Ed25519PrivateKey) -> None:
    library = pytest.importorskip("http_message_signatures")

    class Resolver(library.HTTPSignatureKeyResolver):  # type: ignore[misc, name-defined]
        def resolve_public_key(self, key_id: str) -> Any:
            assert key_id == thumbprint(rfc_key)
            return rfc_key.public_key()

    class Sent:
        method, url = "GET", "https://news.example/1?a=b"
        headers: ClassVar[dict[str, str]] = {}

    now = dt.datetime.now(dt.UTC)
    Sent.headers = dict(signed_headers(Sent.url, AGENT, rfc_key, now))
    verifier = library.HTTPMessageVerifier(
        signature_algorithm=library.algorithms.ED25519, key_resolver=Resolver()
    )
    (result,) = verifier.verify(Sent, expect_tag="web-bot-auth")
    assert '"@authority"' in result.covered_components
    assert '"signature-agent";key="sig1"' in result.covered_components


def test_each_signature_has_its_own_nonce(rfc_key: Ed25519PrivateKey) -> None:
    made = {
        signed_headers("https://a.example/", AGENT, rfc_key, NOW)["Signature"] for _ in range(3)
    }
    assert len(made) == 3


def test_redirect_to_another_host_is_signed_for_that_host(
    rfc_key: Ed25519PrivateKey, tmp_path: Path
) -> None:
    (tmp_path / "key.pem").write_bytes(RFC_KEY)
    middleware = SignatureMiddleware(tmp_path / "key.pem", AGENT)
    first = Request("https://news.example/old")
    middleware.process_request(first)
    second = first.replace(url="https://www.other.example/new")
    middleware.process_request(second)
    sent = {name.decode().lower(): value[0].decode() for name, value in second.headers.items()}
    now = int(dt.datetime.now(dt.UTC).timestamp())
    directory = key_directory(rfc_key, made_at=NOW)
    verify(second.url, sent, directory, now)
    with pytest.raises(Wrong, match="forged"):
        verify(first.url, sent, directory, now)
    unsigned = second.replace(url="https://" + "م" * 64 + ".example/")
    middleware.process_request(unsigned)
    assert b"Signature" not in unsigned.headers


def verify_directory(headers: dict[str, str], directory: dict[str, Any], now: int) -> None:
    """Verify that each key of a directory has signed the answer, for the host of AGENT."""
    signatures = dict(re.findall(r"(sig\d+)=:([^:]+):", headers["Signature"]))
    stated = dict(
        re.findall(r'(sig\d+)=(\(.*?\)(?:;\w+=(?:"[^"]*"|\d+))+)', headers["Signature-Input"])
    )
    signers = set()
    for label, stated_parameters in stated.items():
        parameters = dict(re.findall(r';(\w+)=("[^"]*"|\d+)', stated_parameters))
        assert parameters["tag"] == '"http-message-signatures-directory"'
        assert int(parameters["created"]) <= now < int(parameters["expires"])
        (key,) = (one for one in directory["keys"] if f'"{one["kid"]}"' == parameters["keyid"])
        public = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key["x"] + "="))
        base = f'"@authority";req: bot.example\n"@signature-params": {stated_parameters}'
        public.verify(base64.b64decode(signatures[label]), base.encode())
        signers.add(key["kid"])
    assert signers == {key["kid"] for key in directory["keys"]}
    # A directory that is cached longer than it is signed for is refused (mnot/redbot#415).
    cached = int(headers["Cache-Control"].removeprefix("max-age="))
    ends = map(int, re.findall(r"expires=(\d+)", headers["Signature-Input"]))
    assert min(ends) > now + cached


def test_one_key_follows_another(tmp_path: Path) -> None:
    old, following = tmp_path / "old", tmp_path / "new"
    new(old)
    new(following)
    named = ("--url", AGENT, "--name", "Coast", "--contact", "archive@coast.example")
    done = run("identity", "publish", following, *named, "--also", old / "identity.pem")
    assert done.returncode == 0, done.stderr
    directory = json.loads((following / "http-message-signatures-directory").read_text("utf-8"))
    lines = (following / "http-message-signatures-directory.headers").read_text("utf-8")
    headers = dict(line.split(": ", 1) for line in lines.splitlines())
    now = dt.datetime.now(dt.UTC)
    verify_directory(headers, directory, int(now.timestamp()))
    assert len(directory["keys"]) == 2
    assert headers["Content-Type"] == "application/http-message-signatures-directory+json"
    url = "https://news.example/1"
    for folder in (old, following):
        signed = lowered(signed_headers(url, AGENT, read_key(folder / "identity.pem"), now))
        verify(url, signed, directory, int(now.timestamp()))


def new(folder: Path, url: str = AGENT) -> Any:
    named = ("--name", "Coast <Archive>", "--contact", "archive@coast.example")
    return run("identity", "new", folder, "--url", url, *named)


def test_new_identity_is_whole(tmp_path: Path) -> None:
    folder = tmp_path / "identity"
    done = new(folder)
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE((folder / "identity.pem").stat().st_mode) == 0o600
    key = read_key(folder / "identity.pem")
    directory = json.loads((folder / "http-message-signatures-directory").read_text("utf-8"))
    (entry,) = directory["keys"]
    assert entry["kid"] == thumbprint(key)
    canonical = json.dumps(
        {"crv": entry["crv"], "kty": entry["kty"], "x": entry["x"]}, separators=(",", ":")
    )
    digest = base64.urlsafe_b64encode(hashlib.sha256(canonical.encode()).digest())
    assert entry["kid"] == digest.rstrip(b"=").decode()
    assert "PRIVATE" not in json.dumps(directory)
    lines = (folder / "http-message-signatures-directory.headers").read_text("utf-8")
    headers = dict(line.split(": ", 1) for line in lines.splitlines())
    verify_directory(headers, directory, int(dt.datetime.now(dt.UTC).timestamp()))
    page = (folder / "publishers.html").read_text("utf-8")
    assert "Coast &lt;Archive&gt;" in page
    assert f"{AGENT}/.well-known/http-message-signatures-directory" in page
    assert "$" not in page.replace("$NAMES", "")
    assert "mailto:archive@coast.example" in page


def test_key_is_never_overwritten(tmp_path: Path) -> None:
    new(tmp_path)
    before = (tmp_path / "identity.pem").read_bytes()
    done = new(tmp_path)
    assert done.returncode == 2
    assert "never overwritten" in done.stderr
    assert (tmp_path / "identity.pem").read_bytes() == before


@pytest.mark.parametrize("url", ["http://bot.example", "https://bot.example/path", "bot"])
def test_url_that_is_no_origin_is_refused(tmp_path: Path, url: str) -> None:
    assert new(tmp_path / "x", url).returncode == 2
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("name", "contact"),
    [
        ("Coast", "javascript:alert(1)"),
        ("Coast", "foo"),
        ("Coast", "a@b"),
        (" ", "archive@coast.example"),
        ("Coast\x07", "https://coast.example/contact"),
    ],
)
def test_name_and_contact_that_are_none_are_refused(
    tmp_path: Path, name: str, contact: str
) -> None:
    folder = tmp_path / "x"
    named = ("--url", AGENT, "--name", name, "--contact", contact)
    done = run("identity", "new", folder, *named)
    assert done.returncode == 2, done.stderr
    assert not folder.exists()


def test_end_of_a_key_is_kept_when_it_is_published_again(tmp_path: Path) -> None:
    named = ("--url", AGENT, "--name", "Coast", "--contact", "https://coast.example/contact")
    file = tmp_path / "http-message-signatures-directory"
    run("identity", "new", tmp_path, *named, "--days", "30")
    (before,) = json.loads(file.read_text("utf-8"))["keys"]
    done = run("identity", "publish", tmp_path, *named)
    assert done.returncode == 0, done.stderr
    (after,) = json.loads(file.read_text("utf-8"))["keys"]
    assert after["exp"] == before["exp"]


class Site(BaseHTTPRequestHandler):
    """A site that records the headers it gets."""

    seen: ClassVar[list[tuple[str, dict[str, str]]]] = []

    def do_GET(self) -> None:
        """Answer, once with a redirect."""
        self.seen.append((self.path, lowered(self.headers)))
        if self.path == "/old":
            self.send_response(301)
            self.send_header("Location", "/new")
            self.end_headers()
            return
        self.send_response(200 if self.path != "/robots.txt" else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(b"<html><title>x</title><p>nothing</p></html>")

    def log_message(self, *_arguments: object) -> None:
        """Print nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    Site.seen.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_crawl_signs_every_request(site: str, tmp_path: Path) -> None:
    identity = tmp_path / "identity"
    new(identity)
    settings = (
        f"NEWSCRAWL_IDENTITY_KEY={identity / 'identity.pem'}",
        f"NEWSCRAWL_IDENTITY_URL={AGENT}",
        "DOWNLOAD_DELAY=0",
    )
    options = [part for setting in settings for part in ("-s", setting)]
    crawl(tmp_path / "archive.db", "site", "-a", f"url={site}/old", *options)
    directory = json.loads((identity / "http-message-signatures-directory").read_text("utf-8"))
    now = int(dt.datetime.now(dt.UTC).timestamp()) - 150
    assert {"/robots.txt", "/old", "/new"} <= {path for path, _headers in Site.seen}
    for path, headers in Site.seen:
        created = int(headers["signature-input"].split("created=")[1].split(";")[0])
        assert created >= now
        verify(f"{site}{path}", headers, directory, created)


def test_crawl_without_a_key_signs_nothing(site: str, tmp_path: Path) -> None:
    crawl(tmp_path / "archive.db", "site", "-a", f"url={site}/", "-s", "DOWNLOAD_DELAY=0")
    assert Site.seen
    assert all("signature" not in headers for _path, headers in Site.seen)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (("NEWSCRAWL_IDENTITY_KEY=none.pem",), "go together"),
        (
            ("NEWSCRAWL_IDENTITY_KEY=none.pem", f"NEWSCRAWL_IDENTITY_URL={AGENT}"),
            "cannot be read",
        ),
        (("NEWSCRAWL_IDENTITY_KEY=x", "NEWSCRAWL_IDENTITY_URL=bot"), "is not an origin"),
    ],
)
def test_wrong_settings_stop_before_the_crawl(
    site: str, tmp_path: Path, settings: tuple[str, ...], told: str
) -> None:
    options = [part for setting in settings for part in ("-s", setting)]
    done = crawl(tmp_path / "archive.db", "site", "-a", f"url={site}/", *options)
    assert done.returncode == 2
    assert told in done.stderr
    assert not Site.seen
