"""Whole answers of ``generateContent``. https://ai.google.dev/api/generate-content#response-body"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import (
    ChatResponse,
    Choice,
    Citation,
    Image,
    JsonValue,
    Message,
    Opaque,
    Part,
    Reasoning,
    Text,
    ToolCall,
    ToolResult,
    Usage,
)
from trunkline.core.errors import InvalidInput, UpstreamError
from trunkline.dialects.gemini.call_ids import CallIds
from trunkline.dialects.gemini.candidate import has_sources, read_candidate_extra
from trunkline.dialects.gemini.error import read_error_value
from trunkline.dialects.gemini.finish import read_finish, write_finish
from trunkline.dialects.gemini.grounding import add_searches, count_searches, read_sources, write_grounding
from trunkline.dialects.gemini.logprobs import read_logprobs, write_logprobs
from trunkline.dialects.gemini.part import read_part, write_part
from trunkline.dialects.gemini.seal import seal
from trunkline.dialects.gemini.usage import read_usage, write_usage
from trunkline.dialects.gemini.wire import ANSWER, Answer, Candidate
from trunkline.dialects.made_id import MadeIds
from trunkline.dialects.raw_json import BROKEN_JSON
from trunkline.dialects.rfc3339 import read_time, write_time

_ANSWERING: Final = Message("assistant")


def read_response(body: bytes) -> ChatResponse:
    """Raises :class:`UpstreamError` for what is no answer, and for an error with status 200.

    A prompt that was blocked (``promptFeedback.blockReason``, no candidates) is an empty choice that ended with
    ``content_filter``.
    """
    try:
        answer = ANSWER.decode(body)
    except BROKEN_JSON as error:
        raise _malformed(f"The provider's answer is not Gemini's JSON: {error}") from error
    if answer.error is not None:
        raise read_error_value(200, {"error": answer.error})
    ids = CallIds(MadeIds())
    try:
        choices = tuple(_read_choice(candidate, place, ids) for place, candidate in enumerate(answer.candidates or ()))
    except InvalidInput as error:
        raise _malformed(f"The provider's answer is not Gemini's: {error.message}") from error
    if not choices:
        if not is_blocked(answer):
            raise _malformed("The provider answered without any candidate.")
        choices = (Choice(stop="content_filter"),)
    return ChatResponse(
        id=answer.response_id or "",
        model=answer.model_version or "",
        choices=choices,
        created=read_time(answer.create_time),
        usage=_read_usage(answer, choices),
        extra=_read_extra(answer),
    )


def is_blocked(answer: Answer) -> bool:
    """Whether the prompt was refused, which the answer says instead of giving candidates."""
    return answer.prompt_feedback is not None and answer.prompt_feedback.get("blockReason") is not None


def _read_extra(answer: Answer) -> dict[str, dict[str, JsonValue]]:
    extra: dict[str, JsonValue] = {}
    if answer.prompt_feedback is not None:
        extra["promptFeedback"] = answer.prompt_feedback
    candidates: list[JsonValue] = [read_candidate_extra(candidate) for candidate in answer.candidates or ()]
    if any(candidates):
        extra["candidates"] = candidates
    return {"gemini": extra} if extra else {}


def _malformed(message: str) -> UpstreamError:
    return UpstreamError(message, kind="malformed", status=200)


def _read_usage(answer: Answer, choices: tuple[Choice, ...]) -> Usage | None:
    if answer.usage_metadata is None:
        return None
    images = sum(isinstance(part, Image) for choice in choices for part in choice.parts)
    searches = add_searches(count_searches(candidate.grounding_metadata) for candidate in answer.candidates or ())
    return read_usage(answer.usage_metadata, images, searches)


def _read_choice(candidate: Candidate, place: int, ids: CallIds) -> Choice:
    values = (candidate.content.parts if candidate.content is not None else None) or []
    index = place if candidate.index is None else candidate.index
    where = f"candidates.{place}.content.parts"
    parts: list[Part] = []
    for number, value in enumerate(values):
        part = read_part(value, f"{where}.{number}", ids)
        if part is not None:
            parts.append(part)
    if candidate.grounding_metadata is not None or candidate.citation_metadata is not None:
        parts = _cited(parts, candidate)
    called = any(isinstance(part, ToolCall) for part in parts)
    logprobs = candidate.logprobs_result
    return Choice(
        parts=tuple(parts),
        stop=read_finish(candidate.finish_reason or "STOP", called),
        index=index,
        logprobs=None if logprobs is None else read_logprobs(logprobs),
    )


def _cited(parts: list[Part], candidate: Candidate) -> list[Part]:
    texts = {place: part.text for place, part in enumerate(parts) if isinstance(part, Text)}
    found: dict[int, list[Citation]] = {}
    for place, citation in read_sources(candidate.grounding_metadata, candidate.citation_metadata, texts):
        found.setdefault(place, []).append(citation)
    return [
        msgspec.structs.replace(part, citations=tuple(found[place])) if place in found else part
        for place, part in enumerate(parts)
    ]


def write_response(response: ChatResponse) -> bytes:
    """An answer for a client. What only other dialects know is left out."""
    extra = response.extra.get("gemini", {})
    kept = extra.get("candidates")
    rests = kept if isinstance(kept, list) else []
    out: dict[str, JsonValue] = {}
    if "promptFeedback" in extra:
        out["promptFeedback"] = extra["promptFeedback"]
    if not _is_refused_prompt(response):
        out["candidates"] = [
            _write_choice(choice, rests[place] if place < len(rests) else None)
            for place, choice in enumerate(response.choices)
        ]
    if response.usage is not None:
        out["usageMetadata"] = write_usage(response.usage)
    if response.model:
        out["modelVersion"] = response.model
    if response.id:
        out["responseId"] = response.id
    if response.created:
        out["createTime"] = write_time(response.created)
    return msgspec.json.encode(out)


def _is_refused_prompt(response: ChatResponse) -> bool:
    feedback = response.extra.get("gemini", {}).get("promptFeedback")
    refused = isinstance(feedback, dict) and feedback.get("blockReason") is not None
    return refused and not any(choice.parts for choice in response.choices)


def _write_choice(choice: Choice, rest: JsonValue) -> JsonValue:
    extra = rest if isinstance(rest, dict) else {}
    parts: list[JsonValue] = []
    texts: list[tuple[int, str, tuple[Citation, ...]]] = []
    stop = write_finish(choice.stop)
    for part in choice.parts:
        written = write_answer_part(part)
        if written is None and isinstance(part, ToolCall):
            stop = BROKEN_CALL
        elif written is not None:
            if isinstance(part, Text):
                texts.append((len(parts), part.text, part.citations))
            parts.append(written)
    grounding = None if has_sources(extra) else write_grounding(texts)
    out: dict[str, JsonValue] = {
        "content": {"parts": parts, "role": "model"},
        "finishReason": stop,
        "index": choice.index,
        **extra,
    }
    if grounding is not None:
        out["groundingMetadata"] = grounding
    if choice.logprobs is not None:
        out["logprobsResult"] = write_logprobs(choice.logprobs)
    return out


BROKEN_CALL: Final = "MALFORMED_FUNCTION_CALL"
"""How a candidate ends whose call of a tool is no valid JSON: this wire cannot carry it, and has a word for that."""


def write_answer_part(part: Part) -> dict[str, JsonValue] | None:
    """A part of an answer; None for what this wire cannot carry."""
    if isinstance(part, ToolResult) or (isinstance(part, Opaque) and part.dialect != "gemini"):
        return None
    try:
        if isinstance(part, Reasoning):
            part = seal(part)
        return write_part(part, _ANSWERING, "", {}, {})
    except InvalidInput:
        return None
