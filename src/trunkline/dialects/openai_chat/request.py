"""A whole request: https://platform.openai.com/docs/api-reference/chat/create."""

from __future__ import annotations

from typing import Final, cast, get_args

import msgspec

from trunkline.core.chat import (
    AudioOptions,
    ChatRequest,
    Effort,
    JsonValue,
    ReasoningOptions,
    ResponseFormat,
    Sampling,
)
from trunkline.core.errors import Unsupported
from trunkline.dialects.dialect import Written
from trunkline.dialects.fields import Fields
from trunkline.dialects.openai_chat.answer import DIALECT_NAME
from trunkline.dialects.openai_chat.message_writer import MessageWriter
from trunkline.dialects.openai_chat.messages import read_messages
from trunkline.dialects.openai_chat.options import WireOptions
from trunkline.dialects.openai_chat.plain_request import read_plain_request
from trunkline.dialects.openai_chat.tools import (
    is_custom_choice,
    read_tool_choice,
    read_tools,
    write_tool,
    write_tool_choice,
)

_SAMPLING: Final = (
    "temperature", "top_p", "top_k", "min_p", "frequency_penalty", "presence_penalty", "repetition_penalty", "seed",
    "n", "logprobs", "top_logprobs", "logit_bias",
)  # fmt: skip
"""Named alike on the wire and in the neutral form."""

_SAMPLED: Final = frozenset(_SAMPLING) | {"max_tokens", "max_completion_tokens", "stop"}
_REASONED: Final = frozenset({"reasoning", "reasoning_effort", "include_reasoning"})

_KNOWN: Final = frozenset(_SAMPLING) | {
    "model", "messages", "tools", "functions", "tool_choice", "function_call", "parallel_tool_calls", "max_tokens",
    "max_completion_tokens", "stop", "response_format", "reasoning_effort", "reasoning", "include_reasoning",
    "modalities", "audio", "stream", "stream_options", "user", "service_tier", "metadata", "store",
}  # fmt: skip

_UNSAID: Final = Sampling()
_EFFORTS: Final = frozenset(get_args(Effort))


def read_request(body: bytes) -> ChatRequest:
    """A client's request. Raises InvalidInput naming the field. Null counts as absent.

    ``safety_identifier`` stands in for ``user``, which it replaces at OpenAI, and is kept besides.
    """
    return read_plain_request(body) or read_any_request(body)


def read_any_request(body: bytes) -> ChatRequest:
    """As :func:`read_request`, field by field."""
    fields = Fields.of_body(body)
    tools, others = read_tools(fields)
    # An answer to those who declare functions has room for one call.
    functions = bool(fields.objects("functions")) and not fields.objects("tools")
    options = fields.object("stream_options")
    extra = dict(fields.rest(DIALECT_NAME, _KNOWN).get(DIALECT_NAME, {}))
    if others:
        extra["tools"] = others
    if is_custom_choice(fields.value("tool_choice")):
        extra["tool_choice"] = fields.value("tool_choice")
    if options is not None and (
        rest := {key: value for key, value in options.values.items() if key != "include_usage"}
    ):
        extra["stream_options"] = rest
    audio = fields.object("audio")
    return ChatRequest(
        model=fields.model(),
        messages=read_messages(fields),
        tools=tools,
        tool_choice=read_tool_choice(fields),
        parallel_tools=False if functions else fields.flag("parallel_tool_calls"),
        functions=functions,
        sampling=_read_sampling(fields),
        response_format=_read_format(fields),
        reasoning=_read_reasoning(fields),
        modalities=fields.texts("modalities"),
        audio=None if audio is None else AudioOptions(_read_voice(audio), audio.text("format")),
        stream=bool(fields.flag("stream")),
        stream_usage=options is not None and bool(options.flag("include_usage")),
        user=fields.text("user") or fields.text("safety_identifier"),
        service_tier=fields.text("service_tier"),
        metadata=_read_metadata(fields),
        store=fields.flag("store"),
        extra={DIALECT_NAME: extra} if extra else {},
    )


def write_request(request: ChatRequest, options: WireOptions) -> Written:
    """A request for a provider. Raises Unsupported."""
    messages = MessageWriter(options)
    body: dict[str, JsonValue] = {"model": request.model, "messages": messages.write(request.messages)}
    dropped = messages.dropped
    extra = dict(request.extra.get(DIALECT_NAME, {}))
    _write_tools(request, extra, options, dropped, body)
    _write_sampling(request.sampling, options, body)
    if request.response_format is not None:
        body["response_format"] = _write_format(request.response_format)
    if request.reasoning is not None:
        _write_reasoning(request.reasoning, options, dropped, body)
    if request.modalities:
        body["modalities"] = list(request.modalities)
    if request.audio is not None:
        spoken = {"voice": request.audio.voice, "format": request.audio.format}
        body["audio"] = {name: value for name, value in spoken.items() if value is not None}
    more = extra.pop("stream_options", None)
    if request.stream:
        body["stream"] = True
        stream_options: dict[str, JsonValue] = dict(more) if isinstance(more, dict) else {}
        if request.stream_usage:
            stream_options["include_usage"] = True
        if stream_options:
            body["stream_options"] = stream_options
    if request.user is not None and extra.get("safety_identifier") != request.user:
        body["user"] = request.user
    if request.service_tier is not None:
        body["service_tier"] = request.service_tier
    if request.metadata is not None:
        body["metadata"] = dict(request.metadata)
    if request.store is not None:
        body["store"] = request.store
    for name, value in extra.items():
        body.setdefault(name, value)
    dropped.update(f"extra.{name}" for dialect, own in request.extra.items() if dialect != DIALECT_NAME for name in own)
    return Written(msgspec.json.encode(body), tuple(sorted(dropped)))


def _read_sampling(fields: Fields) -> Sampling:
    if fields.lacks(_SAMPLED):
        return _UNSAID
    limit = fields.integer("max_completion_tokens")
    stop = fields.value("stop")
    bias = fields.object("logit_bias")
    return Sampling(
        max_tokens=fields.integer("max_tokens") if limit is None else limit,
        temperature=fields.number("temperature"),
        top_p=fields.number("top_p"),
        top_k=fields.integer("top_k"),
        min_p=fields.number("min_p"),
        frequency_penalty=fields.number("frequency_penalty"),
        presence_penalty=fields.number("presence_penalty"),
        repetition_penalty=fields.number("repetition_penalty"),
        seed=fields.integer("seed"),
        stop=(stop,) if isinstance(stop, str) else fields.texts("stop"),
        n=fields.integer("n"),
        logprobs=fields.flag("logprobs"),
        top_logprobs=fields.integer("top_logprobs"),
        logit_bias=None if bias is None else {token: bias.number(token) or 0 for token in bias.values},
    )


def _write_sampling(sampling: Sampling, options: WireOptions, body: dict[str, JsonValue]) -> None:
    if sampling.max_tokens is not None:
        body[options.max_tokens_field] = sampling.max_tokens
    if sampling.stop:
        body["stop"] = list(sampling.stop)
    for name in _SAMPLING:
        value = cast("JsonValue", getattr(sampling, name))
        if value is not None:
            body[name] = value


def _read_format(fields: Fields) -> ResponseFormat | None:
    wire = fields.object("response_format")
    if wire is None:
        return None
    match wire.needed("type"):
        case "text":
            return ResponseFormat("text")
        case "json_object":
            return ResponseFormat("json")
        case "json_schema":
            inner = wire.object("json_schema")
            if inner is None:
                raise wire.wrong("json_schema", "is required, as an object with name and schema")
            schema = inner.object("schema")
            return ResponseFormat(
                "json_schema",
                inner.text("name"),
                inner.text("description"),
                None if schema is None else schema.values,
                inner.flag("strict"),
            )
        case _:
            raise wire.wrong("type", "must be text, json_object or json_schema")


def _write_format(wanted: ResponseFormat) -> JsonValue:
    if wanted.kind != "json_schema":
        return {"type": "json_object" if wanted.kind == "json" else "text"}
    inner: dict[str, JsonValue] = {"name": wanted.name or "response"}
    if wanted.description is not None:
        inner["description"] = wanted.description
    if wanted.schema is not None:
        inner["schema"] = wanted.schema
    if wanted.strict is not None:
        inner["strict"] = wanted.strict
    return {"type": "json_schema", "json_schema": inner}


def _read_reasoning(fields: Fields) -> ReasoningOptions | None:
    """``reasoning_effort``, OpenRouter's ``reasoning`` object, and its older ``include_reasoning``."""
    if fields.lacks(_REASONED):
        return None
    wire = fields.object("reasoning") or Fields({}, "reasoning")
    effort = _read_effort(fields, "reasoning_effort") or _read_effort(wire, "effort")
    hidden = wire.flag("exclude")
    options = ReasoningOptions(
        wire.flag("enabled"),
        effort,
        wire.integer("max_tokens"),
        wire.text("summary"),
        fields.flag("include_reasoning") if hidden is None else not hidden,
    )
    return None if options == ReasoningOptions() else options


def _read_effort(fields: Fields, name: str) -> Effort | None:
    effort = fields.text(name)
    if effort is not None and effort not in _EFFORTS:
        raise fields.wrong(name, "must be none, minimal, low, medium, high, xhigh or max")
    return cast("Effort | None", effort)


def _write_reasoning(
    wanted: ReasoningOptions, options: WireOptions, dropped: set[str], body: dict[str, JsonValue]
) -> None:
    if options.reasoning_field == "reasoning":
        wire: dict[str, JsonValue] = {}
        if wanted.enabled is not None:
            wire["enabled"] = wanted.enabled
        if wanted.budget_tokens is not None:  # OpenRouter takes one of the two
            wire["max_tokens"] = wanted.budget_tokens
        elif wanted.effort is not None:
            wire["effort"] = wanted.effort
        if wanted.summary is not None:
            wire["summary"] = wanted.summary
        if wanted.include is not None:
            wire["exclude"] = not wanted.include
        body["reasoning"] = wire
        return
    effort = "none" if wanted.enabled is False else wanted.effort
    if wanted.budget_tokens is not None:
        dropped.add("reasoning.budget_tokens")
        effort = effort or effort_for(wanted.budget_tokens)
    if options.reasoning_field == "thinking":
        if effort == "none" or wanted.enabled:
            body["thinking"] = {"type": "disabled" if effort == "none" else "enabled"}
        effort = None if effort == "none" else effort
    elif wanted.enabled and effort is None:
        effort = "medium"
    if effort is not None:
        body["reasoning_effort"] = effort
    dropped.update(f"reasoning.{name}" for name in ("summary", "include") if getattr(wanted, name) is not None)


def effort_for(budget: int) -> Effort:
    """The effort that comes nearest to a budget of thinking tokens (ours; no vendor publishes the relation)."""
    if budget <= 0:
        return "none"
    return "low" if budget <= 2_048 else "medium" if budget <= 8_192 else "high"


def _read_voice(audio: Fields) -> str | None:
    """A name, or OpenAI's object with the id of a voice of one's own."""
    voice = audio.value("voice")
    return Fields.of(voice, audio.at("voice")).needed("id") if isinstance(voice, dict) else audio.text("voice")


def _read_metadata(fields: Fields) -> dict[str, str] | None:
    metadata = fields.object("metadata")
    return None if metadata is None else {name: metadata.needed(name) for name in metadata.values}


def _write_tools(
    request: ChatRequest,
    extra: dict[str, JsonValue],
    options: WireOptions,
    dropped: set[str],
    body: dict[str, JsonValue],
) -> None:
    if any(tool.cache is not None for tool in request.tools) and not options.cache_hints:
        dropped.add("cache")
    tools: list[JsonValue] = [write_tool(tool, cache_hints=options.cache_hints) for tool in request.tools]
    others = extra.pop("tools", None)
    if isinstance(others, list):
        tools.extend(others)
    if tools:
        body["tools"] = tools
    choice = request.tool_choice
    if choice is not None:
        if choice.mode == "required" and not tools:
            raise Unsupported.of("tool_choice", "a tool is required but none is given")
        body["tool_choice"] = write_tool_choice(choice)
    if request.parallel_tools is not None and tools:
        body["parallel_tool_calls"] = request.parallel_tools
