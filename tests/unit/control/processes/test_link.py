"""Two processes of one machine ask each other."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest
from tests.unit.control.processes.connection import connect

from trunkline.control.processes.hub import Hub
from trunkline.control.processes.link import Link
from trunkline.control.processes.spoke import Spoke
from trunkline.core.errors import CannotOpen, Conflict, Unavailable


async def echo(_link: Link, payload: bytes) -> bytes:
    return payload


async def test_either_side_asks_and_has_its_answer(path: Path) -> None:
    async with connect(path, {"echo": echo}, {"echo": echo}) as (hub, spoke):
        assert await spoke.ask("echo", b"from the worker") == b"from the worker"
        (link,) = hub.links
        assert await link.ask("echo", b"x" * 3_000_000) == b"x" * 3_000_000


async def test_questions_do_not_wait_for_each_other(path: Path) -> None:
    later = asyncio.Event()

    async def slow(_link: Link, payload: bytes) -> bytes:
        await later.wait()
        return payload

    async with connect(path, {"slow": slow, "echo": echo}, {}) as (_, spoke):
        first = asyncio.ensure_future(spoke.ask("slow", b"1"))
        assert await spoke.ask("echo", b"2") == b"2"
        later.set()
        assert await first == b"1"


async def test_what_is_answered_at_once_is_answered_in_order(path: Path) -> None:
    heard: list[bytes] = []

    async def note(_link: Link, payload: bytes) -> bytes:
        heard.append(payload)
        return b""

    async with connect(path, {}, {"note": note}) as (hub, _):
        (link,) = hub.links
        await asyncio.gather(*(link.ask("note", b"%d" % number) for number in range(100)))
    assert heard == [b"%d" % number for number in range(100)]


@pytest.mark.parametrize("error", [Unavailable("Later."), Conflict("Taken.", code="taken"), CannotOpen("Locked.")])
async def test_an_error_of_ours_arrives_as_what_it_is(path: Path, error: Exception) -> None:
    async def fail(_link: Link, _payload: bytes) -> bytes:
        raise error

    async with connect(path, {"fail": fail}, {}) as (_, spoke):
        with pytest.raises(type(error)) as caught:
            await spoke.ask("fail")
        assert (caught.value.message, caught.value.code) == (error.message, error.code)  # type: ignore[attr-defined]


async def test_a_fault_is_told_without_what_it_says_and_ends_nothing(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(_link: Link, _payload: bytes) -> bytes:
        raise ValueError("secret")

    async with connect(path, {"fail": fail, "echo": echo}, {}) as (_, spoke):
        with pytest.raises(Unavailable) as caught:
            await spoke.ask("fail")
        assert "secret" not in caught.value.message
        assert await spoke.ask("echo", b"still there") == b"still there"


async def test_whoever_waits_hears_that_the_other_is_gone(path: Path) -> None:
    begun = asyncio.Event()

    async def never(_link: Link, _payload: bytes) -> bytes:
        begun.set()
        await asyncio.Event().wait()
        return b""

    async with connect(path, {"never": never}, {}) as (hub, spoke):
        asked = asyncio.ensure_future(spoke.ask("never"))
        await begun.wait()
        (link,) = hub.links
        link.drop()
        with pytest.raises(Unavailable):
            await asked
        with pytest.raises(Unavailable):
            await link.ask("echo")


async def test_nobody_there_is_unavailable_and_a_new_one_is_found(path: Path) -> None:
    spoke = Spoke(path, {}, lambda link: asyncio.sleep(0))
    running = asyncio.ensure_future(spoke.run())
    await asyncio.sleep(0)
    assert not spoke.connected
    with pytest.raises(Unavailable):
        await spoke.ask("echo")
    for _ in range(2):
        async with Hub({"echo": echo}).listening(path):
            while not spoke.connected:
                await asyncio.sleep(0.01)
            assert await spoke.ask("echo", b"hi") == b"hi"
        while spoke.connected:
            await asyncio.sleep(0.01)
    running.cancel()


async def test_only_this_user_can_connect(path: Path) -> None:
    async with Hub({}).listening(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not path.exists()
