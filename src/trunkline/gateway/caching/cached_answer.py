"""An answer as it is kept."""

from __future__ import annotations

import msgspec

from trunkline.gateway.answer import HeaderList


class CachedAnswer(msgspec.Struct, frozen=True):
    """``pieces`` are its body as it went to the client: one, or those of a stream. ``stored_at`` is monotonic seconds.

    ``cost_nanos`` is what it cost when it was made, None where nobody knew.
    """

    headers: HeaderList
    pieces: tuple[bytes, ...]
    streamed: bool
    stored_at: float
    cost_nanos: int | None

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return 1000 + sum(len(piece) + 50 for piece in self.pieces)
