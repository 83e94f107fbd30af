"""Signatures of thoughts that are not Google's, on their way through a client of the Gemini API.

Google takes back only what it signed itself, and other vendors theirs. ``thoughtSignature`` is base64 that clients send
back untouched (https://ai.google.dev/gemini-api/docs/thought-signatures), so another vendor's signature travels inside
it, together with whose it is, and finds its way to the vendor that can read it.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error
from typing import Final

import msgspec

from trunkline.core.chat import Part, Reasoning

OURS: Final = "google-gemini-v1"
"""How :attr:`Reasoning.format` names Google's signatures."""

# Twelve bytes, so that the base64 of whatever follows begins with the same sixteen characters.
_MARK: Final = b"trunkline/1:"
BEGINNING: Final = b64encode(_MARK).decode()
"""How a wrapped signature begins."""


class _Seal(msgspec.Struct, array_like=True):
    format: str
    id: str | None = None
    signature: str | None = None
    redacted: str | None = None
    summary: bool = False


def is_ours(part: Reasoning) -> bool:
    """Whether Google takes the signature back. One whose form is not said is taken for Google's."""
    return part.format in (None, OURS)


def seal(part: Reasoning) -> Reasoning:
    """A thought as a client of Google's may be shown it: another vendor's signature wrapped, all else unchanged.

    So is a sealed thought of Google's own that came by another wire, which has no place for it but this."""
    if part.format is None or (part.signature is None and part.redacted is None):
        return part
    if is_ours(part) and part.redacted is None:
        return part
    inside = msgspec.json.encode(_Seal(part.format, part.id, part.signature, part.redacted, part.summary))
    return Reasoning(part.text, signature=b64encode(_MARK + inside).decode(), summary=True, format=OURS)


def read_thought(text: str, signature: str | None) -> Reasoning:
    """A thought of the wire. What Gemini shows of its thinking is always a summary
    (https://ai.google.dev/gemini-api/docs/thinking#summaries)."""
    if signature is not None and signature.startswith(BEGINNING):
        try:
            inside = b64decode(signature.translate(str.maketrans("-_", "+/")))[len(_MARK) :]
            found = msgspec.json.decode(inside, type=_Seal)
        except (Error, ValueError, msgspec.DecodeError):
            return Reasoning(text or None, summary=True)
        return Reasoning(text or None, found.signature, found.redacted, found.id, found.summary, found.format)
    return Reasoning(text or None, signature, summary=True, format=OURS if signature else None)


def gather(parts: list[Part], last: Reasoning) -> Reasoning:
    """``last``, or where it is but another vendor's signature, the thought that it signs: such streams tell the text
    first, in pieces, which are taken off the end of ``parts``."""
    if is_ours(last) or last.text is not None or last.signature is None:
        return last
    texts: list[str] = []
    while parts and isinstance(piece := parts[-1], Reasoning) and piece.signature is None and piece.redacted is None:
        texts.append(piece.text or "")
        parts.pop()
    return msgspec.structs.replace(last, text="".join(reversed(texts)) or None)
