"""Calls whose client and provider both speak this dialect: the bytes pass, and only what must change is edited.

See :class:`~trunkline.dialects.passthrough.Passthrough`.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.core.chat_events import Failure
from trunkline.core.errors import InvalidInput
from trunkline.core.terms import USUAL, note_tier, read_terms
from trunkline.dialects.failure import MALFORMED
from trunkline.dialects.openai_chat.characters import TextMessage, count_characters, count_texts
from trunkline.dialects.openai_chat.chunked_content import flatten, has_chunks
from trunkline.dialects.openai_chat.finish import WORDS, read_finish, rename_finish
from trunkline.dialects.openai_chat.passing_calls import PassingCall, PassingFunction, mend_messages
from trunkline.dialects.openai_chat.passing_edit import PassingEdit, write_reason
from trunkline.dialects.openai_chat.stream_writer import DONE, write_failure
from trunkline.dialects.openai_chat.tap import StreamTap
from trunkline.dialects.openai_chat.usage import WireUsage, read_usage, sum_up
from trunkline.dialects.openai_chat.usage_telling import tell_usage, tell_whole_usage
from trunkline.dialects.openai_failure import read_failure
from trunkline.dialects.passthrough import Passthrough, Peek, Tapped
from trunkline.dialects.raw_json import ABSENT, BROKEN_JSON, decode, is_said
from trunkline.dialects.spare_field import SparingDecoder

__all__ = ["DONE", "PASSTHROUGH", "Peek", "StreamTap", "peek", "peek_text", "read_tap", "write_failure"]


class _StreamOptions(msgspec.Struct, frozen=True):
    include_usage: bool | None = None


class _Request(msgspec.Struct, frozen=True, gc=False):
    model: str = ""
    stream: bool | None = None
    stream_options: _StreamOptions | None = None
    user: str | None = None
    safety_identifier: str | None = None
    n: int | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    service_tier: JsonValue = None


class _TextRequest(_Request, frozen=True, gc=False):
    """One whose messages hold nothing but text. What else can cost something is only looked for."""

    messages: list[TextMessage] = []
    tools: msgspec.Raw = ABSENT
    functions: msgspec.Raw = ABSENT
    models: msgspec.Raw = ABSENT
    fallbacks: msgspec.Raw = ABSENT
    audio: msgspec.Raw = ABSENT
    modalities: msgspec.Raw = ABSENT
    cache_control: msgspec.Raw = ABSENT
    extra_body: msgspec.Raw = ABSENT


class _WholeMessage(msgspec.Struct, frozen=True):
    role: JsonValue = None
    function_call: PassingFunction | None = None
    tool_calls: list[PassingCall] | None = None


class _WholeChoice(msgspec.Struct, frozen=True):
    index: int | None = None
    message: _WholeMessage | None = None
    finish_reason: str | None = None
    error: msgspec.Raw = ABSENT


class _Whole(msgspec.Struct, frozen=True):
    model: str | None = None
    choices: list[_WholeChoice] | None = None
    usage: msgspec.Raw = ABSENT
    service_tier: JsonValue = None
    error: msgspec.Raw = ABSENT


class _UsualMessage(msgspec.Struct, frozen=True, gc=False):
    role: Literal["assistant"]
    function_call: None = None
    tool_calls: Annotated[list[msgspec.Raw], msgspec.Meta(max_length=0)] | None = None


class _UsualChoice(msgspec.Struct, frozen=True, gc=False):
    message: _UsualMessage
    index: int | None = None
    finish_reason: Literal["stop", "length", "tool_calls", "content_filter"] | None = None


class _Usual(msgspec.Struct, frozen=True, gc=False):
    """What nearly every answer is: one of text, of the usual types, and without an error."""

    choices: tuple[_UsualChoice]
    usage: WireUsage
    model: str = ""
    service_tier: JsonValue = None
    error: None = None


_EMPTY: Final = _WholeChoice()
_peek = msgspec.json.Decoder(_Request)
_peek_text = msgspec.json.Decoder(_TextRequest)
_whole = SparingDecoder(_Whole)
_usual = msgspec.json.Decoder(_Usual)


def peek(body: bytes) -> Peek:
    """What routing needs of ``body``. Raises InvalidInput for broken JSON, a wrong type, a missing or empty model."""
    try:
        seen = _peek.decode(body)
    except msgspec.ValidationError as error:
        raise _invalid(error) from None
    except BROKEN_JSON as error:
        raise InvalidInput.of("", f"The body is not valid JSON: {write_reason(error)}") from None
    if not seen.model:
        raise InvalidInput.of("model", "name the model to use, as a non-empty string", code="missing_model")
    options = seen.stream_options
    return Peek(
        model=seen.model,
        streams=bool(seen.stream),
        stream_usage=options is not None and bool(options.include_usage),
        user=seen.user or seen.safety_identifier,
        n=seen.n,
        output_limit=seen.max_tokens if seen.max_completion_tokens is None else seen.max_completion_tokens,
        terms=USUAL if seen.service_tier is None else read_terms(seen.service_tier),
    )


def peek_text(body: bytes) -> Peek:
    """As :func:`peek`, and counts the characters of the texts on the way: cheaper than to look for them afterwards."""
    try:
        seen = _peek_text.decode(body)
    except BROKEN_JSON:
        seen = None
    if seen is None or not seen.model:
        return msgspec.structs.replace(peek(body), characters=None)
    options = seen.stream_options
    return Peek(
        model=seen.model,
        streams=bool(seen.stream),
        stream_usage=options is not None and bool(options.include_usage),
        user=seen.user or seen.safety_identifier,
        n=seen.n,
        output_limit=seen.max_tokens if seen.max_completion_tokens is None else seen.max_completion_tokens,
        terms=USUAL if seen.service_tier is None else read_terms(seen.service_tier),
        characters=count_texts(seen.messages),
        only_text=(
            seen.tools is ABSENT
            and seen.models is ABSENT
            and seen.audio is ABSENT
            and seen.modalities is ABSENT
            and seen.cache_control is ABSENT
            and seen.fallbacks is ABSENT
            and seen.functions is ABSENT
            and seen.extra_body is ABSENT
        ),
    )


def asks_older(body: bytes) -> bool:
    """Whether functions are declared, as was done before there were tools. In doubt, yes."""
    return b'"functions"' in body


def read_tap(body: bytes) -> Tapped:
    """What a whole answer says of usage, model, stop reason and error. Never raises."""
    try:
        usual = _usual.decode(body)
    except BROKEN_JSON:
        return _read_unusual(body)
    usage, word = sum_up(usual.usage), usual.choices[0].finish_reason
    if usual.service_tier is not None:
        usage = note_tier(usage, usual.service_tier)
    return Tapped(usage, usual.model, word or "stop", body=flatten(body) if has_chunks(body) else None)


def _read_unusual(body: bytes) -> Tapped:
    try:
        whole = _whole.decode(body)
    except BROKEN_JSON:
        return Tapped(error=Failure(MALFORMED, "malformed"))
    usage = note_tier(read_usage(whole.usage), whole.service_tier)
    model = whole.model or ""
    if is_said(whole.error):
        return Tapped(usage, model, None, read_failure(decode(body)))
    if whole.choices is None:
        return Tapped(usage, model, None, Failure(MALFORMED, "malformed"))
    first = whole.choices[0] if whole.choices else _EMPTY
    stop = read_finish(first.finish_reason or "stop", tools=False, refused=False)
    if stop == "error" and is_said(first.error):
        return Tapped(usage, model, stop, read_failure({"error": decode(first.error)}))
    messages = [choice.message for choice in whole.choices if choice.message is not None]
    calls = [call for message in messages for call in message.tool_calls or ()]
    mended = flatten(body) if has_chunks(body) else None
    if not all(call.is_whole for call in calls) or any(message.role != "assistant" for message in messages):
        mended = mend_messages(mended or body)
    if any(choice.finish_reason and choice.finish_reason not in WORDS for choice in whole.choices):
        mended = rename_finish(mended or body)
    older = any(message.function_call for message in messages)
    renewed = mend_messages(mended or body, renews=True) if older else None
    return Tapped(usage, model, stop, body=mended, renewed=renewed)


def _invalid(error: msgspec.ValidationError) -> InvalidInput:
    """msgspec says "Expected `str`, got `int` - at `$.model`"; the caller gets ``model`` and the words before."""
    words, _, path = str(error).partition(" - at `$.")
    field = path.rstrip("`").removesuffix("[...]")
    if not field:
        return InvalidInput.of("", f"The body must be a JSON object: {words}.")
    return InvalidInput.of(field, f"{words[:1].lower()}{words[1:]}")


class _OpenAIChat:
    """Implements :class:`~trunkline.dialects.passthrough.Passthrough`."""

    done = DONE
    forward = ()
    peek = staticmethod(peek)
    count_characters = staticmethod(count_characters)
    asks_older = staticmethod(asks_older)
    editor = PassingEdit
    read_tap = staticmethod(read_tap)
    tap = StreamTap
    tell_usage = staticmethod(tell_usage)
    tell_whole_usage = staticmethod(tell_whole_usage)
    write_failure = staticmethod(write_failure)


PASSTHROUGH: Final[Passthrough] = _OpenAIChat()
