"""Ids of tool calls, for a wire that may leave them out.

Gemini matches a result to its call by name and order where ids are missing
(https://ai.google.dev/api/caching#FunctionCall). The ids made up here hold to the narrowest rule among other dialects:
at most 40 of ``[A-Za-z0-9_-]``.
"""

from __future__ import annotations

from trunkline.dialects.made_id import MadeIds


class CallIds:
    """Gives ids while one request or one answer is read.

    Those of a request depend on nothing but what was read, and are unique within it; those that an answer gets from
    ``made`` come in no other.
    """

    __slots__ = ("_count", "_made", "_waiting")

    def __init__(self, made: MadeIds | None = None) -> None:
        self._count = 0
        self._made = made
        self._waiting: dict[str, list[str]] = {}

    def call(self, name: str, given: str | None) -> str:
        """The id of a call: the ``given`` one, or a new one."""
        call_id = given or self._make(name)
        self._waiting.setdefault(name, []).append(call_id)
        return call_id

    def result(self, name: str, given: str | None) -> str:
        """The id of the call that a result answers: the ``given`` one, else the oldest open call of that name."""
        waiting = self._waiting.get(name)
        if given:
            if waiting and given in waiting:
                waiting.remove(given)
            return given
        return waiting.pop(0) if waiting else self._make(name)

    def _make(self, name: str) -> str:
        if self._made is not None:
            return self._made.make(name)
        plain = "".join(char if char.isascii() and (char.isalnum() or char in "_-") else "_" for char in name[:20])
        made = f"call_{self._count}_{plain}"
        self._count += 1
        return made
