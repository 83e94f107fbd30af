"""Settled calls and broken policies for tests, and journals that they were written to beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from trunkline.core.ids import id_bytes, new_id
from trunkline.core.policy import ViolationEvent
from trunkline.core.rate_reading import RateReading
from trunkline.core.usage_event import Opened, UsageEvent
from trunkline.gateway.journal.frame import Kind, encode_frame
from trunkline.gateway.journal.segment import name_segment

HOUR = 3_600_000_000
START = 1_750_000_000_000_000 // HOUR * HOUR

Written = tuple[Kind, Opened | ViolationEvent | RateReading]


def event(workspace: str, **fields: object) -> UsageEvent:
    base: dict[str, object] = {
        "id": new_id(),
        "opened_at": START,
        "request_id": "r",
        "operation": "chat",
        "workspace_id": workspace,
        "user_id": "u",
        "provider": "openai",
        "model": "gpt-4o-mini",
    }
    return UsageEvent(**{**base, **fields})  # pyright: ignore[reportArgumentType] - the tests' own fields


def opened_of(record: UsageEvent) -> Opened:
    return Opened(**{name: getattr(record, name) for name in Opened.__struct_fields__})


def violation(**fields: object) -> ViolationEvent:
    base: dict[str, object] = {
        "id": new_id(),
        "at": START,
        "policy_id": "p",
        "policy_name": "P",
        "workspace_id": "w",
        "user_id": "u",
        "risk_type": "LOW",
        "action": 2,
        "explanation": "Because.",
        "request_id": "r",
        "provider": "openai",
        "model": "gpt-4o-mini",
    }
    return ViolationEvent(**{**base, **fields})  # pyright: ignore[reportArgumentType] - the tests' own fields


def write_segments(folder: Path, segments: Iterable[Sequence[Written]]) -> list[Path]:
    """What a process that is dead now has left: a segment for each of ``segments``."""
    folder.mkdir(exist_ok=True)
    process = new_id().replace("-", "")
    paths: list[Path] = []
    for number, records in enumerate(segments, 1):
        path = folder / name_segment(process, number)
        path.write_bytes(
            b"".join(
                encode_frame(kind, id_bytes(record.id), msgspec.msgpack.encode(record)) for kind, record in records
            )
        )
        paths.append(path)
    return paths
