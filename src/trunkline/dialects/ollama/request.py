"""``/api/chat`` requests. https://github.com/ollama/ollama/blob/main/docs/api.md#generate-a-chat-completion

What only Ollama knows (``keep_alive``, ``truncate``, options such as ``num_ctx``) travels in ``extra``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeVar, cast

import msgspec

from trunkline.core.chat import (
    ChatRequest,
    Effort,
    JsonValue,
    Message,
    ReasoningOptions,
    ResponseFormat,
    Sampling,
    Tool,
    ToolCall,
)
from trunkline.core.errors import InvalidInput, Unsupported
from trunkline.core.number import WHOLE_REMEDY, fits_whole
from trunkline.dialects.dialect import Written
from trunkline.dialects.ollama.call_ids import CallIds
from trunkline.dialects.ollama.message import read_message, write_messages
from trunkline.dialects.ollama.wire import AnswerRequest, Options, WireRequest
from trunkline.dialects.raw_json import BROKEN_JSON

_EFFORTS: Final = frozenset(("minimal", "low", "medium", "high", "xhigh", "max"))
_LEVELS: Final = {"minimal": "low", "low": "low", "medium": "medium", "high": "high", "xhigh": "high", "max": "high"}
_OF_ALL: Final = frozenset({"keep_alive", "think"})

OWN: Final = _OF_ALL | {"num_ctx", "options"}
"""What clients of every dialect may say, though only Ollama knows it."""
_Asked = TypeVar("_Asked", bound=AnswerRequest)
_MISSING: Final = "Object missing required field "
_SHARED: Final = frozenset(name for name in Options.__struct_fields__)


def convert(body: bytes, shape: type[_Asked]) -> tuple[_Asked, dict[str, JsonValue]]:
    """The typed request, and all of its fields as they came. Raises :class:`InvalidInput` with the wire's path."""
    fields = decode(body)
    try:
        return msgspec.convert(fields, shape), fields
    except msgspec.ValidationError as error:
        raise wrong_field(error) from error


def decode(body: bytes) -> dict[str, JsonValue]:
    """The object of a whole body."""
    try:
        fields: JsonValue = msgspec.json.decode(body)
    except BROKEN_JSON as error:
        raise InvalidInput.of("", f"The body is not valid JSON: {error}") from error
    if not isinstance(fields, dict):
        raise InvalidInput.of("", "The body must be a JSON object")
    return {name: value for name, value in fields.items() if value is not None}


def wrong_field(error: msgspec.ValidationError) -> InvalidInput:
    """``Expected `str`, got `int` - at `$.messages[0].content``` with the path as callers write it."""
    message, _, path = str(error).partition(" - at ")
    dotted = path.strip("`").removeprefix("$").replace("[...]", ".*").replace("[", ".").replace("]", "")
    if message.startswith(_MISSING):
        dotted += "." + message.removeprefix(_MISSING).strip("`")
        message = "is required"
    return InvalidInput.of(dotted.removeprefix("."), message.replace("`", ""))


def read_request(body: bytes) -> ChatRequest:
    """Raises :class:`InvalidInput` with the wire's own paths."""
    asked, fields = convert(body, WireRequest)
    ids = CallIds()
    messages = tuple(read_message(message, ids) for message in asked.messages)
    tools = tuple(
        Tool(tool.function.name, tool.function.description, tool.function.parameters) for tool in asked.tools or ()
    )
    return make_request(asked, fields, messages, tools)


def make_request(
    asked: AnswerRequest, fields: dict[str, JsonValue], messages: tuple[Message, ...], tools: tuple[Tool, ...] = ()
) -> ChatRequest:
    """The request, ``fields`` being all that came. Raises :class:`InvalidInput`."""
    if not asked.model:
        raise InvalidInput.of("model", "is required: the name of the model")
    extra: dict[str, JsonValue] = {name: value for name, value in fields.items() if name not in asked.__struct_fields__}
    sampling, options = _read_options(asked, fields.get("options"))
    if options:
        extra["options"] = options
    stream = asked.stream is not False
    return ChatRequest(
        model=asked.model,
        messages=messages,
        tools=tools,
        sampling=sampling,
        response_format=_read_format(asked.format),
        reasoning=_read_think(asked.think),
        stream=stream,
        stream_usage=stream,
        extra={"ollama": extra} if extra else {},
    )


def _read_options(asked: AnswerRequest, raw: JsonValue) -> tuple[Sampling, dict[str, JsonValue]]:
    options = asked.options or Options()
    rest = {name: value for name, value in raw.items() if name not in _SHARED} if isinstance(raw, dict) else {}
    limit = _whole("num_predict", options.num_predict)
    if limit is not None and limit < 0:
        rest["num_predict"] = limit  # without end, or until the context is full
        limit = None
    stop = options.stop or ()
    sampling = Sampling(
        max_tokens=limit,
        temperature=options.temperature,
        top_p=options.top_p,
        top_k=_whole("top_k", options.top_k),
        min_p=options.min_p,
        frequency_penalty=options.frequency_penalty,
        presence_penalty=options.presence_penalty,
        repetition_penalty=options.repeat_penalty,
        seed=_whole("seed", options.seed),
        stop=(stop,) if isinstance(stop, str) else tuple(stop),
        logprobs=asked.logprobs,
        top_logprobs=asked.top_logprobs,
    )
    return sampling, rest


def _whole(name: str, value: float | None) -> int | None:
    if isinstance(value, float) and not value.is_integer():
        raise InvalidInput.of(f"options.{name}", "must be a whole number")
    if value is not None and not fits_whole(value):
        raise InvalidInput.of(f"options.{name}", WHOLE_REMEDY)
    return None if value is None else int(value)


def _read_format(wanted: str | dict[str, JsonValue] | None) -> ResponseFormat | None:
    if wanted is None or wanted == "":
        return None
    if isinstance(wanted, dict):
        return ResponseFormat("json_schema", schema=wanted)
    if wanted == "json":
        return ResponseFormat("json")
    raise InvalidInput.of("format", 'must be "json" or a JSON schema')


def _read_think(think: bool | str | None) -> ReasoningOptions | None:
    if think is None:
        return None
    if isinstance(think, bool):
        return ReasoningOptions(enabled=think)
    if think not in _EFFORTS:
        raise InvalidInput.of("think", 'must be true, false, "low", "medium" or "high"')
    return ReasoningOptions(effort=cast("Effort", think))


def write_request(request: ChatRequest) -> Written:
    """The body. Raises :class:`Unsupported` for several choices, a forced call, and answers other than text."""
    dropped: dict[str, None] = {}
    _refuse(request)
    names = {part.id: part.name for message in request.messages for part in message.parts if isinstance(part, ToolCall)}
    messages: list[JsonValue] = []
    for index, message in enumerate(request.messages):
        messages.extend(write_messages(message, f"messages.{index}", names, dropped))
    out: dict[str, JsonValue] = {"model": request.model, "messages": messages, "stream": request.stream}
    tools = _write_tools(request, dropped)
    if tools:
        out["tools"] = tools
    wanted = request.response_format
    if wanted is not None and wanted.kind != "text":
        out["format"] = "json" if wanted.schema is None else wanted.schema
        if wanted.description is not None:
            dropped["response_format.description"] = None
    extra, others = _gather(request.extra)
    options = _write_options(request.sampling, extra.get("options"), dropped)
    if options:
        out["options"] = options
    if request.reasoning is not None:
        think = _write_think(request.reasoning, dropped)
        if think is not None:
            out["think"] = think
    for name in ("logprobs", "top_logprobs"):
        value = getattr(request.sampling, name)
        if value is not None:
            out[name] = value
    for name in ("user", "service_tier", "metadata", "audio"):
        if getattr(request, name) is not None:
            dropped[name] = None
    if request.store:
        dropped["store"] = None
    if request.parallel_tools is False:
        dropped["parallel_tools"] = None
    for name, value in extra.items():
        out.setdefault(name, value)
    dropped.update({f"extra.{name}": None for name in others})
    return Written(msgspec.json.encode(out), tuple(dropped))


def _gather(
    extra: Mapping[str, Mapping[str, JsonValue]],
) -> tuple[dict[str, JsonValue], list[str]]:
    """The server's own fields, and the names of what is of no use to it.

    Clients of every dialect may say ``options``, ``num_ctx``, ``keep_alive`` and ``think``, as Ollama's own do
    (https://docs.ollama.com/api/chat): without ``num_ctx`` prompts are cut without a word at the server's default.
    """
    own = dict(extra.get("ollama", {}))
    if "num_ctx" in own:
        options = own.get("options")
        own["options"] = {"num_ctx": own.pop("num_ctx"), **(options if isinstance(options, dict) else {})}
    others: list[str] = []
    for dialect, fields in extra.items():
        if dialect == "ollama":
            continue
        for name, value in fields.items():
            options = own.get("options")
            options = options if isinstance(options, dict) else {}
            if name == "num_ctx":
                own["options"] = {**options, name: value}
            elif name == "options" and isinstance(value, dict):
                own["options"] = {**options, **value}
            elif name in _OF_ALL:
                own[name] = value  # what a caller says wins over a configuration, which speaks of Ollama
            else:
                others.append(name)
    return own, others


def _refuse(request: ChatRequest) -> None:
    if (request.sampling.n or 1) > 1:
        raise Unsupported.of("n", "Ollama gives one answer per call; leave it out or send 1")
    if request.tool_choice is not None and request.tool_choice.mode == "required":
        raise Unsupported.of("tool_choice", "Ollama cannot be made to call a tool; use auto or none")
    if any(name != "text" for name in request.modalities):
        raise Unsupported.of("modalities", "Ollama answers with text only")


def _write_tools(request: ChatRequest, dropped: dict[str, None]) -> list[JsonValue]:
    choice = request.tool_choice
    if choice is not None and choice.mode == "none":
        return []
    tools: list[JsonValue] = []
    for tool in request.tools:
        if choice is not None and choice.names and tool.name not in choice.names:
            continue
        if tool.strict:
            dropped["tools.strict"] = None
        if tool.cache is not None:
            dropped["cache"] = None
        for dialect, fields in tool.extra.items():
            dropped.update({f"tools.extra.{name}": None for name in fields if dialect != "ollama"})
        function: dict[str, JsonValue] = {"name": tool.name}
        if tool.description is not None:
            function["description"] = tool.description
        # The server demands parameters.
        function["parameters"] = {"type": "object", "properties": {}} if tool.parameters is None else tool.parameters
        tools.append({"type": "function", "function": function})
    return tools


def _write_options(sampling: Sampling, rest: JsonValue, dropped: dict[str, None]) -> dict[str, JsonValue]:
    said: dict[str, JsonValue] = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "top_k": sampling.top_k,
        "min_p": sampling.min_p,
        "seed": sampling.seed,
        "num_predict": sampling.max_tokens,
        "stop": list(sampling.stop) or None,
        "repeat_penalty": sampling.repetition_penalty,
        "presence_penalty": sampling.presence_penalty,
        "frequency_penalty": sampling.frequency_penalty,
    }
    if sampling.logit_bias is not None:
        dropped["logit_bias"] = None
    out: dict[str, JsonValue] = dict(rest) if isinstance(rest, dict) else {}
    out.update({name: value for name, value in said.items() if value is not None})
    return out


def _write_think(options: ReasoningOptions, dropped: dict[str, None]) -> bool | str | None:
    for name in ("budget_tokens", "summary"):
        if getattr(options, name) is not None:
            dropped[f"reasoning.{name}"] = None
    if options.include is False:
        dropped["reasoning.include"] = None
    if options.enabled is False or options.effort == "none" or options.budget_tokens == 0:
        return False
    if options.effort is not None:
        return _LEVELS[options.effort]
    return True if options.enabled or options.budget_tokens else None
