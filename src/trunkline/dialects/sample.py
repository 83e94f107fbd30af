"""What was heard of a stream that passes unread: a sample of its events is remembered, and read when somebody asks.

Most streams tell what they used, and then nobody asks. Of a stream that broke off the sample tells how many words there
are to so many bytes, and the rest is counted by its size.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from trunkline.core.heard import Heard, Listener
from trunkline.dialects.raw_json import BROKEN_JSON
from trunkline.dialects.sse import EventReader, EventTooLarge

MOST: Final = 32_768
"""Bytes of a stream that are remembered."""

LARGEST: Final = 262_144
"""Bytes of an event that are still words; a larger one is a picture or sound."""


class Sample:
    """The beginning of one stream."""

    __slots__ = ("_pieces", "_remembered", "_size")

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._remembered = 0
        self._size = 0

    def add(self, events: bytes) -> None:
        """Take in whole events that carry words."""
        size = len(events)
        if size > LARGEST:
            return
        self._size += size
        if self._remembered < MOST:
            self._remembered += size
            self._pieces.append(events)

    def hear(self, read: Callable[[bytes, Listener], None]) -> Heard:
        """What was said. ``read`` gives the words in the data of an event to a listener."""
        if not self._remembered:
            return Heard()
        listener = Listener()
        try:
            for event in EventReader().feed(b"".join(self._pieces)):
                try:
                    read(event.data, listener)
                except BROKEN_JSON:
                    continue
        except EventTooLarge:
            return Heard()
        heard = listener.heard
        return msgspec.structs.replace(heard, scale=heard.scale * self._size / self._remembered)
