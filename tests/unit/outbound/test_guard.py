from __future__ import annotations

from ipaddress import ip_address

import pytest

from trunkline.outbound import ForbiddenAddress, Guard, LocalUpstreams, Origin

ORIGIN = Origin("http", "ollama", 11434)
NONE = LocalUpstreams()
LOOPBACK = LocalUpstreams(loopback=True)
LISTED = LocalUpstreams(origins=frozenset({ORIGIN}))


@pytest.mark.parametrize(
    ("local", "address", "permitted"),
    [
        (NONE, "8.8.8.8", True),
        (NONE, "127.0.0.1", False),
        (NONE, "10.0.0.5", False),
        (LOOPBACK, "127.0.0.1", True),
        (LOOPBACK, "::1", True),
        (LOOPBACK, "::ffff:127.0.0.1", True),
        (LOOPBACK, "0.0.0.0", False),
        (LOOPBACK, "::", False),
        (LOOPBACK, "64:ff9b::127.0.0.1", False),
        (LOOPBACK, "10.0.0.5", False),
        (LOOPBACK, "169.254.169.254", False),
        (LISTED, "10.0.0.5", True),
        (LISTED, "fd00::5", True),
        (LISTED, "127.0.0.1", True),
        (LISTED, "169.254.169.254", False),
        (LISTED, "fd00:ec2::254", False),
        (LISTED, "64:ff9b:1::a9fe:a9fe", False),
        (LISTED, "168.63.129.16", False),
        (NONE, "168.63.129.16", False),
    ],
)
def test_the_policy(local: LocalUpstreams, address: str, permitted: bool) -> None:
    assert Guard(local).permits(ORIGIN, ip_address(address)) is permitted


@pytest.mark.parametrize(
    "other", [Origin("https", "ollama", 11434), Origin("http", "ollama", 80), Origin("http", "x", 11434)]
)
def test_a_listed_origin_is_exact(other: Origin) -> None:
    assert not Guard(LISTED).permits(other, ip_address("10.0.0.5"))


@pytest.mark.parametrize("local", [NONE, LOOPBACK, LISTED])
@pytest.mark.parametrize(
    "address", ["127.0.0.1", "127.9.9.9", "::1", "0.0.0.0", "::ffff:127.0.0.1", "64:ff9b::127.0.0.1"]
)
def test_own_ports_are_never_reached_at_own_addresses(local: LocalUpstreams, address: str) -> None:
    assert not Guard(local, frozenset({11434})).permits(ORIGIN, ip_address(address))


def test_the_same_port_elsewhere_is_not_our_own() -> None:
    assert Guard(LISTED, frozenset({11434})).permits(ORIGIN, ip_address("192.0.2.5"))
    assert Guard(NONE, frozenset({11434})).permits(ORIGIN, ip_address("8.8.8.8"))


def test_one_forbidden_answer_among_good_ones_is_enough() -> None:
    guard = Guard(NONE)
    guard.judge(ORIGIN, [ip_address("8.8.8.8"), ip_address("2606:4700:4700::1111")])
    with pytest.raises(ForbiddenAddress) as caught:
        guard.judge(ORIGIN, [ip_address("8.8.8.8"), ip_address("10.0.0.5")])
    assert "TRUNKLINE_LOCAL_UPSTREAMS" in caught.value.message
    assert "10.0.0.5" not in caught.value.message
    assert (caught.value.kind, caught.value.stage) == ("unreachable", "guard")


@pytest.mark.parametrize(
    ("address", "ports", "remedy"),
    [
        ("10.0.0.5", frozenset[int](), "TRUNKLINE_LOCAL_UPSTREAMS"),
        ("169.254.169.254", frozenset[int](), "is never called: that is a cloud's metadata service"),
        ("127.0.0.1", frozenset({11434}), "is never called: that is Trunkline itself"),
    ],
)
def test_the_setting_is_named_only_where_it_helps(address: str, ports: frozenset[int], remedy: str) -> None:
    with pytest.raises(ForbiddenAddress, match=remedy) as refused:
        Guard(NONE, ports).judge(ORIGIN, [ip_address(address)])
    assert ("TRUNKLINE" in refused.value.message) is (remedy == "TRUNKLINE_LOCAL_UPSTREAMS")
