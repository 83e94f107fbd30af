"""Calls whose client and provider both speak this dialect: the bytes pass, and only what must change is edited.

See :class:`~trunkline.dialects.passthrough.Passthrough`.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.core.chat_events import Failure
from trunkline.core.errors import InvalidInput
from trunkline.core.terms import read_terms
from trunkline.dialects.anthropic_messages.error import WRITTEN, encode_error
from trunkline.dialects.anthropic_messages.foreign_thoughts import has_foreign, strip_foreign
from trunkline.dialects.anthropic_messages.mending import mend
from trunkline.dialects.anthropic_messages.options import Fields, fill, fit, raw
from trunkline.dialects.anthropic_messages.passing_ids import fit_ids, has_odd_ids
from trunkline.dialects.anthropic_messages.stop import read_stop
from trunkline.dialects.anthropic_messages.tap import StreamTap, read_stream_error
from trunkline.dialects.anthropic_messages.usage import WireUsage, hear_usage
from trunkline.dialects.anthropic_messages.usage_telling import tell_usage, tell_whole_usage
from trunkline.dialects.failure import MALFORMED
from trunkline.dialects.passthrough import Changes, Passthrough, Peek, Tapped, asks_as_now, count_nothing, editor_of
from trunkline.dialects.raw_json import ABSENT, BROKEN_JSON, is_said
from trunkline.dialects.spare_field import SparingDecoder
from trunkline.dialects.sse import write_event

DONE: Final = b'event: message_stop\ndata: {"type":"message_stop"}\n\n'

FORWARD: Final = ("anthropic-beta", "anthropic-version")
"""https://docs.anthropic.com/en/api/versioning and https://docs.anthropic.com/en/api/beta-headers"""


class _Metadata(msgspec.Struct, frozen=True):
    user_id: str | None = None


class _Request(msgspec.Struct, frozen=True):
    model: str = ""
    stream: bool | None = None
    max_tokens: int | None = None
    metadata: _Metadata | None = None
    service_tier: JsonValue = None
    speed: JsonValue = None
    inference_geo: JsonValue = None


class _Whole(msgspec.Struct, frozen=True):
    type: str | None = None
    model: str | None = None
    content: msgspec.Raw = ABSENT
    stop_reason: str | None = None
    usage: WireUsage | None = None
    error: msgspec.Raw = ABSENT


_peek: Final = msgspec.json.Decoder(_Request)
_fields: Final = msgspec.json.Decoder(Fields)
_whole: Final = SparingDecoder(_Whole)


def peek(body: bytes) -> Peek:
    """What routing needs of ``body``. Raises InvalidInput for broken JSON, a wrong type, a missing or empty model."""
    try:
        seen = _peek.decode(body)
    except msgspec.ValidationError as error:
        raise _invalid(error) from None
    except BROKEN_JSON as error:
        raise _broken(error) from None
    if not seen.model:
        raise InvalidInput.of("model", "Field required", code="missing_model")
    return Peek(
        model=seen.model,
        streams=bool(seen.stream),
        user=seen.metadata.user_id if seen.metadata is not None else None,
        output_limit=seen.max_tokens,
        terms=read_terms(seen.service_tier, seen.speed, seen.inference_geo),
    )


def edit(body: bytes, changes: Changes) -> tuple[bytes, tuple[str, ...]]:
    """``body`` for the provider, and what of the caller's was left out. What stays is copied as bytes.

    ``model`` is set; ``system_prompt`` goes before the caller's own, as a block where that is one of blocks, so that
    its cache hints stay; ``defaults`` fill what is absent or null, and ``max_tokens`` is 4096 where nobody says it;
    ``adapt`` is given the sampling, the thinking, and what ``form`` says that this depends on. Thoughts that
    another vendor signed are taken out, for which ``messages`` is read only where a search finds a sign of them; so is
    what the vendor is known to refuse (:mod:`~trunkline.dialects.anthropic_messages.mending`), and so are ids of calls
    that repeat or are not of the form ``call_ids``. ``stream_usage``, ``rename``, ``drop`` and ``system_role`` are of
    other wires. Raises InvalidInput for a body that is no JSON object and for what ``adapt`` refuses.
    """
    try:
        fields = _fields.decode(body)
    except msgspec.ValidationError as error:
        raise _invalid(error) from None
    except BROKEN_JSON as error:
        raise _broken(error) from None
    fields["model"] = raw(changes.model)
    if changes.system_prompt is not None:
        fields["system"] = _prepend(fields.get("system", ABSENT), changes.system_prompt)
    filled = fill(fields, changes.defaults)
    found = False
    if "messages" in fields and has_foreign(body):
        fields["messages"], found = strip_foreign(fields["messages"])
    dropped = fit(
        fields,
        model=changes.model,
        filled=filled,
        output_limit=changes.output_limit,
        adapt=changes.adapt,
        form=changes.form,
    )
    if found:
        dropped.add("reasoning")
    mend(fields, body, dropped)
    if "messages" in fields and has_odd_ids(body, changes.call_ids):
        fields["messages"] = fit_ids(fields["messages"], changes.call_ids)
    return msgspec.json.encode(fields), tuple(sorted(dropped))


def read_tap(body: bytes) -> Tapped:
    """What a whole answer says of usage, model, stop reason and error. Never raises."""
    try:
        whole = _whole.decode(body)
    except BROKEN_JSON:
        return Tapped(error=Failure(MALFORMED, "malformed"))
    usage = hear_usage(None, whole.usage)
    model = whole.model or ""
    if whole.type == "error" or is_said(whole.error):
        return Tapped(usage, model, None, read_stream_error(body))
    if not bytes(whole.content).startswith(b"["):
        return Tapped(usage, model, None, Failure(MALFORMED, "malformed"))
    return Tapped(usage, model, read_stop(whole.stop_reason, called=False))


def tap(*, strip_usage: bool = False, older: bool = False) -> StreamTap:
    """For one stream. This wire always tells the usage and has no older way, so neither has an effect."""
    return StreamTap()


def write_failure(failure: Failure) -> bytes:
    """The end of a stream that broke off: an ``error`` event, which the vendor's SDKs raise."""
    return write_event(encode_error(WRITTEN.get(failure.kind, "api_error"), failure.message), "error")


def _prepend(system: msgspec.Raw, prompt: str) -> msgspec.Raw:
    """``prompt``, then the caller's own, which is a text or a list of blocks."""
    given = bytes(system).strip() if is_said(system) else b""
    block = msgspec.json.encode({"type": "text", "text": prompt})
    if given in {b"", b'""'}:
        return raw(prompt)
    if given.startswith(b'"'):
        return msgspec.Raw(b'[%b,{"type":"text","text":%b}]' % (block, given))
    if not given.startswith(b"["):
        raise InvalidInput.of("system", "Input should be a valid string or a valid list")
    rest = given[1:].lstrip()
    return msgspec.Raw(b"[" + block + (b"" if rest.startswith(b"]") else b",") + rest)


def _broken(error: Exception) -> InvalidInput:
    reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
    return InvalidInput.of("", f"The request body is not valid JSON: {reason}")


def _invalid(error: msgspec.ValidationError) -> InvalidInput:
    """msgspec says "Expected `str`, got `int` - at `$.model`"; the caller gets ``model`` and the words before."""
    words, _, path = str(error).partition(" - at `$.")
    if not path:
        return InvalidInput.of("", f"The request body must be a JSON object: {words}.")
    return InvalidInput.of(path.rstrip("`"), words)


class _AnthropicMessages:
    """Implements :class:`~trunkline.dialects.passthrough.Passthrough`."""

    done = DONE
    forward = FORWARD
    peek = staticmethod(peek)
    count_characters = staticmethod(count_nothing)
    asks_older = staticmethod(asks_as_now)
    editor = staticmethod(editor_of(edit))
    read_tap = staticmethod(read_tap)
    tap = staticmethod(tap)
    tell_usage = staticmethod(tell_usage)
    tell_whole_usage = staticmethod(tell_whole_usage)
    write_failure = staticmethod(write_failure)


PASSTHROUGH: Final[Passthrough] = _AnthropicMessages()
