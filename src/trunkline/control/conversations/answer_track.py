"""How far an answer has come, so that whoever lost the connection can go on at the very character.

An answer is a row of texts, thoughts and pictures. A position in it is the number of characters until there, where a
picture counts as one; it grows with every event and is the event's id. Because it can be found in the finished answer
too, a reader who comes back when all is over gets exactly what it has not seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal, TypeAlias, cast

import msgspec

from trunkline.core.chat import JsonValue

PartKind = Literal["text", "reasoning", "image"]
Part: TypeAlias = dict[str, JsonValue]
"""``{"type": "text" | "reasoning", "text"}`` or ``{"type": "image", "url"}``, as messages are stored and shown."""

LONGEST: Final = 16_384
"""Characters of one event at most."""

_EVENTS: Final[dict[PartKind, str]] = {"text": "delta", "reasoning": "reasoning", "image": "image"}
_KINDS: Final[dict[str, PartKind]] = {event: kind for kind, event in _EVENTS.items()}


class AnswerEvent(msgspec.Struct, frozen=True):
    """One event of an answer: ``start``, ``delta``, ``reasoning``, ``image``, ``done`` or ``error``.

    ``id`` is the position behind it; ``start`` has 0, and the last event one more than the whole answer's length.
    """

    id: int
    event: str
    data: dict[str, JsonValue]


class Track:
    """An answer as it grows. What came since :meth:`take` last gave something is coalesced."""

    __slots__ = ("_fresh", "_parts", "_taken", "position")

    def __init__(self) -> None:
        self._parts: list[tuple[PartKind, list[str]]] = []
        self._fresh: list[tuple[PartKind, list[str]]] = []
        self._taken = 0
        self.position = 0

    def add(self, kind: PartKind, value: str) -> None:
        """More text or thoughts, or the address of a picture."""
        # PostgreSQL stores no NUL, and no reader misses one.
        value = value.replace("\0", "")
        if not value:
            return
        for rows in (self._parts, self._fresh):
            if kind != "image" and rows and rows[-1][0] == kind:
                rows[-1][1].append(value)
            else:
                rows.append((kind, [value]))
        self.position += 1 if kind == "image" else len(value)

    def take(self) -> list[AnswerEvent]:
        """What came since the last time, as events."""
        fresh, self._fresh = self._fresh, []
        events = list(events_after((_part(kind, values) for kind, values in fresh), 0, start=self._taken))
        self._taken = self.position
        return events

    @property
    def parts(self) -> list[Part]:
        """All of it."""
        return [_part(kind, values) for kind, values in self._parts]

    @property
    def text(self) -> str:
        """The text alone."""
        return "".join("".join(values) for kind, values in self._parts if kind == "text")


def _part(kind: PartKind, values: list[str]) -> Part:
    return {"type": kind, "url" if kind == "image" else "text": "".join(values)}


def read_events(events: Iterable[tuple[str, dict[str, JsonValue]]]) -> Track:
    """The answer that was told in these events (their kinds and data)."""
    track = Track()
    for event, data in events:
        track.add(_KINDS[event], cast("str", data["url" if event == "image" else "text"]))
    return track


def stored_parts(content: str, parts: list[Part]) -> list[Part]:
    """A stored message's parts: those of one that is nothing but text are not stored apart."""
    return parts or ([{"type": "text", "text": content}] if content else [])


def length_of(parts: Iterable[Part]) -> int:
    """The position at the end."""
    return sum(1 if part["type"] == "image" else len(cast("str", part["text"])) for part in parts)


def events_after(parts: Iterable[Part], after: int, *, start: int = 0) -> Iterator[AnswerEvent]:
    """The events that tell what stands in ``parts`` behind the position ``after``; ``start`` is that of the first."""
    end = start
    for part in parts:
        kind = cast("PartKind", part["type"])
        if kind == "image":
            end += 1
            if end > after:
                yield AnswerEvent(end, "image", {"url": part["url"]})
            continue
        text = cast("str", part["text"])
        begin, end = end, end + len(text)
        for at in range(max(begin, after), end, LONGEST):
            upto = min(at + LONGEST, end)
            yield AnswerEvent(upto, _EVENTS[kind], {"text": text[at - begin : upto - begin]})
