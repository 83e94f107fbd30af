"""Requests. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html

The model and whether to stream stand in the URL, not in the body: reading leaves ``model`` empty, and the caller fills
both in. Fields that the neutral form has no place for (``guardrailConfig``, ``promptVariables``, …) travel in
``extra["bedrock_converse"]`` and are written back as they came.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from trunkline.core.chat import ChatRequest, JsonObject, JsonValue, Sampling
from trunkline.core.errors import InvalidInput, Unsupported
from trunkline.dialects.bedrock_converse.field import NAME, integer, listing, mapping, number, text
from trunkline.dialects.bedrock_converse.reasoning import (
    read_format,
    read_reasoning,
    write_effort,
    write_format,
    write_thinking,
)
from trunkline.dialects.bedrock_converse.tool import read_choice, read_tools, write_tools
from trunkline.dialects.bedrock_converse.turn import read_system, read_turns, write_turns
from trunkline.dialects.dialect import Written
from trunkline.dialects.field_reader import join, optional
from trunkline.dialects.raw_json import BROKEN_JSON

KNOWN: Final = frozenset(
    {
        "additionalModelRequestFields",
        "inferenceConfig",
        "messages",
        "outputConfig",
        "requestMetadata",
        "serviceTier",
        "system",
        "toolConfig",
    }
)

# https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ServiceTier.html
TIERS: Final = {
    "priority": "priority",
    "default": "default",
    "standard_only": "default",
    "flex": "flex",
    "reserved": "reserved",
}

# https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html (requestMetadata)
METADATA_LIMIT: Final = 16
_METADATA: Final = re.compile(r"[a-zA-Z0-9\s:_@$#=/+,.-]{0,256}", re.ASCII)

_NEVER: Final = (
    "min_p",
    "frequency_penalty",
    "presence_penalty",
    "repetition_penalty",
    "seed",
    "logprobs",
    "top_logprobs",
    "logit_bias",
)


def read_request(body: bytes) -> ChatRequest:
    """Reads a client's request. Raises :class:`~trunkline.core.errors.InvalidInput` with the wire's own field names."""
    try:
        source = mapping(msgspec.json.decode(body), "")
    except BROKEN_JSON as error:
        raise InvalidInput.of("", f"The request body is not valid JSON: {error}") from error
    extra: JsonObject = {key: value for key, value in source.items() if key not in KNOWN and value is not None}
    if source.get("messages") is None:
        raise InvalidInput.of("messages", "is required: a list of turns, each with role and content")
    more = dict(optional(source, "additionalModelRequestFields", "", mapping) or {})
    output = dict(optional(source, "outputConfig", "", mapping) or {})
    reasoning = read_reasoning(more, output)
    response_format = read_format(output)
    sampling = _read_sampling(optional(source, "inferenceConfig", "", mapping) or {}, more, extra)
    tools = dict(optional(source, "toolConfig", "", mapping) or {})
    declared, own = read_tools(tools)
    tier = optional(source, "serviceTier", "", mapping) or {}
    metadata = optional(source, "requestMetadata", "", mapping)
    for field, rest in (("additionalModelRequestFields", more), ("outputConfig", output)):
        if rest:
            extra[field] = rest
    if own:
        extra["tools"] = own
    return ChatRequest(
        model="",
        messages=(*read_system(source.get("system")), *read_turns(source["messages"])),
        tools=declared,
        tool_choice=read_choice(tools),
        sampling=sampling,
        response_format=response_format,
        reasoning=reasoning,
        service_tier=optional(tier, "type", "serviceTier", text),
        metadata=None
        if metadata is None
        else {key: text(value, join("requestMetadata", key)) for key, value in metadata.items()},
        extra={NAME: extra} if extra else {},
    )


def _read_sampling(config: JsonObject, more: JsonObject, extra: JsonObject) -> Sampling:
    path = "inferenceConfig"
    stop = optional(config, "stopSequences", path, listing) or []
    top_k = more.get("top_k")
    if isinstance(top_k, int) and not isinstance(top_k, bool):
        del more["top_k"]
    else:
        top_k = None
    rest: JsonObject = {
        key: value
        for key, value in config.items()
        if key not in ("maxTokens", "temperature", "topP", "stopSequences") and value is not None
    }
    if rest:
        extra[path] = rest
    return Sampling(
        max_tokens=optional(config, "maxTokens", path, integer),
        temperature=optional(config, "temperature", path, number),
        top_p=optional(config, "topP", path, number),
        top_k=top_k,
        stop=tuple(text(value, f"{path}.stopSequences.{index}") for index, value in enumerate(stop)),
    )


def write_request(request: ChatRequest) -> Written:
    """Writes a request for the service. Raises :class:`~trunkline.core.errors.Unsupported`.

    Without a limit of tokens none is sent: the service takes the model's own. A ``temperature`` above 1 is clamped to
    1, and ``dropped`` says ``temperature>1``.
    """
    dropped: set[str] = set()
    extra = dict(request.extra.get(NAME, {}))
    for dialect, fields in request.extra.items():
        if dialect != NAME:
            dropped.update(f"extra.{field}" for field in fields)
    system, turns = write_turns(request.messages, dropped, request.model)
    wire: JsonObject = {"messages": turns}
    if system:
        wire["system"] = system
    inference = {**_taken(extra, "inferenceConfig"), **_write_sampling(request.sampling, dropped)}
    if inference:
        wire["inferenceConfig"] = inference
    tools = write_tools(request, extra.pop("tools", None), dropped)
    if tools is not None:
        wire["toolConfig"] = tools
    _write_model_fields(request, extra, wire, dropped)
    _write_rest(request, wire, dropped)
    try:
        return Written(msgspec.json.encode({**extra, **wire}), tuple(sorted(dropped)))
    except (RecursionError, UnicodeEncodeError) as error:
        raise InvalidInput.of("", "The request is nested too deeply, or holds half a character.") from error


def _taken(extra: JsonObject, field: str) -> JsonObject:
    kept: JsonValue = extra.pop(field, None)
    return dict(kept) if isinstance(kept, dict) else {}


def _write_sampling(sampling: Sampling, dropped: set[str]) -> JsonObject:
    if sampling.n is not None and sampling.n > 1:
        raise Unsupported.of("n", "This model gives one answer per call. Ask for one, and call again for more.")
    dropped.update(name for name in _NEVER if getattr(sampling, name) is not None)
    wire: JsonObject = {}
    if sampling.max_tokens is not None:
        wire["maxTokens"] = sampling.max_tokens
    if sampling.temperature is not None:
        if sampling.temperature > 1:
            dropped.add("temperature>1")
        wire["temperature"] = min(sampling.temperature, 1.0)
    if sampling.top_p is not None:
        wire["topP"] = sampling.top_p
    if sampling.stop:
        if not all(sampling.stop):
            raise Unsupported.of("stop", "This model takes no empty stop text.")
        wire["stopSequences"] = list(sampling.stop)
    return wire


def _write_model_fields(request: ChatRequest, extra: JsonObject, wire: JsonObject, dropped: set[str]) -> None:
    more = _taken(extra, "additionalModelRequestFields")
    output = _taken(extra, "outputConfig")
    if request.sampling.top_k is not None:
        more["top_k"] = request.sampling.top_k
    if request.reasoning is not None:
        thinking = write_thinking(request.reasoning, request.sampling.max_tokens, dropped)
        if thinking is not None:
            more["thinking"] = thinking
        if (effort := write_effort(request.reasoning.effort)) is not None:
            output["effort"] = effort
    if (wanted := write_format(request.response_format, dropped)) is not None:
        output["textFormat"] = wanted
    if more:
        wire["additionalModelRequestFields"] = more
    if output:
        wire["outputConfig"] = output


def _write_rest(request: ChatRequest, wire: JsonObject, dropped: set[str]) -> None:
    if any(modality != "text" for modality in request.modalities):
        raise Unsupported.of("modalities", "This model answers with text only.")
    if request.audio is not None:
        dropped.add("audio")
    if request.parallel_tools is False:
        dropped.add("parallel_tools")
    if request.user is not None:
        dropped.add("user")
    if request.store:
        dropped.add("store")
    if request.metadata:
        if len(request.metadata) <= METADATA_LIMIT and all(
            key and _METADATA.fullmatch(key) and _METADATA.fullmatch(value) for key, value in request.metadata.items()
        ):
            wire["requestMetadata"] = dict(request.metadata)
        else:
            dropped.add("metadata")
    if request.service_tier is not None:
        tier = TIERS.get(request.service_tier)
        if tier is not None:
            wire["serviceTier"] = {"type": tier}
        elif request.service_tier != "auto":
            dropped.add("service_tier")
