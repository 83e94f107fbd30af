"""Whole answers of ``/api/chat`` with ``stream`` false. An answer has one choice and no id on this wire."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec

from trunkline.core.chat import ChatResponse, Choice, Image, JsonValue, Part, Reasoning, Refusal, Text, ToolCall
from trunkline.core.errors import InvalidInput, UpstreamError
from trunkline.dialects.made_id import MadeIds
from trunkline.dialects.ollama.answer import (
    read_extra,
    read_logprobs,
    read_stop,
    read_usage,
    write_extra,
    write_logprobs,
    write_stop,
    write_usage,
)
from trunkline.dialects.ollama.call_ids import CallIds
from trunkline.dialects.ollama.error import read_failure
from trunkline.dialects.ollama.message import read_parts, write_call
from trunkline.dialects.ollama.wire import ANSWER, Answer
from trunkline.dialects.raw_json import BROKEN_JSON
from trunkline.dialects.rfc3339 import read_time, write_time
from trunkline.dialects.spare_field import SparingDecoder

_Answer = TypeVar("_Answer", bound=Answer)


def read_response(body: bytes) -> ChatResponse:
    """Raises :class:`UpstreamError`. Durations (nanoseconds) are kept in ``extra``."""
    return understand(decode_answer(body, ANSWER))


def decode_answer(body: bytes, decoder: SparingDecoder[_Answer]) -> _Answer:
    """Raises :class:`UpstreamError` for what is not of this wire."""
    try:
        return decoder.decode(body)
    except BROKEN_JSON as error:
        raise UpstreamError("The provider's answer is not Ollama's JSON.", kind="malformed", status=200) from error


def understand(answer: Answer) -> ChatResponse:
    """What a whole ``answer`` says. Raises :class:`UpstreamError` for an error, and for one without a message."""
    if answer.error is not None:
        raise read_failure(answer.status, answer.error)
    if answer.message is None:
        raise UpstreamError("The provider answered without a message.", kind="malformed", status=200)
    parts = read_parts(answer.message, CallIds(MadeIds()))
    called = any(isinstance(part, ToolCall) for part in parts)
    choice = Choice(
        parts=tuple(parts),
        stop=read_stop(answer.done_reason, called),
        logprobs=None if answer.logprobs is None else read_logprobs(answer.logprobs),
    )
    return ChatResponse(
        id="",
        model=answer.model or "",
        choices=(choice,),
        created=read_time(answer.created_at),
        usage=read_usage(answer),
        extra=read_extra(answer),
    )


def write_response(response: ChatResponse) -> bytes:
    """The first choice. What this wire has no place for is left out."""
    return write_whole(response, lambda message: {"message": message})


def write_whole(response: ChatResponse, place: Callable[[dict[str, JsonValue]], dict[str, JsonValue]]) -> bytes:
    """The answer, with what ``place`` makes of its message among the fields."""
    choice = response.choices[0] if response.choices else Choice()
    out: dict[str, JsonValue] = {
        "model": response.model,
        "created_at": write_time(response.created),
        **place(_write_message(choice.parts)),
        "done": True,
        "done_reason": write_stop(choice.stop),
    }
    if choice.logprobs is not None:
        out["logprobs"] = write_logprobs(choice.logprobs)
    if response.usage is not None:
        out.update(write_usage(response.usage))
    out.update(write_extra(response.extra))
    return msgspec.json.encode(out)


def _write_message(parts: tuple[Part, ...]) -> dict[str, JsonValue]:
    images: list[JsonValue] = [
        part.media.data for part in parts if isinstance(part, Image) and part.media.data is not None
    ]
    calls: list[JsonValue] = [
        call for part in parts if isinstance(part, ToolCall) and (call := write_answer_call(part)) is not None
    ]
    thinking = "".join(part.text or "" for part in parts if isinstance(part, Reasoning))
    message: dict[str, JsonValue] = {
        "role": "assistant",
        "content": "".join(part.text for part in parts if isinstance(part, Text | Refusal)),
    }
    if thinking:
        message["thinking"] = thinking
    if images:
        message["images"] = images
    if calls:
        message["tool_calls"] = calls
    return message


def write_answer_call(call: ToolCall) -> JsonValue:
    """A call for a client; None for one whose arguments are no JSON object, which this wire cannot carry."""
    try:
        return write_call(call)
    except InvalidInput:
        return None
