"""Applies a quirk to a call in the neutral form."""

from __future__ import annotations

from typing import Final, TypeVar

import msgspec

from trunkline.core.chat import ChatRequest, JsonValue, Part, Sampling, Tool, ToolResult
from trunkline.core.errors import Unsupported
from trunkline.providers import closed_schema, google_schema, object_schema
from trunkline.providers.call_fitting import fit_calls
from trunkline.providers.format_beside_tools import fit_format
from trunkline.providers.quirks import Quirk
from trunkline.providers.spoken_format import name_json, speak_schema
from trunkline.providers.thinking import fit_thinking, thinks

_TOP_LEVEL: Final = {
    "parallel_tool_calls": "parallel_tools",
    "service_tier": "service_tier",
    "metadata": "metadata",
    "store": "store",
    "user": "user",
    "reasoning_effort": "reasoning",
}
"""Names of the wire, and the request's own fields for them."""

_FIT_SCHEMAS: Final = {
    "closed": closed_schema.fit_schemas,
    "google": google_schema.fit_schemas,
    "objects": object_schema.fit_tools,
    "words": speak_schema,
}

_SAMPLING_FIELDS: Final = frozenset(Sampling.__struct_fields__)


def adapt(request: ChatRequest, quirk: Quirk) -> tuple[ChatRequest, tuple[str, ...]]:
    """``request`` as the model accepts it, and the names of what was left out.

    Raises Unsupported for what the model does not know and whose loss would change the answer. The field of the token
    limit is not touched here: the wire's writer is told ``quirk.max_tokens_field``.
    """
    if quirk.refuse:
        _refuse(request, quirk)
    dropped: list[str] = []
    sampling: dict[str, object] = {}
    changes: dict[str, object] = {}
    extra = request.extra
    request = fit_calls(request, quirk.calls)
    request, lost = fit_format(request, quirk)
    dropped += lost
    request, lost = fit_thinking(request, quirk)
    dropped += lost
    if quirk.schemas != "any":
        request, lost = _FIT_SCHEMAS[quirk.schemas](request)
        dropped += lost
    if quirk.json_named:
        request = name_json(request)
    thinking = request.reasoning is not None and thinks(request.reasoning)
    for name in sorted(quirk.drop | quirk.drop_when_thinking if thinking else quirk.drop):
        if name == "modalities":
            # What is more than text was refused above; text alone is what there is.
            changes |= {name: ()} if request.modalities else {}
        elif name == "stop":
            if request.sampling.stop:
                sampling[name] = ()
                dropped.append(name)
        elif name in _SAMPLING_FIELDS:
            if getattr(request.sampling, name) is not None:
                sampling[name] = None
                dropped.append(name)
        elif (field := _TOP_LEVEL.get(name)) is not None:
            if getattr(request, field) is not None:
                changes[field] = None
                dropped.append(name)
        elif name in extra.get("openai_chat", {}):
            extra = _with_extra(extra, name, None)
            dropped.append(name)
    if quirk.temperature_or_top_p and request.sampling.top_p is not None:
        left = msgspec.structs.replace(request.sampling, **sampling)
        if left.temperature is not None and left.top_p is not None:
            sampling["top_p"] = None
            dropped.append("top_p")
    if quirk.stops is not None and "stop" not in sampling and len(request.sampling.stop) > quirk.stops:
        sampling["stop"] = request.sampling.stop[: quirk.stops]
        dropped.append("stop")
    for old, new in quirk.rename.items():
        value = getattr(request.sampling, old, None)
        if value is not None and old != "max_tokens" and new not in _SAMPLING_FIELDS:
            sampling[old] = None
            extra = _with_extra(extra, new, value)
    if not quirk.cache_hints:
        changes |= _without_cache(request)
        dropped += ["cache"] if {"messages", "tools"} & changes.keys() else []
    if request.stream_usage and not quirk.stream_usage:
        changes["stream_usage"] = False
    if sampling:
        changes["sampling"] = msgspec.structs.replace(request.sampling, **sampling)
    if extra is not request.extra:
        changes["extra"] = extra
    return (msgspec.structs.replace(request, **changes) if changes else request), tuple(dropped)


def _without_cache(request: ChatRequest) -> dict[str, object]:
    """The fields of ``request`` that hold hints to the cache, without them; nothing where there are none."""
    messages = tuple(
        msgspec.structs.replace(message, parts=tuple(_forget_cache(part) for part in message.parts))
        for message in request.messages
    )
    tools = tuple(_forget_cache(tool) for tool in request.tools)
    changed = {"messages": messages, "tools": tools}
    return {field: value for field, value in changed.items() if value != getattr(request, field)}


_P = TypeVar("_P", bound=Part | Tool)


def _forget_cache(part: _P) -> _P:
    if isinstance(part, ToolResult):
        part = msgspec.structs.replace(part, parts=tuple(_forget_cache(piece) for piece in part.parts))
    return part if getattr(part, "cache", None) is None else msgspec.structs.replace(part, cache=None)


class _Fields(msgspec.Struct, frozen=True):
    n: int | None = None
    stop: str | list[str] | None = None
    modalities: list[str] | None = None


_fields: Final = msgspec.json.Decoder(_Fields)


def refuse_fields(body: bytes, model: str, quirk: Quirk) -> None:
    """Raises Unsupported as :func:`adapt` does, for a body of OpenAI's wire that passes: nothing else in it is read,
    since its provider may have words of its own for the rest. What is broken is for the provider to judge."""
    try:
        said = _fields.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return
    stop = (said.stop,) if isinstance(said.stop, str) else tuple(said.stop or ())
    sampling, modalities = Sampling(n=said.n, stop=stop), tuple(said.modalities or ())
    _refuse(ChatRequest(model=model, messages=(), sampling=sampling, modalities=modalities), quirk)


def _refuse(request: ChatRequest, quirk: Quirk) -> None:
    for name in sorted(quirk.refuse):
        if _is_set(request, name):
            raise Unsupported.of(name, f"is not supported by {request.model}: leave it out, or choose another model.")


def _is_set(request: ChatRequest, name: str) -> bool:
    if name == "n":
        return (request.sampling.n or 1) > 1
    if name == "stop":
        return bool(request.sampling.stop)
    if name == "modalities":
        return any(kind != "text" for kind in request.modalities)
    return getattr(request.sampling, name, None) is not None


def _with_extra(extra: dict[str, dict[str, JsonValue]], name: str, value: JsonValue) -> dict[str, dict[str, JsonValue]]:
    """A copy of ``extra`` in which the OpenAI wire's field ``name`` is ``value``, or gone when it is None."""
    fields = {key: member for key, member in extra.get("openai_chat", {}).items() if key != name}
    if value is not None:
        fields[name] = value
    return {**extra, "openai_chat": fields}
