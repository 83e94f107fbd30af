"""A whole request: https://platform.openai.com/docs/api-reference/responses/create."""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import ChatRequest, JsonValue, Message, Sampling, Text
from trunkline.core.errors import Unsupported
from trunkline.dialects.dialect import Written
from trunkline.dialects.fields import Fields
from trunkline.dialects.openai_responses.citation import NAME
from trunkline.dialects.openai_responses.item_reading import read_items
from trunkline.dialects.openai_responses.item_writing import ItemWriter
from trunkline.dialects.openai_responses.options import (
    ENCRYPTED,
    read_format,
    read_reasoning,
    thinks,
    write_format,
    write_reasoning,
)
from trunkline.dialects.openai_responses.tools import (
    is_foreign_choice,
    read_tool_choice,
    read_tools,
    write_tool,
    write_tool_choice,
)

BINDING: Final = frozenset(
    {"background", "context_management", "conversation", "previous_response_id", "prompt", "tool_choice", "tools"}
)
"""The names in ``extra["openai_responses"]`` without which another dialect would give another answer."""

LOGPROBS: Final = "message.output_text.logprobs"
"""What ``include`` says to get log probabilities."""

_KNOWN: Final = frozenset(
    {
        "model", "input", "instructions", "tools", "tool_choice", "parallel_tool_calls", "text", "reasoning", "include",
        "max_output_tokens", "temperature", "top_p", "top_logprobs", "metadata", "user", "service_tier", "store",
        "stream", "messages",
    }
)  # fmt: skip

_STATE: Final = ("previous_response_id", "conversation", "prompt")
"""What may stand in for ``input``."""

_UNSAID: Final = (
    "top_k", "min_p", "frequency_penalty", "presence_penalty", "repetition_penalty", "seed", "logit_bias",
)  # fmt: skip
"""The sampling that this wire has no words for."""


def read_request(body: bytes) -> ChatRequest:
    """A client's request. Raises InvalidInput naming the field. Null counts as absent.

    ``instructions`` become the first message, of role system. ``safety_identifier`` stands in for ``user``, which it
    replaces at OpenAI, and is kept besides. A stream always tells usage on this wire.
    """
    fields = Fields.of_body(body)
    messages = read_items(fields)
    if not messages and all(fields.value(name) is None for name in _STATE):
        raise fields.wrong("input", "is required, as a string or an array with at least one item")
    if instructions := fields.text("instructions"):
        messages.insert(0, Message("system", (Text(instructions),)))
    tools, others = read_tools(fields)
    wanted, more_text = read_format(fields)
    reasoning, more_reasoning = read_reasoning(fields)
    include = list(fields.texts("include"))
    logprobs = LOGPROBS in include
    stream = bool(fields.flag("stream"))
    extra = dict(fields.rest(NAME, _KNOWN).get(NAME, {}))
    if others:
        extra["tools"] = others
    if is_foreign_choice(fields.value("tool_choice")):
        extra["tool_choice"] = fields.value("tool_choice")
    if more_text:
        extra["text"] = more_text
    if more_reasoning:
        extra["reasoning"] = more_reasoning
    known = {LOGPROBS, ENCRYPTED} if thinks(reasoning) else {LOGPROBS}
    if rest := [name for name in include if name not in known]:
        extra["include"] = list[JsonValue](rest)
    return ChatRequest(
        model=fields.model(),
        messages=tuple(messages),
        tools=tools,
        tool_choice=read_tool_choice(fields),
        parallel_tools=fields.flag("parallel_tool_calls"),
        sampling=Sampling(
            max_tokens=fields.integer("max_output_tokens"),
            temperature=fields.number("temperature"),
            top_p=fields.number("top_p"),
            logprobs=True if logprobs else None,
            top_logprobs=fields.integer("top_logprobs"),
        ),
        response_format=wanted,
        reasoning=reasoning,
        stream=stream,
        stream_usage=stream,
        user=fields.text("user") or fields.text("safety_identifier"),
        service_tier=fields.text("service_tier"),
        metadata=_read_metadata(fields),
        store=fields.flag("store"),
        extra={NAME: extra} if extra else {},
    )


def write_request(request: ChatRequest) -> Written:
    """A request for a provider. Raises Unsupported.

    A system message that comes first and is one text is written as ``instructions``. Where thoughts are asked for,
    they are asked for sealed, so that whoever keeps the conversation can send them back.
    """
    items = ItemWriter()
    dropped = items.dropped
    body: dict[str, JsonValue] = {"model": request.model}
    instructions = read_instructions(request)
    if instructions is not None:
        body["instructions"] = instructions
    for place, message in enumerate(request.messages):
        if place or instructions is None:
            items.write(message, place)
    extra = dict(request.extra.get(NAME, {}))
    if items.items or not any(name in extra for name in _STATE):
        body["input"] = items.items
    write_options(request, extra, dropped, body)
    _check_sampling(request, dropped)
    include = _write_include(request, extra.pop("include", None))
    if include:
        body["include"] = include
    options = extra.pop("stream_options", None)
    if request.stream:
        body["stream"] = True
        if options is not None:
            body["stream_options"] = options
    needs_tool = request.tool_choice is not None and request.tool_choice.mode == "required"
    if needs_tool and "tools" not in body and "prompt" not in extra:
        raise Unsupported.of("tool_choice", "a tool is required but none is given")
    if request.store is not None:
        body["store"] = request.store
    for name, value in extra.items():
        body.setdefault(name, value)
    dropped.update(f"extra.{name}" for dialect, own in request.extra.items() if dialect != NAME for name in own)
    try:
        return Written(msgspec.json.encode(body), tuple(sorted(dropped)))
    except RecursionError:
        raise Unsupported.of("", "The request is nested too deeply.") from None


def read_instructions(request: ChatRequest) -> str | None:
    """The text of the first message if it is the system's, is one text, and leaves some input; else None."""
    first = request.messages[0] if request.messages else None
    if len(request.messages) == 1 and not any(name in request.extra.get(NAME, {}) for name in _STATE):
        return None
    if first is None or first.role != "system" or first.name is not None or len(first.parts) != 1:
        return None
    part = first.parts[0]
    return part.text if isinstance(part, Text) and part == Text(part.text) and part.text else None


def write_options(
    request: ChatRequest, extra: dict[str, JsonValue], dropped: set[str], body: dict[str, JsonValue]
) -> None:
    """The fields of ``request`` that an answer echoes. Takes those that ``extra`` completes out of it."""
    tools: list[JsonValue] = [write_tool(tool) for tool in request.tools]
    if any(tool.cache is not None for tool in request.tools):
        dropped.add("cache")
    dropped.update(
        f"tool.{name}" for tool in request.tools for dialect in tool.extra if dialect != NAME
        for name in tool.extra[dialect]
    )  # fmt: skip
    others = extra.pop("tools", None)
    if isinstance(others, list):
        tools.extend(others)
    if tools:
        body["tools"] = tools
    if request.tool_choice is not None:
        body["tool_choice"] = write_tool_choice(request.tool_choice)
    if request.parallel_tools is not None and tools:
        body["parallel_tool_calls"] = request.parallel_tools
    sampling = request.sampling
    plain: dict[str, JsonValue] = {
        "max_output_tokens": sampling.max_tokens,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "top_logprobs": sampling.top_logprobs,
        "service_tier": request.service_tier,
    }
    body.update({name: value for name, value in plain.items() if value is not None})
    text = _object(extra.pop("text", None))
    if request.response_format is not None:
        text["format"] = write_format(request.response_format)
    if text:
        body["text"] = text
    reasoning = _object(extra.pop("reasoning", None))
    if request.reasoning is not None:
        reasoning.update(write_reasoning(request.reasoning, dropped))
    if reasoning:
        body["reasoning"] = reasoning
    if request.user is not None and extra.get("safety_identifier") != request.user:
        body["user"] = request.user
    if request.metadata is not None:
        body["metadata"] = dict(request.metadata)


def _check_sampling(request: ChatRequest, dropped: set[str]) -> None:
    sampling = request.sampling
    if sampling.n is not None and sampling.n > 1:
        raise Unsupported.of("n", "This API gives one answer per call. Ask for one, and call again for more.")
    if sampling.stop:
        raise Unsupported.of("stop", "This API takes no stop texts. Leave them out, or use another model.")
    dropped.update(name for name in _UNSAID if getattr(sampling, name) is not None)
    if any(modality != "text" for modality in request.modalities):
        raise Unsupported.of("modalities", "This API answers with text only.")
    if request.audio is not None:
        dropped.add("audio")


def _write_include(request: ChatRequest, others: JsonValue) -> list[JsonValue]:
    include = list(others) if isinstance(others, list) else []
    if request.sampling.logprobs:
        include.append(LOGPROBS)
    if thinks(request.reasoning) and ENCRYPTED not in include:
        include.append(ENCRYPTED)
    return include


def _object(value: JsonValue) -> dict[str, JsonValue]:
    return dict(value) if isinstance(value, dict) else {}


def _read_metadata(fields: Fields) -> dict[str, str] | None:
    metadata = fields.object("metadata")
    return None if metadata is None else {name: metadata.needed(name) for name in metadata.values}
