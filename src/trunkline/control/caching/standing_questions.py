"""How the cache of a process stands, asked by the one that manages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from trunkline.control.processes.link import Handler, Link
from trunkline.gateway.caching.cache_counters import CacheStanding
from trunkline.gateway.gates.cache_gate import CacheGate

STAND: Final = "cache"
"""What a worker is asked for."""

_question: Final = msgspec.msgpack.Decoder(tuple[str, int])
_standing: Final = msgspec.msgpack.Decoder(CacheStanding)


def write_question(workspace_id: str, generation: int) -> bytes:
    """Asks about a workspace, whose answers are of that generation."""
    return msgspec.msgpack.encode((workspace_id, generation))


def read_standing(answer: bytes) -> CacheStanding:
    """What a worker answered."""
    return _standing.decode(answer)


def answer_cache(gate: Callable[[], CacheGate]) -> Mapping[str, Handler]:
    """What each process that serves calls answers, by its ``gate``."""

    async def stand(_link: Link, payload: bytes) -> bytes:
        return msgspec.msgpack.encode(await gate().stand(*_question.decode(payload)))

    return {STAND: stand}
