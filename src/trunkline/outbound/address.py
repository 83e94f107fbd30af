"""What kind of address an address is.

The table is explicit, because ``ipaddress.is_global`` changes between releases of Python and knows nothing of metadata
services.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Final

Address = IPv4Address | IPv6Address

_LOOPBACK: Final = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))

_NOT_PUBLIC: Final = tuple(
    ip_network(row)
    for row in (
        "0.0.0.0/8",  # this network; 0.0.0.0 connects to this host (RFC 791, RFC 1122)
        "10.0.0.0/8",  # private (RFC 1918)
        "100.64.0.0/10",  # shared by carriers, CGNAT (RFC 6598)
        "127.0.0.0/8",  # loopback (RFC 1122)
        "169.254.0.0/16",  # link-local, and most metadata services (RFC 3927)
        "172.16.0.0/12",  # private (RFC 1918)
        "192.0.0.0/24",  # IETF protocol assignments, DS-Lite, NAT64 discovery (RFC 6890, RFC 7335, RFC 7050)
        "192.0.2.0/24",  # documentation, TEST-NET-1 (RFC 5737)
        "192.31.196.0/24",  # AS112 (RFC 7535)
        "192.52.193.0/24",  # AMT relays (RFC 7450)
        "192.88.99.0/24",  # 6to4 relays, deprecated (RFC 7526)
        "192.168.0.0/16",  # private (RFC 1918)
        "192.175.48.0/24",  # AS112 (RFC 7534)
        "198.18.0.0/15",  # benchmarking (RFC 2544)
        "198.51.100.0/24",  # documentation, TEST-NET-2 (RFC 5737)
        "203.0.113.0/24",  # documentation, TEST-NET-3 (RFC 5737)
        "224.0.0.0/4",  # multicast (RFC 5771)
        "240.0.0.0/4",  # reserved, with limited broadcast (RFC 1112, RFC 919)
        "::/96",  # unspecified, loopback, IPv4-compatible (RFC 4291)
        "::ffff:0:0:0/96",  # IPv4-translated (RFC 2765)
        "64:ff9b:1::/48",  # NAT64 of a local network (RFC 8215)
        "100::/64",  # discard only (RFC 6666)
        "100:0:0:1::/64",  # dummy prefix (RFC 9780)
        "2001::/23",  # IETF protocol assignments: Teredo, benchmarking, ORCHID, AMT and others (RFC 2928)
        "2001:db8::/32",  # documentation (RFC 3849)
        "2620:4f:8000::/48",  # AS112 (RFC 7534)
        "3fff::/20",  # documentation (RFC 9637)
        "5f00::/16",  # segment routing identifiers (RFC 9602)
        "fc00::/7",  # unique local (RFC 4193)
        "fe80::/10",  # link-local (RFC 4291)
        "fec0::/10",  # site-local, deprecated (RFC 3879)
        "ff00::/8",  # multicast (RFC 4291)
    )
)

_GLOBAL_UNICAST: Final = (
    ip_network("0.0.0.0/0"),
    ip_network(
        "2000::/3"
    ),  # all that is assigned of version 6 (RFC 4291, section 2.4; the rest is reserved by the IETF)
    ip_network("64:ff9b::/96"),  # NAT64, judged by what it embeds (RFC 6052)
)

_METADATA: Final = frozenset(
    (
        IPv4Address("169.254.169.254"),  # AWS, Azure, Google Cloud, Oracle, DigitalOcean, OpenStack
        IPv4Address("169.254.169.253"),  # AWS: resolver of a VPC
        IPv4Address("169.254.169.123"),  # AWS: clock
        IPv4Address("169.254.170.2"),  # AWS ECS: credentials of a task
        IPv4Address("169.254.170.23"),  # AWS EKS: credentials of a pod
        IPv4Address("169.254.0.23"),  # Tencent Cloud
        IPv4Address("169.254.42.42"),  # Scaleway
        IPv4Address("100.100.100.200"),  # Alibaba Cloud
        IPv4Address("168.63.129.16"),  # Azure: the host's agent, a public address
        IPv4Address("192.0.0.192"),  # Oracle Cloud, classic
        IPv6Address("fd00:ec2::254"),  # AWS
        IPv6Address("fd00:ec2::253"),  # AWS: resolver
        IPv6Address("fd00:ec2::23"),  # AWS EKS
        IPv6Address("fd20:ce::254"),  # Google Cloud
        IPv6Address("fd00:42::42"),  # Scaleway
        IPv6Address("fe80::a9fe:a9fe"),  # OpenStack
    )
)

_MAPPED: Final = IPv6Network("::ffff:0:0/96")
_TRANSLATED: Final = IPv6Network("::ffff:0:0:0/96")
_COMPATIBLE: Final = IPv6Network("::/96")
_SIX_TO_FOUR: Final = IPv6Network("2002::/16")
_TEREDO: Final = IPv6Network("2001::/32")
_NAT64: Final = IPv6Network("64:ff9b::/96")
_LOCAL_NAT64: Final = IPv6Network("64:ff9b:1::/48")
_ISATAP: Final = (0x00005EFE, 0x02005EFE)


def unwrap(address: Address) -> tuple[Address, ...]:
    """All addresses that a packet to ``address`` may end up at: itself, and the IPv4 addresses that it embeds.

    An IPv4-mapped address (RFC 4291, section 2.5.5.2) is nothing but its IPv4 address and gives that alone. A NAT64
    (RFC 6052, RFC 8215), 6to4 (RFC 3056), Teredo (RFC 4380), ISATAP (RFC 5214), IPv4-compatible (RFC 4291) or
    IPv4-translated (RFC 2765) address gives itself without its zone, then those inside.
    """
    if isinstance(address, IPv4Address):
        return (address,)
    plain = IPv6Address(int(address))
    if plain in _MAPPED:
        return (_low(plain, 0),)
    return (plain, *_embedded(plain))


def _embedded(address: IPv6Address) -> Iterator[IPv4Address]:
    number = int(address)
    if address in _NAT64 or address in _TRANSLATED or (address in _COMPATIBLE and number > 1):
        yield _low(address, 0)
    elif address in _LOCAL_NAT64:
        # RFC 6052, section 2.2: which bits depends on the length of the network's own prefix, 48, 56, 64 or 96; the
        # octet at bit 64 is always skipped.
        yield IPv4Address((number >> 64 & 0xFFFF) << 16 | number >> 40 & 0xFFFF)
        yield IPv4Address((number >> 64 & 0xFF) << 24 | number >> 32 & 0xFFFFFF)
        yield _low(address, 24)
        yield _low(address, 0)
    elif address in _SIX_TO_FOUR:
        yield _low(address, 80)
    elif address in _TEREDO:
        yield _low(address, 64)
        yield IPv4Address((number & 0xFFFFFFFF) ^ 0xFFFFFFFF)
    elif number >> 32 & 0xFFFFFFFF in _ISATAP:
        yield _low(address, 0)


def _low(address: IPv6Address, shift: int) -> IPv4Address:
    return IPv4Address(int(address) >> shift & 0xFFFFFFFF)


def is_public(address: Address) -> bool:
    """Whether ``address`` and all that it embeds belong to the public internet."""
    return all(
        any(part in network for network in _GLOBAL_UNICAST) and not any(part in network for network in _NOT_PUBLIC)
        for part in unwrap(address)
    )


def is_loopback(address: Address) -> bool:
    """Whether ``address`` is exactly this host's loopback: 127.0.0.0/8 (also IPv4-mapped) or ::1."""
    parts = unwrap(address)
    return len(parts) == 1 and any(parts[0] in network for network in _LOOPBACK)


def is_metadata(address: Address) -> bool:
    """Whether ``address``, or one that it embeds, is a cloud's metadata or credentials service."""
    return any(part in _METADATA for part in unwrap(address))


def is_own(address: Address) -> bool:
    """Whether a connection to ``address`` ends at this machine. Sends nothing: it tries to bind to it."""
    return any(_is_own(part) for part in unwrap(address))


def _is_own(address: Address) -> bool:
    if is_loopback(address) or address.is_unspecified:
        return True
    family = socket.AF_INET if isinstance(address, IPv4Address) else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as trial:
            trial.bind((str(address), 0))
    except OSError:
        return False
    return True
