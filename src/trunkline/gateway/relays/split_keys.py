"""Takes a key out of a stream in which it lies across several pieces: it begins in one delta and goes on in later ones.

What comes is whole events. Most cannot hold a beginning of the key, which a search of their bytes tells; they go on at
once. An event whose text ends as the key begins waits for the next one, and never longer than that the text goes on as
the key does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple, TypeAlias, cast

import msgspec

from trunkline.core.redact import REDACTED
from trunkline.dialects.raw_json import BROKEN_JSON
from trunkline.gateway.disclosure import Disclosure

HELD_FROM: Final = 4
"""Characters of a key at the end of a text from which on its event waits. Fewer are shown: they tell nothing, and many
words end so."""

MOST_HELD: Final = 65_536
"""Bytes that wait at most."""

_EVENT: Final = re.compile(rb".*?\n\r?\n|.+\Z", re.DOTALL)
_JSON: Final = re.compile(rb"\{[^\n]*\}")
"""What an event tells, or a line where the stream is of lines."""
_NAMES: Final = frozenset({"id", "item_id", "model", "modelVersion", "object", "responseId", "role", "type"})
"""Fields that say the same in each event, and are no text that goes on."""
_PLACES: Final = ("index", "output_index", "content_index", "summary_index")
"""Fields that tell of which choice, block or item an event is."""


_encode: Final = msgspec.json.Encoder().encode

_Place: TypeAlias = tuple[str | int, ...]
"""Where a text stands in an answer."""


class _Event:
    """One event on its way, or several lines. ``bodies`` are what they tell, decoded; None where that is no JSON."""

    __slots__ = ("bodies", "changed", "gone", "raw")

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.changed = self.gone = False
        self.bodies = [_decode(found) for found in _JSON.findall(raw)]

    def write(self) -> bytes:
        if not self.changed:
            return self.raw
        bodies = iter(self.bodies)
        return _JSON.sub(lambda found: found.group() if (body := next(bodies)) is None else _encode(body), self.raw)


class _Fragment:
    """A text in an event, and where it stands there."""

    __slots__ = ("_holder", "_name", "event", "text")

    def __init__(self, event: _Event, holder: Any, name: str | int) -> None:
        self.event = event
        self._holder = holder
        self._name = name
        self.text: str = holder[name]

    def replace(self, text: str) -> None:
        self.text = self._holder[self._name] = text
        self.event.changed = True


class _Thread(NamedTuple):
    """The fragments in which a text ends, whose last ``begun`` characters are the beginning of a key."""

    fragments: list[_Fragment]
    begun: int


class SplitKeys:
    """For one stream, whose pieces go through ``feed``; ``flush`` gives what still waits at its end."""

    __slots__ = ("_clean", "_held", "_keys", "_marks", "_threads")

    def __init__(self, disclosure: Disclosure) -> None:
        self._clean = disclosure.whole
        self._keys = disclosure.keys.spread
        self._marks = disclosure.keys.marks
        self._held: list[_Event] = []
        self._threads: dict[_Place, _Thread] = {}

    def feed(self, data: bytes) -> bytes:
        """What may go on now, of ``data`` and of what waited, without keys."""
        if self._threads:
            return self._look(data)
        for inside, at_end in self._marks:
            if inside in data or at_end(data):
                return self._look(data)
        return data

    def flush(self) -> bytes:
        """What still waits, when nothing follows it."""
        self._threads.clear()
        return self._release(len(self._held))

    def _look(self, data: bytes) -> bytes:
        for raw in _EVENT.findall(self._clean(data)):
            event = _Event(raw)
            self._held.append(event)
            for body in event.bodies:
                for place, holder, name in _walk(body, ()):
                    self._follow(place, _Fragment(event, holder, name))
        if sum(len(event.raw) for event in self._held) > MOST_HELD:
            return self.flush()
        waiting = [thread.fragments for thread in self._threads.values() if thread.begun >= HELD_FROM]
        waits = {id(fragment.event) for fragments in waiting for fragment in fragments}
        free = next((at for at, event in enumerate(self._held) if id(event) in waits), len(self._held))
        return self._release(free)

    def _follow(self, place: _Place, fragment: _Fragment) -> None:
        """Go on with the text at ``place``, and keep its end where that may be the beginning of a key."""
        if not fragment.text:
            return
        before = self._threads.pop(place, None)
        fragments = [*before.fragments, fragment] if before is not None else [fragment]
        text = "".join(each.text for each in fragments)
        for key in self._keys:
            while (at := text.find(key)) >= 0:
                _cut(fragments, at, at + len(key))
                text = "".join(each.text for each in fragments)
        begun = max((_count_begun(text, key) for key in self._keys), default=0)
        if begun:
            while sum(len(each.text) for each in fragments[1:]) >= begun:
                fragments = fragments[1:]
            self._threads[place] = _Thread(fragments, begun)

    def _release(self, number: int) -> bytes:
        going, self._held = self._held[:number], self._held[number:]
        for event in going:
            event.gone = True
        return b"".join([event.write() for event in going])


def _decode(data: bytes) -> Any:
    try:
        return msgspec.json.decode(data)
    except BROKEN_JSON:
        return None


def _cut(fragments: list[_Fragment], start: int, stop: int) -> None:
    """Take the characters from ``start`` to ``stop`` out of what is not gone yet."""
    at, mark = 0, REDACTED
    for fragment in fragments:
        text = fragment.text
        if at + len(text) > start and at < stop and not fragment.event.gone:
            fragment.replace(text[: max(0, start - at)] + mark + text[max(0, stop - at) :])
            mark = ""
        at += len(text)


def _count_begun(text: str, key: str) -> int:
    """How many characters at the end of ``text`` are the beginning of ``key``."""
    return next((size for size in range(min(len(text), len(key) - 1), 0, -1) if key.startswith(text[-size:])), 0)


def _walk(value: Any, place: _Place) -> Iterator[tuple[_Place, Any, str | int]]:
    """The texts in ``value``: where they are in the answer, what holds them, and by which name."""
    inner: Any = ()
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        place = (*place, *(fields[name] for name in _PLACES if isinstance(fields.get(name), int)))
        inner = list(fields.items())
    elif isinstance(value, list):
        inner = list(enumerate(cast("list[Any]", value)))
    for name, each in inner:
        if not isinstance(each, str):
            yield from _walk(each, (*place, name))
        elif name not in _NAMES:
            yield (*place, name), value, name
