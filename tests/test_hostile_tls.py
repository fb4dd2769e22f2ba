"""Certificates that are not valid: nothing is read behind them, and the row says why."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.crawling import crawl, outcomes
from tests.odd_server import OddServer, article, odd_server


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


def test_https_to_a_plain_port_is_refused(server: OddServer, tmp_path: Path) -> None:
    url = f"https://127.0.0.1:{server.server_port}/1"
    crawl(tmp_path / "a.db", "articles", "-a", f"urls={url}", "-s", "RETRY_TIMES=0")
    assert outcomes(tmp_path / "a.db")[url] == "tls_error"
    assert server.asked == []
