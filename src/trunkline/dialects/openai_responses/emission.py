"""How one event of a stream is written: https://platform.openai.com/docs/api-reference/responses-streaming."""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import JsonValue

encode: Final = msgspec.json.Encoder().encode


class Emission:
    """Numbers the events of one stream from 0."""

    __slots__ = ("number",)

    def __init__(self) -> None:
        self.number = 0
        """The number of the next event."""

    def __call__(self, kind: str, fields: dict[str, JsonValue]) -> bytes:
        """One event of type ``kind``."""
        body = encode({"type": kind, **fields, "sequence_number": self.number})
        self.number += 1
        return b"event: %b\ndata: %b\n\n" % (kind.encode(), body)
