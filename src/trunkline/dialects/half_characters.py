"""Characters that their server cut in two.

JSON may write a character beyond U+FFFF as two escapes (https://www.rfc-editor.org/rfc/rfc8259#section-7). A server
that cuts its answer by UTF-16 units puts one of them at the end of a delta and the other at the start of the next: no
text of UTF-8 can hold either, and parsers refuse both.
"""

from __future__ import annotations

import re
from typing import Final

BACKSLASH: Final = 0x5C
"""What every escape begins with. To look for one byte costs next to nothing."""

_HALF: Final = re.compile(rb"\\u[dD][89a-fA-F]")
_ESCAPES: Final = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb'|(?P<first>\\u[dD][89abAB][0-9a-fA-F]{2})(?P<last>")?'
    rb"|(?P<second>\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    rb"|\\."
)
_REPLACEMENT: Final = rb"\ufffd"


class HalfCharacters:
    """Those of one answer, whose JSON goes through ``join`` in whole values.

    The first half waits for the text that begins with the second. A half that stays alone is left out at the end of a
    text, and U+FFFD elsewhere.
    """

    __slots__ = ("_waiting",)

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def join(self, data: bytes) -> bytes:
        """``data`` with whole characters; itself where there are no others. :data:`BACKSLASH` is looked for before."""
        if _HALF.search(data) is None:
            return data
        begun: list[bytes] = []

        def mend(found: re.Match[bytes]) -> bytes:
            if first := found["first"]:
                if not found["last"]:
                    return _REPLACEMENT
                begun.append(first)
                return b'"'
            if second := found["second"]:
                opens = data[found.start() - 1 : found.start()] == b'"'
                return self._waiting.pop(0) + second if opens and self._waiting else _REPLACEMENT
            return found[0]

        joined = _ESCAPES.sub(mend, data)
        self._waiting = begun or self._waiting
        return joined


def join_halves(body: bytes) -> bytes:
    """A whole answer with whole characters."""
    return HalfCharacters().join(body) if BACKSLASH in body else body
