"""Calls whose client and provider both speak this dialect: the bytes pass, and only what must change is edited.

See :class:`~trunkline.dialects.passthrough.Passthrough`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from trunkline.core.chat import ChatRequest, Effort, JsonValue, ReasoningOptions
from trunkline.core.chat_events import Failure
from trunkline.core.errors import InvalidInput
from trunkline.core.terms import read_terms
from trunkline.dialects.failure import MALFORMED
from trunkline.dialects.openai_failure import read_failure
from trunkline.dialects.openai_responses.foreign_items import has_foreign, strip_foreign
from trunkline.dialects.openai_responses.passing_arguments import mend_output
from trunkline.dialects.openai_responses.picture_mending import mend_pictures
from trunkline.dialects.openai_responses.request import LOGPROBS
from trunkline.dialects.openai_responses.status import read_status
from trunkline.dialects.openai_responses.tap import StreamTap
from trunkline.dialects.openai_responses.tool_fees import hear_usage
from trunkline.dialects.openai_responses.usage_telling import tell_usage, tell_whole_usage
from trunkline.dialects.openai_responses.wire import Answer, Incomplete
from trunkline.dialects.passthrough import (
    Adapt,
    Changes,
    Passthrough,
    Peek,
    Tapped,
    asks_as_now,
    count_nothing,
    editor_of,
)
from trunkline.dialects.raw_json import ABSENT, BROKEN_JSON, decode, is_said
from trunkline.dialects.spare_field import SparingDecoder
from trunkline.dialects.sse import write_event

__all__ = ["PASSTHROUGH", "ResponsePeek", "ResponseTapped", "edit", "peek", "read_tap", "write_failure"]

_OBJECTS: Final = frozenset({"reasoning", "text"})
"""Fields that hold several settings: a default fills each of them apart."""

_WORDS: Final[Mapping[str, str]] = {"reasoning_effort": "reasoning"}
"""Names of OpenAI's chat wire, and what the same is called here."""


class ResponsePeek(Peek, frozen=True, kw_only=True):
    """Besides: what the call goes on from, and whether its answer is kept and made in the background."""

    previous: str | None = None
    background: bool = False
    store: bool = True


class ResponseTapped(Tapped, frozen=True):
    """Besides: the answer's own id, and how far it is."""

    id: str = ""
    status: str = ""

    @property
    def ended(self) -> bool:
        """Whether nothing more will come: an answer that is made in the background is asked for again until then."""
        return self.status not in {"queued", "in_progress"}


class _Request(msgspec.Struct, frozen=True):
    model: str = ""
    stream: bool | None = None
    user: str | None = None
    safety_identifier: str | None = None
    max_output_tokens: int | None = None
    previous_response_id: str | None = None
    background: bool | None = None
    store: bool | None = None
    service_tier: JsonValue = None


class _Asked(msgspec.Struct, frozen=True):
    effort: Effort | None = None


_peek: Final = msgspec.json.Decoder(_Request)
_fields: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_answer: Final = SparingDecoder(Answer)


def peek(body: bytes) -> ResponsePeek:
    """What routing needs of ``body``. Raises InvalidInput for broken JSON, a wrong type, a missing or empty model."""
    try:
        seen = _peek.decode(body)
    except msgspec.ValidationError as error:
        raise _invalid(error) from None
    except BROKEN_JSON as error:
        raise InvalidInput.of("", f"The body is not valid JSON: {_reason(error)}") from None
    if not seen.model:
        raise InvalidInput.of("model", "name the model to use, as a non-empty string", code="missing_model")
    return ResponsePeek(
        model=seen.model,
        streams=bool(seen.stream),
        user=seen.user or seen.safety_identifier,
        output_limit=seen.max_output_tokens,
        terms=read_terms(seen.service_tier),
        previous=seen.previous_response_id,
        background=bool(seen.background),
        store=seen.store is not False,
    )


def edit(body: bytes, changes: Changes) -> tuple[bytes, tuple[str, ...]]:
    """``body`` for the provider, and which of the caller's fields were dropped. What stays is copied as bytes.

    ``model`` is set; ``system_prompt`` goes before the caller's ``instructions``, which count for one call as it does;
    ``defaults`` fill top-level fields that are absent or null, those of ``reasoning`` and ``text`` one by one; ``drop``
    is in the words of the chat wire; ``adapt`` is asked for the level of thinking alone. Thoughts that another vendor
    signed and ids that this gateway made up are taken out of ``input``, and PDFs among its pictures become files; it
    is read only where a search finds a sign of them. ``stream_usage``, ``rename``, ``system_role``, ``roles`` and
    ``form`` are of other wires. Raises InvalidInput for a body that is no JSON object.
    """
    try:
        fields = _fields.decode(body)
    except BROKEN_JSON as error:
        raise InvalidInput.of("", f"The body is not a valid JSON object: {_reason(error)}") from None
    fields["model"] = _raw(changes.model)
    if changes.system_prompt is not None:
        fields["instructions"] = _prepend(fields.get("instructions", ABSENT), changes.system_prompt)
    for name, value in changes.defaults.items():
        if not is_said(fields.get(name, ABSENT)):
            fields[name] = _raw(value)
        elif name in _OBJECTS and isinstance(value, dict):
            fields[name] = _fill(name, fields[name], value)
    if changes.output_limit is not None:
        given = decode(fields.get("max_output_tokens", ABSENT))
        if not isinstance(given, int | float) or given > changes.output_limit:
            fields["max_output_tokens"] = _raw(changes.output_limit)
    dropped: set[str] = set()
    for name in sorted(_WORDS.get(name, name) for name in changes.drop):
        if name == "logprobs":
            dropped.update(_forget_logprobs(fields))
        elif name in fields and is_said(fields.pop(name)):
            dropped.add(name)
    if changes.adapt is not None and is_said(fields.get("reasoning", ABSENT)):
        dropped.update(_fit_effort(fields, changes.model, changes.adapt))
    if "input" in fields:
        fields["input"] = mend_pictures(fields["input"])
    if has_foreign(body):
        fields["input"], lost = strip_foreign(fields.get("input", ABSENT))
        dropped.update(lost)
    return msgspec.json.encode(fields), tuple(sorted(dropped))


def read_tap(body: bytes) -> ResponseTapped:
    """What a whole answer says of usage, model, stop reason and error. Never raises."""
    try:
        whole = _answer.decode(body)
    except BROKEN_JSON:
        return ResponseTapped(error=Failure(MALFORMED, "malformed"))
    usage = hear_usage(whole, body)
    model, identity, status = whole.model or "", whole.id or "", whole.status or "completed"
    if is_said(whole.error) or status == "failed":
        failure = read_failure(decode(whole.error) if is_said(whole.error) else None)
        return ResponseTapped(usage, model, None, failure, id=identity, status=status)
    if whole.output is None:
        return ResponseTapped(usage, model, None, Failure(MALFORMED, "malformed"))
    stop = read_status(status, (whole.incomplete_details or Incomplete()).reason, calls=False, refused=False)
    return ResponseTapped(usage, model, stop, None, mend_output(body), id=identity, status=status)


def tap(*, strip_usage: bool = False, older: bool = False) -> StreamTap:
    """For one stream. This wire always tells the usage and has no older way, so neither has an effect."""
    return StreamTap()


def write_failure(failure: Failure) -> bytes:
    """The end of a stream that broke off: an ``error`` event.

    https://platform.openai.com/docs/api-reference/responses-streaming/error. The words stand twice: the vendor's SDKs
    raise what is under ``error``, and its description has them at the top.
    """
    error: dict[str, JsonValue] = {
        "code": failure.code or failure.kind,
        "message": failure.message,
        "param": None,
    }
    whole = {"type": "error", "sequence_number": 0, **error, "error": {"type": "server_error", **error}}
    return write_event(msgspec.json.encode(whole), "error")


def _fill(name: str, given: msgspec.Raw, defaults: Mapping[str, JsonValue]) -> msgspec.Raw:
    try:
        inner = _fields.decode(given)
    except msgspec.DecodeError:
        raise InvalidInput.of(name, "must be an object") from None
    for key, value in defaults.items():
        if not is_said(inner.get(key, ABSENT)):
            inner[key] = _raw(value)
    return _raw(inner)


def _fit_effort(fields: dict[str, msgspec.Raw], model: str, adapt: Adapt) -> set[str]:
    """The level of ``reasoning`` as one that the model has. A word that is not ours is the vendor's own, and stays."""
    inner = decode(fields["reasoning"])
    try:
        asked = msgspec.convert(inner, _Asked).effort
    except msgspec.ValidationError:
        return set()
    if asked is None or not isinstance(inner, dict):
        return set()
    fitted, _ = adapt(ChatRequest(model=model, messages=(), reasoning=ReasoningOptions(effort=asked)))
    level = None if fitted.reasoning is None else fitted.reasoning.effort
    if level == asked:
        return set()
    if level is None:
        del inner["effort"]
    else:
        inner["effort"] = level
    fields["reasoning"] = _raw(inner)
    return {"reasoning.effort"}


def _forget_logprobs(fields: dict[str, msgspec.Raw]) -> set[str]:
    """Takes the wish for log probabilities out of ``include``, where this wire has it."""
    given = fields.get("include", ABSENT)
    if LOGPROBS.encode() not in bytes(given):
        return set()
    include = decode(given)
    if not isinstance(include, list):
        return set()
    left = [name for name in include if name != LOGPROBS]
    if left:
        fields["include"] = _raw(left)
    else:
        del fields["include"]
    return {"logprobs"}


def _prepend(instructions: msgspec.Raw, prompt: str) -> msgspec.Raw:
    """``prompt``, then the caller's own."""
    if not is_said(instructions):
        return _raw(prompt)
    given = decode(instructions)
    if not isinstance(given, str):
        raise InvalidInput.of("instructions", "must be a string")
    return _raw(f"{prompt}\n\n{given}" if given else prompt)


def _raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))


def _reason(error: Exception) -> str:
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)


def _invalid(error: msgspec.ValidationError) -> InvalidInput:
    """msgspec says "Expected `str`, got `int` - at `$.model`"; the caller gets ``model`` and the words before."""
    words, _, path = str(error).partition(" - at `$.")
    field = path.rstrip("`")
    if not field:
        return InvalidInput.of("", f"The body must be a JSON object: {words}.")
    return InvalidInput.of(field, f"{words[:1].lower()}{words[1:]}")


class _OpenAIResponses:
    """Implements :class:`~trunkline.dialects.passthrough.Passthrough`."""

    done = b""
    forward = ()
    peek = staticmethod(peek)
    count_characters = staticmethod(count_nothing)
    asks_older = staticmethod(asks_as_now)
    editor = staticmethod(editor_of(edit))
    read_tap = staticmethod(read_tap)
    tap = staticmethod(tap)
    tell_usage = staticmethod(tell_usage)
    tell_whole_usage = staticmethod(tell_whole_usage)
    write_failure = staticmethod(write_failure)


PASSTHROUGH: Final[Passthrough] = _OpenAIResponses()
