"""Ids of tool calls, which older servers and most clients leave out: results are matched by name and order then.

The ids made up here depend on nothing but what was read and are at most 40 of ``[A-Za-z0-9_-]``, the narrowest rule
among other dialects.
"""

from __future__ import annotations


class CallIds:
    """Gives ids while one request or one answer is read. ``salt``, when it was made, tells answers apart."""

    __slots__ = ("_made", "_open", "_salt")

    def __init__(self, salt: str = "") -> None:
        self._made = 0
        self._salt = "".join(char for char in salt if char in "0123456789")[8:20]  # the time of day
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
        plain = "".join(char if char.isascii() and (char.isalnum() or char in "_-") else "_" for char in name)
        made = f"call_{self._made}_{plain[:18]}" + (f"_{self._salt}" if self._salt else "")
        self._made += 1
        return made[:40]
