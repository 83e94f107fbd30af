"""What a worker has to tell that no call waits for."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.unit.control.processes.connection import connect

from trunkline.control.processes.reports import Reports, answer_reports
from trunkline.core.errors import Unavailable


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


async def test_the_last_use_of_each_key_is_told(path: Path) -> None:
    heard: dict[str, datetime] = {}
    clock = Clock()
    async with connect(path, answer_reports(heard.__setitem__), {}) as (_, spoke):
        reports = Reports(spoke.ask, clock=clock)
        reports.note_key("a")
        clock.now += 1
        reports.note_key("a")
        reports.note_key("b")
        await reports.tell()
    assert heard == dict.fromkeys("ab", datetime.fromtimestamp(1_001, UTC))


async def test_nothing_is_asked_where_there_is_nothing_to_tell() -> None:
    async def ask(_topic: str, _payload: bytes) -> bytes:
        raise AssertionError("it was asked")

    await Reports(ask).tell()


async def test_what_nobody_heard_is_told_again_unless_there_is_newer() -> None:
    away, told = True, list[bytes]()

    async def ask(_topic: str, payload: bytes) -> bytes:
        if away:
            raise Unavailable("Not now.")
        told.append(payload)
        return b""

    clock, heard = Clock(), dict[str, datetime]()
    reports = Reports(ask, clock=clock)
    reports.note_key("a")
    reports.note_key("b")
    await reports.tell()
    clock.now += 5
    reports.note_key("b")
    away = False
    await reports.tell()
    (handler,) = answer_reports(heard.__setitem__).values()
    await handler(None, told[0])  # type: ignore[arg-type] - it asks nothing of who tells it
    assert heard == {"a": datetime.fromtimestamp(1_000, UTC), "b": datetime.fromtimestamp(1_005, UTC)}
