"""What a conversation is called until its owner says otherwise: its first words."""

from __future__ import annotations

from typing import Final

LONGEST: Final = 60
PICTURE: Final = "Picture"
_LOOSE: Final = " ,;:.-–—("


def make_title(text: str) -> str:
    """The first line of ``text`` that says something, cut between words to 60 characters; "Picture" without any."""
    for line in text.splitlines():
        words = " ".join(line.strip("#>*`-_ \t").split())
        printable = "".join(char for char in words if char.isprintable())
        if any(char.isalnum() for char in printable):
            return _cut(printable)
    rest = "".join(char for char in " ".join(text.split()) if char.isprintable())
    return _cut(rest) if rest else PICTURE


def _cut(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    head = text[: LONGEST - 1]
    if text[len(head)] == " ":
        return head.rstrip(_LOOSE) + "…"
    space = head.rfind(" ")
    # A script without spaces, or one long address, is cut where it must be.
    return (head[:space] if space > LONGEST // 2 else head).rstrip(_LOOSE) + "…"
