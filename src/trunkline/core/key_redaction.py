"""Takes the credentials of a call out of what its provider sends back, whatever form they come in.

:func:`trunkline.core.redact.redact` knows how vendors' keys look; this knows the very keys that were sent: as they are,
in Base64, in a URL, in HTML, in JSON, in hexadecimal, cut off at either end, or masked with stars or dots.
"""

from __future__ import annotations

import html
import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping
from typing import Final, cast
from urllib.parse import quote, quote_plus

from trunkline.core.errors import UpstreamError
from trunkline.core.redact import REDACTED

SHORTEST: Final = 8
"""Characters of a key from which on it is looked for everywhere; of a longer one also those of a piece of it."""

_SHORTEST_WITH_DIGIT: Final = 4
"""A shorter key is looked for as a whole word, and only where it holds a digit: ``none`` or ``ollama`` is no secret."""

_EDGES: Final = range(SHORTEST, 12)
"""Characters of a key's beginning or end that are looked for where they stand as a word: ``Key 0f3c9a7b is wrong``."""

_PIECE: Final = 12
"""Characters of a key in a row that are taken for a piece of it."""

_LOOKED_AT: Final = 65_536
"""Characters in which pieces are looked for; whole keys are found in any length."""

_LEARNT: Final = 3
"""Secrets that are remembered when another is learnt: what is under way may have been sent with the one before."""

_MASKED: Final = re.compile(r"([A-Za-z0-9_\-+/=.]{0,64}?)((?:[*•·xX#]{2,}|…+|\.{3,}))([A-Za-z0-9_\-+/=]{0,64})")


class KeyRedaction:
    """For the ``secrets`` of one endpoint. Shows nothing of them."""

    __slots__ = ("_pattern", "_pieces", "_secrets", "marks", "plain", "spread")

    def __init__(self, secrets: Iterable[str]) -> None:
        self._know(secrets)

    def learn(self, secret: str) -> None:
        """From now on take ``secret`` out too: one that was not known when this was made. The last few are kept."""
        self._know((*self._secrets[-_LEARNT:], secret))

    def _know(self, secrets: Iterable[str]) -> None:
        self._secrets = tuple(
            secret
            for secret in dict.fromkeys(secret.strip() for secret in secrets)
            if len(secret) >= SHORTEST
            or (len(secret) >= _SHORTEST_WITH_DIGIT and any(character.isdigit() for character in secret))
        )
        forms: set[str] = set()
        words: list[str] = []
        for secret in self._secrets:
            if len(secret) < SHORTEST:
                words.append(rf"(?<!\w){re.escape(secret)}(?!\w)")
            else:
                forms |= _forms(secret)
                words += _edges(secret)
        found = [re.escape(form) for form in sorted(forms, key=len, reverse=True)] + words
        self._pattern = re.compile("|".join(found), re.IGNORECASE) if found else None
        keys = [secret for secret in self._secrets if len(secret) >= SHORTEST]
        self.plain = tuple(key.encode() for key in keys)
        """The secrets that are looked for everywhere, as they are. Nothing of them may be shown."""
        self.marks = tuple(_mark(key) for key in keys)
        """For each of them what is in every piece of JSON that holds it, its beginning at the end of a text, or what
        follows its first character: some bytes, or a search that finds something. Little else has either."""
        spread = dict.fromkeys(form for key in keys for form in (key, json.dumps(key, ensure_ascii=False)[1:-1]))
        self.spread = (*spread, *(form[1:] for form in spread))
        """What of them is looked for in texts that come in pieces, also where the first character went on already."""
        self._pieces = frozenset(
            secret[at : at + _PIECE]
            for secret in self._secrets
            for at in range(len(secret) - _PIECE + 1)
            if len(secret) > _PIECE
        )

    def text(self, text: str) -> str:
        """``text`` with every form of the secrets replaced. Idempotent."""
        if self._pattern is None or not text:
            return text
        text = self._pattern.sub(REDACTED, text)
        text = self._cut_pieces(text)
        return _MASKED.sub(self._unmask, text) if len(text) <= _LOOKED_AT else text

    def bytes(self, data: bytes) -> bytes:
        """As :meth:`text`, of UTF-8; bytes that are none pass as they are."""
        if self._pattern is None:
            return data
        text = data.decode("utf-8", "surrogateescape")
        cleaned = self.text(text)
        return data if cleaned == text else cleaned.encode("utf-8", "surrogateescape")

    def value(self, value: object) -> object:
        """As :meth:`text`, of all texts and bytes in ``value``, names of fields too."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, bytes):
            return self.bytes(value)
        if isinstance(value, dict):
            inner = cast("Mapping[object, object]", value)
            return {self.value(name): self.value(each) for name, each in inner.items()}
        if type(value) in (list, tuple):
            return [self.value(each) for each in cast("Iterable[object]", value)]
        return value

    def error(self, error: UpstreamError) -> None:
        """Take the secrets out of every part of ``error``, in place."""
        for name, value in list(vars(error).items()):
            setattr(error, name, self.value(value))
        error.args = (error.message,)

    def holds(self, data: bytes) -> bool:
        """Whether one of the secrets stands in ``data`` as it is: a search of bytes, cheap enough for whole answers."""
        for secret in self.plain:  # noqa: SIM110 - a generator costs more than the search
            if data.find(secret) >= 0:
                return True
        return False

    def _cut_pieces(self, text: str) -> str:
        pieces = self._pieces
        if not pieces or len(text) < _PIECE:
            return text
        end = min(len(text), _LOOKED_AT)
        marked: list[tuple[int, int]] = []
        for at in range(end - _PIECE + 1):
            if text[at : at + _PIECE] in pieces:
                if marked and at <= marked[-1][1]:
                    marked[-1] = (marked[-1][0], at + _PIECE)
                else:
                    marked.append((at, at + _PIECE))
        for start, stop in reversed(marked):
            text = text[:start] + REDACTED + text[stop:]
        return text

    def _unmask(self, match: re.Match[str]) -> str:
        """A mask that shows the key's own beginning or end is taken out whole."""
        before, mask, after = match.groups()
        for secret in self._secrets:
            if len(secret) < SHORTEST:
                continue
            begins = len(before) >= 3 and secret.startswith(before)
            ends = len(after) >= 3 and secret.endswith(after)
            if (begins and (ends or not after)) or (ends and not before):
                return REDACTED
        return match.group() if mask else ""

    def __repr__(self) -> str:
        return "KeyRedaction(…)"


def _mark(key: str) -> tuple[bytes, Callable[[bytes], object]]:
    """Looks at bytes, because most pieces of a stream cost nothing but this.

    Of the first character alone a text must be the whole: many a word ends so.
    """
    one, two, three, four = (re.escape(json.dumps(each, ensure_ascii=False)[1:-1]) for each in key[:4])
    at_end = rf'{one}(?:(?<="{one})"[^:]|{two}(?:"[^:]|{three}(?:"[^:]|{four}"[^:])))'
    return json.dumps(key[1:5], ensure_ascii=False)[1:-1].encode(), re.compile(at_end.encode()).search


def _edges(secret: str) -> list[str]:
    """Patterns of the key's ends as words. One without a digit may be a word of the language, or a vendor's prefix."""
    if len(secret) <= _PIECE:
        return []
    ends = {end for size in _EDGES for end in (secret[:size], secret[-size:])}
    return [rf"(?<![\w-]){re.escape(end)}(?![\w-])" for end in sorted(ends) if any(map(str.isdigit, end))]


def _forms(secret: str) -> set[str]:
    raw = secret.encode()
    forms = {
        secret,
        quote(secret, safe=""),
        quote_plus(secret),
        html.escape(secret),
        html.escape(secret, quote=False),
        json.dumps(secret)[1:-1],
        secret.replace("/", "\\/"),
        raw.hex(),
        secret[::-1],
    }
    # Base64 of the key alone, and of the key as a user or a password of Basic authentication, or of a header.
    for before, after in (("", ""), (":", ""), ("", ":"), ("Bearer ", ""), ("api:", ""), ("user:", "")):
        for encode in (b64encode, urlsafe_b64encode):
            forms.add(encode(f"{before}{secret}{after}".encode()).decode().rstrip("="))
    # Wherever it stands in what was encoded: the characters that do not depend on its neighbours.
    for shift in range(3):
        for encode in (b64encode, urlsafe_b64encode):
            inner = encode(b"\x00" * shift + raw).decode().rstrip("=")
            start = 0 if shift == 0 else shift + 1
            stop = len(inner) if (shift + len(raw)) % 3 == 0 else len(inner) - 1
            if stop - start >= SHORTEST:
                forms.add(inner[start:stop])
    return {form for form in forms if len(form) >= SHORTEST}
