from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.outbound.address import is_loopback, is_metadata, is_own, is_public, unwrap

# First and last address of every network that is not the public internet, and a neighbour outside where that is public.
NOT_PUBLIC = [
    "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.0",
    "127.0.0.1", "127.255.255.255", "169.254.0.0", "169.254.169.254", "169.254.255.255", "172.16.0.0",
    "172.31.255.255", "192.0.0.0", "192.0.0.170", "192.0.0.255", "192.0.2.0", "192.0.2.255", "192.31.196.0",
    "192.52.193.255", "192.88.99.0", "192.88.99.255", "192.168.0.0", "192.168.255.255", "192.175.48.0", "198.18.0.0",
    "198.19.255.255", "198.51.100.0", "198.51.100.255", "203.0.113.0", "203.0.113.255", "224.0.0.0",
    "239.255.255.255", "240.0.0.0", "255.255.255.255", "::", "::1", "::2", "::7f00:1", "::8.8.8.8",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0:8.8.8.8", "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::", "64:ff9b:1::808:808",
    "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", "100::", "100::ffff:ffff:ffff:ffff", "100:0:0:1::", "2001::",
    "2001:0:ffff:ffff:ffff:ffff:ffff:ffff", "2001:1::1", "2001:2::", "2001:2:0:ffff:ffff:ffff:ffff:ffff", "2001:3::",
    "2001:4:112::", "2001:10::", "2001:1f::", "2001:20::", "2001:2f::", "2001:30::", "2001:db8::", "2001:db8:ffff::",
    "2002:7f00:1::", "2002:a00:1::", "2002:a9fe:a9fe::", "2002:c0a8:101::1", "2620:4f:8000::", "3fff::", "3fff:fff::",
    "5f00::", "fc00::", "fd00::", "fdff:ffff::", "fe80::", "fe80::1", "febf::", "fec0::", "feff::", "ff00::",
    "ff02::1", "ffff::", "2a00::5efe:7f00:1", "2a00::200:5efe:a00:1", "2001:40::", "2001:1ff:ffff::", "4000::",
    "6000::1", "8000::", "c000::", "200::", "400::", "1000::", "1fff:ffff::", "fbff::", "fe00::", "64:ff9a::",
    "64:ff9b:0:0:1::", "1::1",
]  # fmt: skip

PUBLIC = [
    "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
    "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.0.3.0",
    "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "198.51.99.255", "198.51.101.0",
    "203.0.112.255", "203.0.114.0", "223.255.255.255", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::",
    "2001:4860:4860::8888", "2606:4700:4700::1111", "2a00::5efe:808:808", "2620:4f:8001::", "2600::", "3ffe:ffff::",
    "3fff:1000::", "2400::", "2001:200::",
]  # fmt: skip


@pytest.mark.parametrize("text", NOT_PUBLIC)
def test_local_and_reserved_addresses_are_not_public(text: str) -> None:
    assert not is_public(ip_address(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_their_neighbours_are_public(text: str) -> None:
    assert is_public(ip_address(text))


@given(st.ip_addresses(v=4))
def test_what_is_public_by_our_table_is_public_by_pythons_too(address: IPv4Address) -> None:
    # Python lags behind the registry of special addresses, so ours may refuse more, never less.
    if is_public(address):
        assert address.is_global
        assert not address.is_multicast


@given(st.ip_addresses(v=6))
def test_that_holds_for_version_6(address: IPv6Address) -> None:
    if is_public(address) and len(unwrap(address)) == 1 and isinstance(unwrap(address)[0], IPv6Address):
        assert address.is_global
        assert not address.is_multicast


@given(st.ip_addresses(v=4))
def test_wrapping_an_address_changes_nothing_about_it(address: IPv4Address) -> None:
    number = int(address)
    wrapped = {
        "mapped": IPv6Address(0xFFFF << 32 | number),
        "nat64": IPv6Address(0x64FF9B << 96 | number),
        "6to4": IPv6Address(0x2002 << 112 | number << 80),
        "isatap": IPv6Address(0x2A00 << 112 | 0x5EFE << 32 | number),
    }
    for inner in wrapped.values():
        assert address in unwrap(inner)
        assert is_public(inner) == is_public(address)
        assert is_metadata(inner) == is_metadata(address)
    teredo = IPv6Address(0x20010000 << 96 | 0x08080808 << 64 | number ^ 0xFFFFFFFF)
    assert address in unwrap(teredo)
    for shape in (
        number,
        number << 24,
        (number >> 16) << 64 | (number & 0xFFFF) << 40,
        (number >> 24) << 64 | (number & 0xFFFFFF) << 32,
    ):
        assert address in unwrap(IPv6Address(0x64FF9B0001 << 80 | shape))


@pytest.mark.parametrize(
    "text",
    [
        "169.254.169.254", "169.254.170.2", "169.254.170.23", "100.100.100.200", "168.63.129.16", "192.0.0.192",
        "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254", "fe80::a9fe:a9fe%2", "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "64:ff9b:1::a9fe:a9fe", "::169.254.169.254",
        "::ffff:0:169.254.169.254",
    ],
)  # fmt: skip
def test_metadata_services_are_known_in_every_wrapping(text: str) -> None:
    assert is_metadata(ip_address(text))


def test_only_loopback_is_loopback() -> None:
    assert all(is_loopback(ip_address(text)) for text in ("127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"))
    others = ("0.0.0.0", "::", "128.0.0.1", "::2", "::127.0.0.1", "64:ff9b::127.0.0.1", "2002:7f00:1::", "10.0.0.1")
    assert not any(is_loopback(ip_address(text)) for text in others)


def test_own_addresses_are_those_one_can_bind_to() -> None:
    assert all(
        is_own(ip_address(text)) for text in ("127.0.0.1", "127.1.2.3", "::1", "0.0.0.0", "::", "::ffff:127.0.0.1")
    )
    assert not any(is_own(ip_address(text)) for text in ("192.0.2.1", "2001:db8::1", "8.8.8.8"))


def test_a_zone_does_not_hide_an_address() -> None:
    assert not is_public(ip_address("fe80::1%eth0"))
    assert unwrap(ip_address("fe80::1%eth0")) == (IPv6Address("fe80::1"),)


def test_every_address_of_this_machine_is_its_own() -> None:
    families = (socket.AF_INET, socket.AF_INET6)
    addresses = [
        entry.address for entries in psutil.net_if_addrs().values() for entry in entries if entry.family in families
    ]
    assert addresses
    assert all(is_own(ip_address(address)) for address in addresses if not address.startswith("fe80"))
