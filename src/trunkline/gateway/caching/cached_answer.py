"""An answer as it is kept, and what it is kept by."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from trunkline.gateway.answer import HeaderList


class CacheKey(NamedTuple):
    """What an answer is kept by.

    ``generation`` counts how often the workspace had all of its answers forgotten: what is from before is never found.
    ``digest`` is of all that shapes the answer, and of who may get it.
    """

    workspace_id: str
    generation: int
    digest: bytes


class CachedAnswer(msgspec.Struct, frozen=True):
    """``pieces`` are its body as it went to the client: one, or those of a stream.

    ``cost_nanos`` is what it cost when it was made, None where nobody knew.
    """

    headers: HeaderList
    pieces: tuple[bytes, ...]
    streamed: bool
    cost_nanos: int | None

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return 1000 + sum(len(piece) + 50 for piece in self.pieces)


class Kept(NamedTuple):
    """An answer that was found, and how many seconds ago it was kept."""

    answer: CachedAnswer
    age: float


class Holding(NamedTuple):
    """How many answers of a workspace are kept, and their bytes."""

    entries: int
    size: int
