"""Ids of tool calls, which older servers and most clients leave out: results are matched by name and order then.

The ids made up here are at most 40 of ``[A-Za-z0-9_-]``, the narrowest rule among other dialects.
"""

from __future__ import annotations

from trunkline.dialects.made_id import MadeIds


class CallIds:
    """Gives ids while one request or one answer is read.

    Those of a request depend on nothing but what was read, and are unique within it; those that an answer gets from
    ``made`` come in no other.
    """

    __slots__ = ("_count", "_made", "_open")

    def __init__(self, made: MadeIds | None = None) -> None:
        self._count = 0
        self._made = made
        self._open: list[tuple[str, str]] = []

    def call(self, name: str, given: str | None) -> str:
        """The id of a call: the ``given`` one, or a new one."""
        call_id = given or self._make(name)
        self._open.append((name, call_id))
        return call_id

    def result(self, name: str | None, given: str | None) -> tuple[str, str | None]:
        """Id and name of the call that a result answers: what was said, else the oldest open call that fits."""
        for index, (open_name, open_id) in enumerate(self._open):
            if given == open_id or (not given and name in (None, open_name)):
                del self._open[index]
                return open_id, name or open_name
        return given or self._make(name or "tool"), name

    def _make(self, name: str) -> str:
        if self._made is not None:
            return self._made.make(name)
        plain = "".join(char if char.isascii() and (char.isalnum() or char in "_-") else "_" for char in name[:18])
        made = f"call_{self._count}_{plain}"
        self._count += 1
        return made
