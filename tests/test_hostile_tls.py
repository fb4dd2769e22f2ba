"""Certificates that are not valid: nothing is read behind them, and the row says why."""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.crawling import crawl, outcomes, rows, scrapy
from tests.odd_server import OddServer, article, odd_server, text


def certificate(folder: Path, host: str) -> Path:
    """Write a self-signed certificate for *host*, with its key, and return the file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = dt.datetime.now(dt.UTC)
    address = x509.IPAddress(ipaddress.ip_address(host))
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "certificate.pem"
    path.write_bytes(key.private_bytes(pem, *plain) + signed.public_bytes(pem))
    return path


@pytest.fixture
def server() -> Iterator[OddServer]:
    """A server with one article on it."""
    with odd_server() as server:
        server.answers["/1"] = article("The ferry sails again")
        yield server


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.9"], ids=["self-signed", "other-host"])
def test_invalid_certificates_are_refused(server: OddServer, tmp_path: Path, host: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(tmp_path, host))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    url = f"https://127.0.0.1:{server.server_port}/1"
    crawl(tmp_path / "a.db", "articles", "-a", f"urls={url}", "-s", "RETRY_TIMES=0")
    assert outcomes(tmp_path / "a.db")[url] == "tls_error"
    assert server.asked == []


def test_a_site_may_declare_that_its_certificate_is_wrong(
    server: OddServer, tmp_path: Path
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(tmp_path, "127.0.0.1"))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    home = f"https://127.0.0.1:{server.server_port}"
    server.answers["/"] = text("<p>The Ferry Times</p>")
    server.answers["/feed.xml"] = text(f"<rss><item><link>{home}/1</link></item></rss>")
    (tmp_path / "own_sites.py").write_text(
        "from newscrawl.layouts.site import Site, Sources\n"
        "SITE = Site(name='ferry', title='Ferry', hosts=('127.0.0.1',),\n"
        f"    sources=Sources(home='{home}/', feeds=('{home}/feed.xml',)),\n"
        "    verifies_certificate=False)\n",
        "utf-8",
    )
    archive = tmp_path / "a.db"
    options = (f"NEWSCRAWL_ARCHIVE={archive}", "NEWSCRAWL_PRIVATE_HOSTS=127.0.0.1")
    done = scrapy(
        "crawl",
        "ferry",
        *(part for one in options for part in ("-s", one)),
        PYTHONPATH=str(tmp_path),
        NEWSCRAWL_SITES="own_sites",
    )
    assert done.returncode == 0, done.stderr
    assert outcomes(archive)[f"{home}/1"] == "stored"
    (run,) = rows(archive, "SELECT settings FROM run")
    assert json.loads(run["settings"])["DOWNLOAD_VERIFY_CERTIFICATES"] is False


def test_https_to_a_plain_port_is_refused(server: OddServer, tmp_path: Path) -> None:
    url = f"https://127.0.0.1:{server.server_port}/1"
    crawl(tmp_path / "a.db", "articles", "-a", f"urls={url}", "-s", "RETRY_TIMES=0")
    assert outcomes(tmp_path / "a.db")[url] == "tls_error"
    assert server.asked == []
