from __future__ import annotations

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest

from trunkline.outbound import Address, CachingResolver, Origin, ResolveFailed, SystemResolver

ORIGIN = Origin("https", "api.example", 443)


class Script:
    """Gives its answers one after the other, when it is let."""

    def __init__(self, *answers: str | ResolveFailed) -> None:
        self.answers = list(answers)
        self.asked = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def resolve(self, origin: Origin) -> tuple[Address, ...]:
        self.asked += 1
        await self.gate.wait()
        answer = self.answers.pop(0)
        if isinstance(answer, ResolveFailed):
            raise answer
        return (ip_address(answer),)


def failure() -> ResolveFailed:
    return ResolveFailed("no", origin=ORIGIN, stage="dns")


async def test_an_answer_is_kept_for_its_time() -> None:
    script = Script("1.1.1.1", "2.2.2.2")
    kept = CachingResolver(script, seconds=3600)
    assert await kept.resolve(ORIGIN) == await kept.resolve(ORIGIN) == (IPv4Address("1.1.1.1"),)
    assert script.asked == 1


async def test_an_old_answer_is_asked_for_again() -> None:
    script = Script("1.1.1.1", "2.2.2.2")
    forgetful = CachingResolver(script, seconds=0)
    assert await forgetful.resolve(ORIGIN) == (IPv4Address("1.1.1.1"),)
    assert await forgetful.resolve(ORIGIN) == (IPv4Address("2.2.2.2"),)


async def test_addresses_are_not_looked_up() -> None:
    script = Script()
    resolver = CachingResolver(script)
    assert await resolver.resolve(Origin("http", "127.0.0.1", 80)) == (IPv4Address("127.0.0.1"),)
    assert await resolver.resolve(Origin("http", "::1", 80)) == (IPv6Address("::1"),)
    assert script.asked == 0


async def test_many_that_ask_at_once_ask_once_and_one_may_leave() -> None:
    script = Script("1.1.1.1")
    script.gate.clear()
    resolver = CachingResolver(script)
    first, second = (asyncio.create_task(resolver.resolve(ORIGIN)) for _ in range(2))
    while not script.asked:
        await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    script.gate.set()
    assert await second == (IPv4Address("1.1.1.1"),)
    assert script.asked == 1
    assert first.cancelled()


async def test_failures_are_not_kept() -> None:
    resolver = CachingResolver(Script(failure(), "1.1.1.1"))
    with pytest.raises(ResolveFailed):
        await resolver.resolve(ORIGIN)
    assert await resolver.resolve(ORIGIN) == (IPv4Address("1.1.1.1"),)


async def test_no_more_names_are_kept_than_the_capacity() -> None:
    script = Script(*["1.1.1.1"] * 4)
    resolver = CachingResolver(script, seconds=3600, capacity=2)
    for host in ("a", "b", "c", "c", "b", "a"):
        await resolver.resolve(Origin("http", host, 80))
    assert script.asked == 4


async def test_the_system_knows_localhost_and_not_invalid() -> None:
    resolver = SystemResolver()
    addresses = await resolver.resolve(Origin("http", "localhost", 80))
    assert all(address.is_loopback for address in addresses)
    with pytest.raises(ResolveFailed) as caught:
        await resolver.resolve(Origin("http", "no-such-name.invalid", 80))
    assert caught.value.stage == "dns"
    assert "no-such-name.invalid" in caught.value.message


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (socket.gaierror(socket.EAI_NONAME, "x"), "was not found"),
        (socket.gaierror(socket.EAI_AGAIN, "x"), "did not answer"),
        (OSError("x"), "could not be resolved"),
        (UnicodeError("x"), "could not be resolved"),
    ],
)
async def test_each_failure_says_what_it_is(error: Exception, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Loop:
        async def getaddrinfo(self, *_arguments: object, **_options: object) -> None:
            raise error

    monkeypatch.setattr("trunkline.outbound.resolver.asyncio.get_running_loop", Loop)
    with pytest.raises(ResolveFailed, match=words):
        await SystemResolver().resolve(ORIGIN)
