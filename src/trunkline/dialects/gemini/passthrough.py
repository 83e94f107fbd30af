"""Calls whose client and provider both speak this dialect: the bytes pass, and only what must change is edited.

See :class:`~trunkline.dialects.passthrough.Passthrough`. The model and the wish to stream stand in the URL. A stream
passes as server-sent events only: a client that did not ask for ``alt=sse`` wants one JSON array, which is written.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat_events import Failure
from trunkline.core.errors import InvalidInput
from trunkline.core.terms import USUAL, read_terms
from trunkline.dialects.failure import MALFORMED
from trunkline.dialects.gemini import error as errors
from trunkline.dialects.gemini.finish import read_finish
from trunkline.dialects.gemini.foreign_thoughts import has_foreign, strip_foreign
from trunkline.dialects.gemini.grounding import add_searches, count_searches
from trunkline.dialects.gemini.mending import rename_types
from trunkline.dialects.gemini.missing_signature import may_lack, sign_contents, wants_signatures
from trunkline.dialects.gemini.options import Members, fill, fit, normalize, raw
from trunkline.dialects.gemini.tap import ANSWER, StreamTap, count_pictures, read_answer_error
from trunkline.dialects.gemini.usage import read_usage
from trunkline.dialects.gemini.usage_telling import tell_usage, tell_whole_usage
from trunkline.dialects.passthrough import Changes, Passthrough, Peek, Tapped, asks_as_now, count_nothing, editor_of
from trunkline.dialects.raw_json import ABSENT, BROKEN_JSON, decode, is_said
from trunkline.dialects.sse import write_event

DONE: Final = b""
FORWARD: Final[tuple[str, ...]] = ()

_members: Final = msgspec.json.Decoder(Members)


def peek(body: bytes) -> Peek:
    """What routing needs of ``body``: never the model, nor whether to stream. Raises InvalidInput for broken JSON."""
    fields = _read_members(body)
    config = _config(fields)
    tier = fields.get("serviceTier", fields.get("service_tier", ABSENT))
    return Peek(
        n=_whole(config, "candidateCount"),
        output_limit=_whole(config, "maxOutputTokens"),
        terms=read_terms(decode(tier)) if is_said(tier) else USUAL,
    )


def edit(body: bytes, changes: Changes) -> tuple[bytes, tuple[str, ...]]:
    """``body`` for the provider, and what of the caller's was left out. What stays is copied as bytes.

    ``model`` stands in the URL, so one that the body names, by whatever name the caller knows it, is taken out.
    ``system_prompt`` goes before the caller's own parts of the instruction; ``defaults`` fill what is absent or null,
    within ``generationConfig`` member by member; ``adapt`` is given the sampling and the thinking. Signatures of other
    vendors are taken out, and calls of theirs marked as such, for which ``contents`` is read only where a search finds
    one, and pictures get the media types that Google knows. ``stream_usage``, ``rename``, ``drop`` and ``system_role``
    are of other wires. Raises InvalidInput for a body that is no JSON object, for an instruction or a
    ``generationConfig`` that is none, and for what ``adapt`` refuses.
    """
    fields = normalize(_read_members(body))
    fields.pop("model", None)
    if changes.system_prompt is not None:
        fields["systemInstruction"] = _prepend(fields.get("systemInstruction", ABSENT), changes.system_prompt)
    for name, value in changes.defaults.items():
        if name != "generationConfig" and not is_said(fields.get(name, ABSENT)):
            fields[name] = raw(value)
    before = _config(fields)
    config = dict(before)
    fill(config, changes.defaults.get("generationConfig"))
    dropped = fit(config, model=changes.model, output_limit=changes.output_limit, adapt=changes.adapt)
    if config != before:
        fields["generationConfig"] = raw(config)
    if b"image/" in body and "contents" in fields:
        fields["contents"] = rename_types(fields["contents"])
    if "contents" in fields and has_foreign(body):
        fields["contents"], found = strip_foreign(fields["contents"])
        if found:
            dropped.add("reasoning.signature")
    if "contents" in fields and wants_signatures(changes.model) and may_lack(fields["contents"]):
        fields["contents"] = sign_contents(fields["contents"])
    return msgspec.json.encode(fields), tuple(sorted(dropped))


def read_tap(body: bytes) -> Tapped:
    """What a whole answer says of usage, model, stop reason and error. Never raises."""
    try:
        answer = ANSWER.decode(body)
    except BROKEN_JSON:
        return Tapped(error=Failure(MALFORMED, "malformed"))
    candidates = answer.candidates or ()
    usage = None
    if answer.usage_metadata is not None:
        pictures = sum(count_pictures(candidate.content) for candidate in candidates)
        searches = add_searches(count_searches(candidate.grounding_metadata) for candidate in candidates)
        usage = read_usage(answer.usage_metadata, pictures, searches)
    model = answer.model_version or ""
    if answer.error is not None:
        return Tapped(usage, model, None, read_answer_error(answer.error))
    if candidates:
        return Tapped(usage, model, read_finish(candidates[0].finish_reason or "STOP", called=False))
    if answer.blocked:
        return Tapped(usage, model, "content_filter")
    return Tapped(usage, model, None, Failure(MALFORMED, "malformed"))


def tap(*, strip_usage: bool = False, older: bool = False) -> StreamTap:
    """For one stream. This wire always tells the usage and has no older way, so neither has an effect."""
    return StreamTap()


def write_failure(failure: Failure) -> bytes:
    """The end of a stream that broke off: a piece with ``error``, which Google's SDKs raise."""
    return write_event(msgspec.json.encode(errors.write_failure(failure.kind, failure.message, failure.code)))


def _read_members(body: bytes) -> Members:
    try:
        return _members.decode(body)
    except msgspec.ValidationError:
        raise InvalidInput.of("", "The body must be a JSON object") from None
    except BROKEN_JSON as error:
        raise InvalidInput.of("", f"The body is not valid JSON: {error}") from None


def _config(fields: Members) -> Members:
    given = fields.get("generationConfig", fields.get("generation_config", ABSENT))
    if not is_said(given):
        return {}
    try:
        return normalize(_members.decode(given))
    except BROKEN_JSON:
        raise InvalidInput.of("generationConfig", "must be a JSON object") from None


def _whole(config: Members, name: str) -> int | None:
    value = decode(config.get(name, ABSENT))
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    raise InvalidInput.of(f"generationConfig.{name}", "must be a whole number")


def _prepend(instruction: msgspec.Raw, prompt: str) -> msgspec.Raw:
    """``prompt``, then the caller's own parts: a list, or a lone part."""
    part = msgspec.json.encode({"text": prompt})
    try:
        content = _members.decode(instruction) if is_said(instruction) else {}
    except BROKEN_JSON:
        raise InvalidInput.of("systemInstruction", "must be a JSON object") from None
    given = bytes(content.get("parts", ABSENT)).strip()
    if given.startswith(b"["):
        rest = given[1:].lstrip()
        content["parts"] = msgspec.Raw(b"[" + part + (b"" if rest.startswith(b"]") else b",") + rest)
    else:
        content["parts"] = msgspec.Raw(b"[" + part + (b"," + given if given.startswith(b"{") else b"") + b"]")
    return raw(content)


class _Gemini:
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


PASSTHROUGH: Final[Passthrough] = _Gemini()
