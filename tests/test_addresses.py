"""Network addresses that may be connected to."""

from __future__ import annotations

import pytest

from newscrawl.ingest.public_addresses import METADATA, PrivateHosts, is_public, parse_ip

# ruff: noqa: S104 (addresses that must be refused)

PRIVATE = [
    "127.0.0.1",
    "127.0.0.2",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:db8::1",
    "3fff::1",
    "5f00::1",
    "4000::1",
    "fec0::1",
    "64:ff9b:1::808:808",
    "::8.8.8.8",
    "::ffff:168.63.129.16",
    *sorted(METADATA),
]
PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "written",
    ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "[::ffff:127.0.0.1]", "0x7f.1"],
)
def test_odd_forms_of_an_address_are_read(written: str) -> None:
    ip = parse_ip(written)
    assert ip is not None
    assert not is_public(str(ip))


@pytest.mark.parametrize("name", ["news.example", "localhost", "1and1.example", "", "0x"])
def test_names_are_no_addresses(name: str) -> None:
    assert parse_ip(name) is None


def test_named_address_opens_itself_only() -> None:
    hosts = PrivateHosts.named("127.0.0.1, intranet:8080")
    assert hosts.allows("127.0.0.1", "127.0.0.1")
    assert not hosts.allows("127.0.0.2", "127.0.0.2")
    assert not hosts.allows("localhost", "127.0.0.1")
    assert not hosts.allows("2130706433", "127.0.0.1")
    assert not hosts.allows("news.example", "127.0.0.1")


def test_named_host_opens_its_addresses_on_its_port() -> None:
    hosts = PrivateHosts.named("intranet:8080 other")
    assert hosts.allows("intranet", "10.0.0.1", 8080)
    assert not hosts.allows("intranet", "10.0.0.1", 80)
    assert hosts.allows("other", "10.0.0.1", 80)


def test_public_addresses_need_no_name() -> None:
    assert PrivateHosts.named("").allows("news.example", "93.184.216.34")
