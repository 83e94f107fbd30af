"""Ids of calls that came without one.

A caller pairs results with calls by id alone, over all turns of a conversation, so an id that is made up must not come
again in the next answer: Anthropic refuses a repeated one ("`tool_use` ids must be unique").
"""

from __future__ import annotations

import secrets


def new_salt() -> str:
    """What tells the ids of one answer from those of all others."""
    return secrets.token_hex(6)


class MadeIds:
    """The ids of one answer: at most 40 of ``[A-Za-z0-9_-]``, the narrowest rule among wires."""

    __slots__ = ("_made", "_salt")

    def __init__(self) -> None:
        self._made = 0
        self._salt = ""

    def make(self, name: str = "") -> str:
        """An id that was never given before, with something of the tool's ``name``."""
        self._salt = self._salt or new_salt()
        plain = "".join(char if char.isascii() and (char.isalnum() or char in "_-") else "_" for char in name[:18])
        made = f"call_{self._made}_{plain}{'_' if plain else ''}{self._salt}"
        self._made += 1
        return made[:40]
