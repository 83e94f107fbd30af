"""Requests. https://docs.anthropic.com/en/api/messages

Fields that the neutral form has no place for (``container``, ``context_management``, ``mcp_servers``, …) travel in
``extra["anthropic_messages"]`` and are written back as they came.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import ChatRequest, JsonObject, JsonValue, Sampling
from trunkline.core.errors import InvalidInput, Unsupported
from trunkline.dialects.anthropic_messages.block_reading import NAME
from trunkline.dialects.anthropic_messages.error import NO_THREADS
from trunkline.dialects.anthropic_messages.field import flag, integer, listing, mapping, number, required, text
from trunkline.dialects.anthropic_messages.reasoning import (
    read_format,
    read_thinking,
    write_effort,
    write_format,
    write_thinking,
)
from trunkline.dialects.anthropic_messages.tool import read_choice, read_tools, write_choice, write_tools
from trunkline.dialects.anthropic_messages.turn import read_system, read_turns, write_turns
from trunkline.dialects.dialect import Written
from trunkline.dialects.field_reader import optional
from trunkline.dialects.raw_json import BROKEN_JSON

DEFAULT_MAX_TOKENS: Final = 4096
"""What is written when the caller sets no limit, which this wire demands; a thinking budget comes on top."""

THINKING_TOP_P: Final = 0.95
"""The least ``top_p`` that the vendor takes together with thinking."""

SYSTEM_TURNS: Final = "system_turns"
"""The name in ``extra`` for that the client put system messages among its turns, where newer models take them."""

KNOWN: Final = frozenset(
    {
        "max_tokens",
        "messages",
        "metadata",
        "model",
        "output_config",
        "output_format",
        "service_tier",
        "stop_sequences",
        "stream",
        "system",
        "temperature",
        "thinking",
        "tool_choice",
        "tools",
        "top_k",
        "top_p",
    }
)

# Neutral tiers that mean one of this vendor's: https://docs.anthropic.com/en/api/service-tiers
TIERS: Final = {"auto": "auto", "standard_only": "standard_only", "default": "standard_only"}

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
    return parse_request(read_document(body))


def read_document(body: bytes) -> JsonObject:
    """The JSON object that a body holds."""
    try:
        return mapping(msgspec.json.decode(body), "")
    except BROKEN_JSON as error:
        raise InvalidInput.of("", f"The request body is not valid JSON: {error}") from error


def parse_request(source: JsonObject, *, counting: bool = False) -> ChatRequest:
    """As :func:`read_request`, from the decoded body. One to count tokens (``counting``) has no ``max_tokens``."""
    model = required(source, "model", "", text)
    max_tokens = (optional if counting else required)(source, "max_tokens", "", integer)
    if max_tokens is not None and max_tokens < 0:
        raise InvalidInput.of("max_tokens", "Input should be greater than or equal to 0")
    if "messages" not in source:
        raise InvalidInput.of("messages", "Field required")
    if source.get("thread") is not None and not counting:
        # The vendor keeps the conversation; other wires are sent all of it. The SDKs' tool runners go on without a
        # thread when they are told so.
        raise Unsupported.of(
            "thread", "Only Anthropic keeps threads: send the whole conversation as messages.", code=NO_THREADS
        )
    extra: JsonObject = {key: value for key, value in source.items() if key not in KNOWN and value is not None}
    config = dict(optional(source, "output_config", "", mapping) or {})
    reasoning, thinking = read_thinking(optional(source, "thinking", "", mapping), config)
    if thinking is not None:
        extra["thinking"] = thinking
    config.pop("effort", None)
    wanted = optional(config, "format", "output_config", mapping)
    older = optional(source, "output_format", "", mapping)
    config.pop("format", None)
    if config:
        extra["output_config"] = config
    response_format = None
    if wanted is not None:
        response_format = read_format(wanted, "output_config.format")
    elif older is not None:
        response_format = read_format(older, "output_format")
    metadata = dict(optional(source, "metadata", "", mapping) or {})
    user = optional(metadata, "user_id", "metadata", text)
    metadata.pop("user_id", None)
    if metadata:
        extra["metadata"] = metadata
    tools, own = read_tools(source["tools"]) if source.get("tools") is not None else ((), [])
    if own:
        extra["tools"] = own
    choice, parallel = read_choice(source["tool_choice"]) if source.get("tool_choice") is not None else (None, None)
    turns = read_turns(source["messages"])
    if any(message.role == "system" for message in turns):
        extra[SYSTEM_TURNS] = True
    stream = optional(source, "stream", "", flag) or False
    stop = optional(source, "stop_sequences", "", listing) or []
    return ChatRequest(
        model=model,
        messages=(*read_system(source.get("system")), *turns),
        tools=tools,
        tool_choice=choice,
        parallel_tools=parallel,
        sampling=Sampling(
            max_tokens=max_tokens,
            temperature=optional(source, "temperature", "", number),
            top_p=optional(source, "top_p", "", number),
            top_k=optional(source, "top_k", "", integer),
            stop=tuple(text(value, f"stop_sequences.{index}") for index, value in enumerate(stop)),
        ),
        response_format=response_format,
        reasoning=reasoning,
        stream=stream,
        stream_usage=stream,  # this wire always tells the usage
        user=user,
        service_tier=optional(source, "service_tier", "", text),
        extra={NAME: extra} if extra else {},
    )


def write_request(request: ChatRequest) -> Written:
    """Writes a request for the vendor. Raises :class:`~trunkline.core.errors.Unsupported`.

    ``max_tokens`` is 4096 when the caller sets none, plus the thinking budget. A ``temperature`` above 1 is clamped
    to 1, and ``dropped`` says ``temperature>1``.
    """
    wire, dropped = document(request)
    return Written(encode(wire), dropped)


def document(request: ChatRequest) -> tuple[JsonObject, tuple[str, ...]]:
    """As :func:`write_request`, before it is encoded."""
    dropped: set[str] = set()
    extra = dict(request.extra.get(NAME, {}))
    for dialect, fields in request.extra.items():
        if dialect != NAME:
            dropped.update(f"extra.{field}" for field in fields)
    in_place = extra.pop(SYSTEM_TURNS, None) is True
    system, turns = write_turns(request.messages, dropped, in_place=in_place)
    wire: JsonObject = {"model": request.model}
    _write_limits(request, extra, wire, dropped)
    if system is not None:
        wire["system"] = system
    wire["messages"] = turns
    _write_tools(request, extra.pop("tools", None), wire, dropped)
    _write_sampling(request.sampling, wire, dropped)
    _hold_back(wire, dropped)
    _write_rest(request, extra, wire, dropped)
    return {**extra, **wire}, tuple(sorted(dropped))


def encode(wire: JsonObject) -> bytes:
    """The bytes of a request; raises :class:`~trunkline.core.errors.InvalidInput` for what JSON cannot hold."""
    try:
        return msgspec.json.encode(wire)
    except (RecursionError, UnicodeEncodeError) as error:
        raise InvalidInput.of("", "The request is nested too deeply, or holds half a character.") from error


def _write_limits(request: ChatRequest, extra: JsonObject, wire: JsonObject, dropped: set[str]) -> None:
    limit = request.sampling.max_tokens
    reasoning = request.reasoning
    thinking = None if reasoning is None else write_thinking(reasoning, limit, dropped)
    if limit is None:
        budget = None if thinking is None else thinking.get("budget_tokens")
        limit = DEFAULT_MAX_TOKENS + (budget if isinstance(budget, int) else 0)
    wire["max_tokens"] = limit
    if thinking is not None:
        wire["thinking"] = thinking
    kept = extra.pop("output_config", None)
    config: JsonObject = dict(kept) if isinstance(kept, dict) else {}
    effort = None if reasoning is None else write_effort(reasoning.effort)
    if effort is not None:
        config["effort"] = effort
    wanted = write_format(request.response_format, dropped)
    if wanted is not None:
        config["format"] = wanted
    if config:
        wire["output_config"] = config


def _write_tools(request: ChatRequest, own: JsonValue, wire: JsonObject, dropped: set[str]) -> None:
    tools = write_tools(request.tools, own, request.tool_choice, dropped)
    if tools:
        wire["tools"] = tools
        choice = write_choice(request.tool_choice, request.parallel_tools)
        if choice is not None:
            wire["tool_choice"] = choice
    elif request.tool_choice is not None and request.tool_choice.mode == "required":
        raise Unsupported.of("tool_choice", "It demands a tool, but there are no tools.")


def _write_sampling(sampling: Sampling, wire: JsonObject, dropped: set[str]) -> None:
    if sampling.n is not None and sampling.n > 1:
        raise Unsupported.of("n", "This model gives one answer per call. Ask for one, and call again for more.")
    for name in _NEVER:
        if getattr(sampling, name) is not None:
            dropped.add(name)
    if sampling.temperature is not None:
        if sampling.temperature > 1:
            dropped.add("temperature>1")
        wire["temperature"] = min(sampling.temperature, 1.0)
    if sampling.top_p is not None:
        wire["top_p"] = sampling.top_p
    if sampling.top_k is not None:
        wire["top_k"] = sampling.top_k
    if sampling.stop:
        if not all(stop.strip() for stop in sampling.stop):
            raise Unsupported.of("stop", "This model takes no stop text that is empty or white space alone.")
        wire["stop_sequences"] = list(sampling.stop)


def _hold_back(wire: JsonObject, dropped: set[str]) -> None:
    # https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking#feature-compatibility: a thinking model's
    # sampling is fixed but for top_p, and a request that touches it is refused.
    thinking = wire.get("thinking")
    if not isinstance(thinking, dict) or thinking["type"] not in ("enabled", "adaptive"):
        return
    if wire.get("temperature", 1.0) != 1.0:
        del wire["temperature"]
        dropped.add("temperature")
    if wire.pop("top_k", None) is not None:
        dropped.add("top_k")
    top_p = wire.get("top_p")
    if isinstance(top_p, int | float) and top_p < THINKING_TOP_P:
        del wire["top_p"]
        dropped.add("top_p")


def _write_rest(request: ChatRequest, extra: JsonObject, wire: JsonObject, dropped: set[str]) -> None:
    if any(modality != "text" for modality in request.modalities):
        raise Unsupported.of("modalities", "This model answers with text only.")
    if request.audio is not None:
        dropped.add("audio")
    if request.stream:
        wire["stream"] = True
    kept = extra.pop("metadata", None)
    metadata: JsonObject = dict(kept) if isinstance(kept, dict) else {}
    if request.user is not None:
        metadata["user_id"] = request.user
    if metadata:
        wire["metadata"] = metadata
    if request.metadata is not None:
        dropped.add("metadata")
    if request.service_tier is not None:
        tier = TIERS.get(request.service_tier)
        if tier is None:
            dropped.add("service_tier")
        else:
            wire["service_tier"] = tier
    if request.store:
        dropped.add("store")
