"""Log probabilities of tokens, within a text and within its pieces.

https://platform.openai.com/docs/api-reference/responses-streaming/response/output_text/delta
"""

from __future__ import annotations

import msgspec

from trunkline.core.chat import JsonValue, LogProb


class WireRival(msgspec.Struct, frozen=True):
    """A token that was nearly chosen."""

    token: str | None = None
    logprob: float | None = None
    bytes: tuple[int, ...] | None = None


class WireLogProb(msgspec.Struct, frozen=True):
    """A token, with its rivals."""

    token: str
    logprob: float
    bytes: tuple[int, ...] | None = None
    top_logprobs: list[WireRival] | None = None


def read_logprobs(wire: list[WireLogProb] | None) -> tuple[LogProb, ...] | None:
    """The tokens; None when there are none: OpenAI sends an empty array where nobody asked for them."""
    if not wire:
        return None
    return tuple(
        LogProb(
            entry.token,
            entry.logprob,
            entry.bytes,
            tuple(LogProb(rival.token or "", rival.logprob or 0.0, rival.bytes) for rival in entry.top_logprobs or ()),
        )
        for entry in wire
    )


def write_logprobs(tokens: tuple[LogProb, ...] | None) -> list[JsonValue]:
    """The array. The bytes are always there, as they are at OpenAI."""
    return [{**_entry(token), "top_logprobs": [_entry(rival) for rival in token.top]} for token in tokens or ()]


def _entry(token: LogProb) -> dict[str, JsonValue]:
    said = list(token.token.encode()) if token.bytes is None else list(token.bytes)
    return {"token": token.token, "logprob": token.logprob, "bytes": list[JsonValue](said)}
