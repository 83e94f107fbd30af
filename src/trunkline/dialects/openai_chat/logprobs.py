"""Log probabilities of tokens: https://platform.openai.com/docs/api-reference/chat/object#chat-object-choices-logprobs."""

from __future__ import annotations

from trunkline.core.chat import JsonValue, LogProb
from trunkline.dialects.openai_chat.chunk import LogProbs


def read_logprobs(wire: LogProbs | None) -> tuple[LogProb, ...] | None:
    """The tokens of the content; None when there are none."""
    if wire is None or wire.content is None:
        return None
    return tuple(
        LogProb(
            entry.token,
            entry.logprob,
            entry.bytes,
            tuple(LogProb(rival.token, rival.logprob, rival.bytes) for rival in entry.top_logprobs or ()),
        )
        for entry in wire.content
    )


def write_logprobs(tokens: tuple[LogProb, ...]) -> dict[str, JsonValue]:
    """The ``logprobs`` object of a choice."""
    return {"content": [{**_entry(token), "top_logprobs": [_entry(rival) for rival in token.top]} for token in tokens]}


def _entry(token: LogProb) -> dict[str, JsonValue]:
    return {
        "token": token.token,
        "logprob": token.logprob,
        "bytes": None if token.bytes is None else list(token.bytes),
    }
