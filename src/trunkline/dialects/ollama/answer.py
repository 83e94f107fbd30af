"""What whole and streamed answers have in common: why they ended, their counts, their probabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from trunkline.core.chat import JsonValue, LogProb, StopReason, Usage
from trunkline.dialects.figure import read_count
from trunkline.dialects.ollama.wire import Answer, TokenChance

_DURATIONS: Final = ("total_duration", "load_duration", "prompt_eval_duration", "eval_duration")
_REASONS: Final[dict[StopReason, str]] = {"length": "length"}


def read_stop(reason: str | None, called: bool) -> StopReason:
    """``length``, or a natural end; a model that was only loaded or unloaded (``load``, ``unload``) ended naturally."""
    if reason == "length":
        return "length"
    return "tool_calls" if called else "stop"


def write_stop(reason: StopReason) -> str:
    """``stop`` or ``length``; there are no other words for a generation that ended."""
    return _REASONS.get(reason, "stop")


def read_extra(answer: Answer) -> dict[str, dict[str, JsonValue]]:
    """What only Ollama says of an answer that ended: durations in nanoseconds, and reasons without a neutral word."""
    extra: dict[str, JsonValue] = {name: value for name in _DURATIONS if (value := getattr(answer, name)) is not None}
    if answer.done_reason not in (None, "stop", "length"):
        extra["done_reason"] = answer.done_reason
    return {"ollama": extra} if extra else {}


def write_extra(extra: Mapping[str, Mapping[str, JsonValue]]) -> dict[str, JsonValue]:
    """The fields that :func:`read_extra` kept."""
    own = extra.get("ollama", {})
    return {name: own[name] for name in (*_DURATIONS, "done_reason") if name in own}


def read_usage(answer: Answer) -> Usage | None:
    """None when the server counted nothing. A prompt that was wholly cached may have no count at all."""
    if answer.prompt_eval_count is None and answer.eval_count is None:
        return None
    return Usage(
        input=read_count(answer.prompt_eval_count),
        output=read_count(answer.eval_count),
        cached=read_count(answer.prompt_eval_cached_count),
        estimated=answer.estimated is True,
    )


def write_usage(usage: Usage) -> dict[str, JsonValue]:
    """The counts, as fields of the answer itself."""
    out: dict[str, JsonValue] = {"prompt_eval_count": usage.input, "eval_count": usage.output}
    if usage.cached:
        out["prompt_eval_cached_count"] = usage.cached
    if usage.estimated:
        out["estimated"] = True
    return out


def read_logprobs(chances: Sequence[TokenChance]) -> tuple[LogProb, ...]:
    """One per token."""
    return tuple(
        LogProb(
            chance.token,
            chance.logprob,
            None if chance.bytes is None else tuple(chance.bytes),
            read_logprobs(chance.top_logprobs or ()),
        )
        for chance in chances
    )


def write_logprobs(logprobs: Sequence[LogProb]) -> list[JsonValue]:
    """One per token."""
    out: list[JsonValue] = []
    for logprob in logprobs:
        fields: dict[str, JsonValue] = {"token": logprob.token, "logprob": logprob.logprob}
        if logprob.bytes is not None:
            fields["bytes"] = list(logprob.bytes)
        if logprob.top:
            fields["top_logprobs"] = write_logprobs(logprob.top)
        out.append(fields)
    return out
