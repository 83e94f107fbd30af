"""Ids of the calls in a conversation, as a provider takes them: in its form, and none twice.

A conversation may have been answered by several providers, of which each has its own form of ids, and some begin anew
with every answer (``call_0``). Whoever is asked next pairs results with calls by these ids alone.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

import msgspec

_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


class IdForm(msgspec.Struct, frozen=True):
    """Which ids a provider takes: what all their characters are, and how many there are at most.

    ``exact`` ids have just as many, and are letters and digits.
    """

    characters: str
    """As within the brackets of a regular expression."""
    longest: int
    exact: bool = False

    def fits(self, value: str) -> bool:
        """Whether ``value`` is of this form."""
        if not value or len(value) > self.longest or (self.exact and len(value) < self.longest):
            return False
        return re.fullmatch(f"[{self.characters}]+", value, re.DOTALL) is not None

    def fit(self, value: str) -> str:
        """``value``, or an id of this form that is always the same for it."""
        if self.fits(value):
            return value
        mark = hashlib.sha256(value.encode(errors="surrogatepass")).digest()
        if self.exact:
            number = int.from_bytes(mark, "big")
            return "".join(_ALPHABET[number // 62**place % 62] for place in range(self.longest))
        plain = re.sub(f"[^{self.characters}]", "_", value, flags=re.DOTALL)
        return f"{plain[: self.longest - 11]}_{mark.hex()[:10]}"


ANY_ID: Final = IdForm("\\s\\S", 1 << 20)
"""Whatever the caller has."""
SHORT_ID: Final = IdForm("\\s\\S", 40)
"""OpenAI's chat: "Invalid 'messages[2].tool_calls[0].id': string too long. Expected a string with maximum length 40"
(https://github.com/vercel/ai/issues/5171)."""
PLAIN_ID: Final = IdForm("a-zA-Z0-9_-", 64)
"""Anthropic's: "String should match pattern '^[a-zA-Z0-9_-]+$'" (https://github.com/QwenLM/qwen-code/issues/8160), of
at most 64 (https://github.com/LibreChat-AI/agents/pull/153); Bedrock's too
(https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolUseBlock.html), where dots and colons of its
own rule are refused by models (https://github.com/vercel/ai/pull/13326)."""
SHORT_PLAIN_ID: Final = IdForm("a-zA-Z0-9_-", 40)
"""Both: Claude behind OpenAI's wire."""
NINE_LETTERS: Final = IdForm("a-zA-Z0-9", 9, exact=True)
"""Mistral's: "must be a-z, A-Z, 0-9, with a length of 9" (https://github.com/langchain-ai/langchain/issues/24668)."""


class HistoryIds:
    """Takes the ids of a conversation in their order and gives those that are sent.

    Ids that fit and come once stay. A result answers the oldest open call of its id in the turn before.
    """

    __slots__ = ("_form", "_last", "_open", "_taken")

    def __init__(self, form: IdForm) -> None:
        self._form = form
        self._taken: set[str] = set()
        self._open: dict[str, list[str]] = {}
        self._last: dict[str, str] = {}

    def turn(self) -> None:
        """The assistant speaks again. Calls that were not answered by now never will be."""
        self._open.clear()

    def call(self, given: str) -> str:
        """The id of a call."""
        found = self._form.fit(given)
        number = 2
        while found in self._taken:
            found = self._form.fit(f"{given}_{number}")
            number += 1
        self._taken.add(found)
        self._open.setdefault(given, []).append(found)
        self._last[given] = found
        return found

    def result(self, given: str) -> str:
        """The id that a result names. One of a call that is none of ours stays."""
        waiting = self._open.get(given)
        if waiting:
            return waiting.pop(0)
        return self._last.get(given, given)


class OddIds:
    """Tells from the bytes of a request whether the ids that its results name in ``field`` need a closer look."""

    __slots__ = ("_found", "_mark")

    def __init__(self, field: str) -> None:
        self._mark = b'"%b"' % field.encode()
        # Within JSON text a quote is escaped, so this can only be a field.
        self._found = re.compile(self._mark + rb'\s*:\s*"([^"]*)"')

    def __call__(self, body: bytes, form: IdForm) -> bool:
        """Whether one does not fit, or comes twice. A false alarm costs a parse."""
        if self._mark not in body:
            return False
        named = [found.decode(errors="replace") for found in self._found.findall(body)]
        return len(set(named)) < len(named) or not all(form.fits(one) for one in named)
