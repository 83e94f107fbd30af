"""Tells events that differ from one that was looked at in nothing but what is said.

Of a stream nearly all events are alike but for a text or two, and to compare one with the last costs a fraction of
searching it for everything that may matter.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

_TEXTS: Final = frozenset(
    {
        b"arguments",
        b"content",
        b"delta",
        b"obfuscation",
        b"partial_json",
        b"reasoning",
        b"reasoning_content",
        b"text",
        b"thinking",
    }
)
"""The fields that may differ. What they hold is said to the client, or (``obfuscation``) means nothing."""

_TRIES: Final = 8
"""How often it is learned in one stream. A stream whose events are never alike (numbers in them count up) gives up."""

_LONGEST: Final = 1_024
"""Bytes of an event that is learned from, of which every part is remembered."""


class Likeness:
    """Of the events of one stream."""

    __slots__ = ("_before", "_head", "_lines", "_rest", "_tries")

    def __init__(self) -> None:
        self._head = b""
        self._rest: list[bytes] = []
        self._lines = 0
        self._before: list[bytes] = []
        self._tries = 0

    def holds(self, event: bytes) -> bool:
        """Whether ``event`` is like what was learned: the same bytes, but for texts without a quote."""
        head = self._head
        if not head or not event.startswith(head):
            return False
        place = len(head)
        for piece in self._rest:
            place = event.find(b'"', place)
            if place < 0 or not event.startswith(piece, place):
                return False
            place += len(piece)
        return place == len(event) and event.count(b"\n") == self._lines

    def learn(self, event: bytes) -> None:
        """``event`` was looked at, and there is nothing in it but what is said."""
        # With an escape in it, not every quote begins or ends a text.
        if self._tries == _TRIES or len(event) > _LONGEST or b"\\" in event:
            return
        self._tries += 1
        before, parts = self._before, event.split(b'"')
        self._before = parts
        if len(parts) != len(before):
            return
        # Every other part is between quotes; before it stand its name, and a colon.
        places = [place for place, part in enumerate(parts) if part != before[place]]
        if not places or not all(
            place % 2 and place > 2 and parts[place - 2] in _TEXTS and parts[place - 1].strip() == b":"
            for place in places
        ):
            return
        edges = [-1, *places, len(parts)]
        pieces = [b'"'.join(parts[start + 1 : end]) for start, end in pairwise(edges)]
        self._head = pieces[0] + b'"'
        self._rest = [b'"' + piece + b'"' for piece in pieces[1:-1]] + [b'"' + pieces[-1]]
        self._lines = event.count(b"\n")
        # Two kilobytes for each stream, of which there may be thousands.
        self._before = []
