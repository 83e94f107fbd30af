"""Arguments of calls that are no object: written as JSON twice, or null where there are none.

A caller parses them once and passes them to its tool, and OpenAI takes back nothing but an object: arguments are "in
JSON format" (https://platform.openai.com/docs/api-reference/chat/object).
"""

from __future__ import annotations

from typing import Final

from trunkline.dialects.raw_json import decode

MAX_WAITING: Final = 1024 * 1024
"""The most characters that wait for the end of a call. What is longer passes as it is."""

_NO_OBJECT: Final = ('"', "n")
"""How a text in JSON and null begin."""


def unwrap(arguments: str) -> str:
    """Whole arguments as they were meant (of ``"{\\"at\\": …}"`` the object); empty for null and for white space."""
    plain = arguments.strip()
    if not plain.startswith(_NO_OBJECT):
        return plain
    inner = decode(plain.encode())
    meant = inner.strip() if isinstance(inner, str) else plain
    if meant in ("", "null"):
        return ""
    return meant if isinstance(decode(meant.encode()), dict) else plain


class ArgumentText:
    """The arguments of one call in a stream: its pieces go through ``feed``, and ``end`` gives what is left.

    They pass on at once, but for those that begin as no object does: those wait for their end.
    """

    __slots__ = ("_held", "begun")

    def __init__(self) -> None:
        self._held = ""
        self.begun = False
        """Whether they are known to be what they seem: pieces pass as they are."""

    def feed(self, piece: str) -> str:
        """What may pass on."""
        if self.begun:
            return piece
        held = self._held + piece
        plain = held.lstrip()
        if not plain and not self._held:
            return piece
        if plain.startswith(_NO_OBJECT) and len(held) <= MAX_WAITING:
            self._held = held
            return ""
        self.begun = True
        self._held = ""
        return held

    def end(self) -> str:
        """The rest of them."""
        held, self._held = self._held, ""
        self.begun = True
        return unwrap(held)
