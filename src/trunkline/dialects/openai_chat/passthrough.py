"""Calls whose client and provider both speak this dialect: the bytes pass, and only what must change is edited.

See :class:`~trunkline.dialects.passthrough.Passthrough`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.core.chat_events import Failure
from trunkline.core.errors import InvalidInput
from trunkline.core.terms import note_tier, read_terms
from trunkline.dialects.history_ids import ANY_ID, IdForm
from trunkline.dialects.openai_chat import passing_thought
from trunkline.dialects.openai_chat.chunked_content import flatten, has_chunks
from trunkline.dialects.openai_chat.earlier_thoughts import fit_thoughts
from trunkline.dialects.openai_chat.finish import WORDS, read_finish, rename_finish
from trunkline.dialects.openai_chat.kept_answer import tidy
from trunkline.dialects.openai_chat.passing_calls import give_ids
from trunkline.dialects.openai_chat.passing_format import fit_format
from trunkline.dialects.openai_chat.passing_ids import fit_ids, has_odd_ids
from trunkline.dialects.openai_chat.picture_mending import mend_pictures
from trunkline.dialects.openai_chat.stream_writer import DONE, write_failure
from trunkline.dialects.openai_chat.tap import StreamTap
from trunkline.dialects.openai_chat.usage import read_usage
from trunkline.dialects.openai_chat.usage_telling import tell_usage, tell_whole_usage
from trunkline.dialects.openai_failure import MALFORMED, read_failure
from trunkline.dialects.passthrough import PLAIN, Adapt, Form, Passthrough, Peek, Tapped
from trunkline.dialects.raw_json import ABSENT, BROKEN_JSON, decode, is_said

__all__ = ["DONE", "PASSTHROUGH", "Peek", "StreamTap", "edit", "peek", "read_tap", "write_failure"]

_TRUE: Final = msgspec.Raw(b"true")

_LIMITS: Final = frozenset({"max_tokens", "max_completion_tokens"})
"""Two names of one thing: a default for either gives way to the caller's other."""


class _StreamOptions(msgspec.Struct, frozen=True):
    include_usage: bool | None = None


class _Request(msgspec.Struct, frozen=True):
    model: str = ""
    stream: bool | None = None
    stream_options: _StreamOptions | None = None
    user: str | None = None
    safety_identifier: str | None = None
    n: int | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    service_tier: JsonValue = None


class _WholeCall(msgspec.Struct, frozen=True):
    id: JsonValue = None


class _WholeMessage(msgspec.Struct, frozen=True):
    tool_calls: list[_WholeCall] | None = None


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


_peek = msgspec.json.Decoder(_Request)
_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])
_whole = msgspec.json.Decoder(_Whole)


def peek(body: bytes) -> Peek:
    """What routing needs of ``body``. Raises InvalidInput for broken JSON, a wrong type, a missing or empty model."""
    try:
        seen = _peek.decode(body)
    except msgspec.ValidationError as error:
        raise _invalid(error) from None
    except BROKEN_JSON as error:
        raise InvalidInput.of("", f"The body is not valid JSON: {_reason(error)}") from None
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
        terms=read_terms(seen.service_tier),
    )


def edit(
    body: bytes,
    *,
    model: str,
    defaults: Mapping[str, JsonValue] = {},
    output_limit: int | None = None,
    stream_usage: bool = False,
    rename: Mapping[str, str] = {},
    drop: frozenset[str] = frozenset(),
    adapt: Adapt | None = None,
    system_prompt: str | None = None,
    system_role: str = "system",
    roles: Mapping[str, str] = {},
    form: Form = PLAIN,
    call_ids: IdForm = ANY_ID,
) -> tuple[bytes, tuple[str, ...]]:
    """``body`` for the provider, and which of the caller's fields were dropped. What stays is copied as bytes.

    In this order: ``model`` is set; ``roles`` renames those of messages;
    ``system_prompt`` goes before the caller's messages, in role ``system_role``;
    ``defaults`` fill top-level fields that are absent or null; a token limit above ``output_limit``, or none, becomes
    that; ``rename`` moves fields (where the new name is taken, that one stays); ``drop`` takes away fields by their new
    names. With ``stream_usage`` a request that streams asks for usage in the stream. ``adapt`` is asked only how much
    to think: names are enough for the rest of this wire. Thoughts of earlier answers and PDFs are written as ``form``
    says; ids of calls are of the form ``call_ids``, and none comes twice.
    Raises InvalidInput for what :func:`peek` refuses, and for ``messages`` that is no array when a system prompt is to
    go before it.
    """
    try:
        fields = _fields.decode(body)
    except BROKEN_JSON as error:
        raise InvalidInput.of("", f"The body is not a valid JSON object: {_reason(error)}") from None
    fields["model"] = _raw(model)
    if roles and "messages" in fields:
        fields["messages"] = _rename_roles(fields["messages"], roles)
    if system_prompt is not None:
        fields["messages"] = _prepend(fields.get("messages", ABSENT), {"role": system_role, "content": system_prompt})
    for name, value in defaults.items():
        same = _LIMITS if name in _LIMITS else {name}
        if all(not is_said(fields.get(other, ABSENT)) for other in same):
            fields[name] = _raw(value)
    if output_limit is not None:
        _limit(fields, output_limit)
    if stream_usage and fields.get("stream") == _TRUE:
        fields["stream_options"] = _ask_usage(fields.get("stream_options", ABSENT))
    for old, new in rename.items():
        moved = fields.pop(old, None)
        if moved is not None:
            fields.setdefault(new, moved)
    dropped = [name for name in sorted(drop & fields.keys()) if is_said(fields.pop(name))]
    if "messages" in fields:
        fields["messages"] = mend_pictures(fields["messages"], form.files)
        # What follows is about turns of the model, of which a conversation that begins has none.
        if b'"assistant"' in body:
            fields["messages"], lost = tidy(fields["messages"], drop)
            dropped += lost
            fields["messages"], without = fit_thoughts(fields["messages"], form.earlier)
            dropped += ["reasoning"] if without else []
            if has_odd_ids(body, call_ids):
                fields["messages"] = fit_ids(fields["messages"], call_ids)
    if adapt is not None:
        told = fit_format(fields, model, adapt)
        if told is not None:
            message: JsonValue = {"role": system_role, "content": told}
            fields["messages"] = _prepend(fields.get("messages", ABSENT), message)
            dropped.append("response_format")
        dropped += passing_thought.fit(fields, model, adapt, form)
    return msgspec.json.encode(fields), tuple(dict.fromkeys(dropped))


def read_tap(body: bytes) -> Tapped:
    """What a whole answer says of usage, model, stop reason and error. Never raises."""
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
    first = whole.choices[0] if whole.choices else _WholeChoice()
    stop = read_finish(first.finish_reason or "stop", tools=False, refused=False)
    if stop == "error" and is_said(first.error):
        return Tapped(usage, model, stop, read_failure({"error": decode(first.error)}))
    foreign = any(choice.finish_reason and choice.finish_reason not in WORDS for choice in whole.choices)
    messages = [choice.message for choice in whole.choices if choice.message is not None]
    nameless = any(not call.id for message in messages for call in message.tool_calls or ())
    mended = flatten(body) if has_chunks(body) else None
    if nameless:
        mended = give_ids(mended or body)
    return Tapped(usage, model, stop, body=rename_finish(mended or body) if foreign else mended)


def _limit(fields: dict[str, msgspec.Raw], limit: int) -> None:
    said = [name for name in sorted(_LIMITS) if is_said(fields.get(name, ABSENT))]
    for name in said:
        value = decode(fields[name])
        if isinstance(value, int | float) and value > limit:
            fields[name] = _raw(limit)
    if not said:
        fields["max_tokens"] = _raw(limit)


def _prepend(messages: msgspec.Raw, message: JsonValue) -> msgspec.Raw:
    given = bytes(messages if is_said(messages) else b"[]").strip()
    if not given.startswith(b"["):
        raise InvalidInput.of("messages", "must be an array of messages")
    rest = given[1:].lstrip()
    return msgspec.Raw(b"[" + msgspec.json.encode(message) + (b"" if rest.startswith(b"]") else b",") + rest)


def _ask_usage(options: msgspec.Raw) -> msgspec.Raw:
    given: dict[str, msgspec.Raw] = {}
    if is_said(options):
        try:
            given = _fields.decode(options)
        except msgspec.DecodeError:
            raise InvalidInput.of("stream_options", "must be an object") from None
    return _raw({**given, "include_usage": True})


def _rename_roles(messages: msgspec.Raw, roles: Mapping[str, str]) -> msgspec.Raw:
    """``messages`` with other names of roles. Within JSON text a quote is escaped, so what is found are fields."""
    data = bytes(messages)
    for old, new in roles.items():
        if b'"%b"' % old.encode() in data:
            data = re.sub(rb'("role"\s*:\s*)"%b"' % old.encode(), rb'\1"%b"' % new.encode(), data)
    return msgspec.Raw(data)


def _raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))


def _reason(error: Exception) -> str:
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)


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
    edit = staticmethod(edit)
    read_tap = staticmethod(read_tap)
    tap = StreamTap
    tell_usage = staticmethod(tell_usage)
    tell_whole_usage = staticmethod(tell_whole_usage)
    write_failure = staticmethod(write_failure)


PASSTHROUGH: Final[Passthrough] = _OpenAIChat()
