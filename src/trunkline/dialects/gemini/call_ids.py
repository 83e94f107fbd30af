"""Ids of tool calls, for a wire that may leave them out.

Gemini matches a result to its call by name and order where ids are missing
(https://ai.google.dev/api/caching#FunctionCall). The ids made up here depend on nothing but what was read, are unique
within it, and hold to the narrowest rule among other dialects: at most 40 of ``[A-Za-z0-9_-]``.
"""

from __future__ import annotations


class CallIds:
    """Gives ids while one request or one answer is read. ``salt``, the answer's id, tells answers apart."""

    __slots__ = ("_made", "_salt", "_waiting")

    def __init__(self, salt: str = "") -> None:
        self._made = 0
        self._salt = salt
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

    def salted(self, salt: str) -> None:
        """The answer's id has become known."""
        self._salt = salt

    def _make(self, name: str) -> str:
        tail = _plain(self._salt)[:10]
        made = f"call_{self._made}_{_plain(name)[:20]}" + (f"_{tail}" if tail else "")
        self._made += 1
        return made[:40]


def _plain(text: str) -> str:
    return "".join(char if char.isascii() and (char.isalnum() or char in "_-") else "_" for char in text)
