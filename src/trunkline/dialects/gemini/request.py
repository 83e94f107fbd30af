"""``generateContent`` requests. https://ai.google.dev/api/generate-content#request-body

The model and whether to stream stand in the URL, not in the body: reading leaves ``model`` empty unless the body names
one, and the caller fills both in.
"""

from __future__ import annotations

import msgspec

from trunkline.core.chat import ChatRequest, JsonValue, Message, Part, Reasoning, Role, Text, ToolCall, ToolResult
from trunkline.core.errors import InvalidInput
from trunkline.dialects.dialect import Written
from trunkline.dialects.gemini.call_ids import CallIds
from trunkline.dialects.gemini.fields import Fields, decode
from trunkline.dialects.gemini.generation import Generation, read_generation, write_generation
from trunkline.dialects.gemini.missing_signature import sign_calls, wants_signatures
from trunkline.dialects.gemini.part import read_part, write_part
from trunkline.dialects.gemini.seal import gather
from trunkline.dialects.gemini.tools import read_choice, read_tools, write_choice, write_tools

_TIERS = {"flex": "flex", "standard": "standard", "priority": "priority", "default": "standard"}


def read_request(body: bytes) -> ChatRequest:
    """Raises :class:`InvalidInput` with the wire's own paths."""
    return read_fields(Fields(decode(body)))


def read_fields(fields: Fields) -> ChatRequest:
    """A request that is part of a larger body."""
    extra: dict[str, JsonValue] = {}
    model = (fields.text("model") or "").removeprefix("models/")
    messages = _read_messages(fields)
    tools, others = read_tools(fields.array("tools"))
    if others:
        extra["tools"] = others
    choice = None
    tool_config = fields.fields("toolConfig")
    if tool_config is not None:
        choice, left = read_choice(tool_config)
        if left:
            extra["toolConfig"] = left
    config = fields.fields("generationConfig")
    generation = Generation() if config is None else read_generation(config)
    if generation.rest:
        extra["generationConfig"] = generation.rest
    tier = (fields.text("serviceTier") or "unspecified").lower()
    store = fields.flag("store")
    extra.update(fields.rest())
    return ChatRequest(
        model=model,
        messages=messages,
        tools=tools,
        tool_choice=choice,
        sampling=generation.sampling,
        response_format=generation.response_format,
        reasoning=generation.reasoning,
        modalities=generation.modalities,
        audio=generation.audio,
        service_tier=None if tier == "unspecified" else tier,
        store=store,
        extra={"gemini": extra} if extra else {},
    )


def _read_messages(fields: Fields) -> tuple[Message, ...]:
    ids = CallIds()
    messages: list[Message] = []
    instruction = fields.take("systemInstruction")
    if instruction is not None:
        parts = _read_parts(Fields(instruction, "systemInstruction"), ids)
        if parts:
            messages.append(Message("system", tuple(parts)))
    contents = fields.take("contents")
    if contents is None:
        raise InvalidInput.of(fields.at("contents"), "is required: a list of turns, each with role and parts")
    turns = contents if isinstance(contents, list) else [contents]  # the API takes a lone turn as well
    for index, value in enumerate(turns):
        content = Fields(value, f"{fields.at('contents')}.{index}")
        role = content.text("role") or "user"
        if role not in ("user", "model", "function"):
            raise InvalidInput.of(content.at("role"), "must be user or model; system text goes to systemInstruction")
        parts = _read_parts(content, ids)
        if role == "model" and messages and messages[-1].role == "assistant":
            messages[-1] = Message("assistant", _join(messages[-1].parts, parts))
        elif role == "model":
            messages.append(Message("assistant", tuple(parts)))
        else:
            messages.extend(_split(parts))
    return tuple(messages)


def _join(before: tuple[Part, ...], parts: list[Part]) -> tuple[Part, ...]:
    """One turn of two that follow each other. The SDK's chats keep each piece of a stream as a turn of its own
    (https://github.com/googleapis/python-genai, ``chats.py``), so what was one text becomes one again."""
    last = before[-1] if before else None
    first = parts[0] if parts else None
    if isinstance(last, Text) and isinstance(first, Text) and last.signature is None and first.signature is None:
        return (*before[:-1], Text(last.text + first.text), *parts[1:])
    if isinstance(first, Reasoning):
        # The signature of a thought came last, and is that of all its pieces.
        kept = list(before)
        if isinstance(last, Reasoning) and all(_is_plain(piece) for piece in (last, first)):
            kept[-1] = msgspec.structs.replace(last, text=(last.text or "") + (first.text or ""))
            return (*kept, *parts[1:])
        thought = gather(kept, first)
        return (*kept, thought, *parts[1:])
    return (*before, *parts)


def _is_plain(thought: Reasoning) -> bool:
    return thought.text is not None and thought.signature is None and thought.redacted is None


def _read_parts(content: Fields, ids: CallIds) -> list[Part]:
    values = content.take("parts")
    if isinstance(values, dict):
        values = [values]
    if values is not None and not isinstance(values, list):
        raise InvalidInput.of(content.at("parts"), "must be a list of parts")
    where = content.at("parts")
    parts: list[Part] = []
    for index, value in enumerate(values or ()):
        part = read_part(value, f"{where}.{index}", ids)
        if isinstance(part, Reasoning):
            part = gather(parts, part)
        if part is not None:
            parts.append(part)
    return parts


def _split(parts: list[Part]) -> list[Message]:
    """A user's turn, with the results of tools as messages of their own."""
    messages: list[Message] = []
    run: list[Part] = []
    role: Role = "user"
    for part in parts:
        wanted: Role = "tool" if isinstance(part, ToolResult) else "user"
        if run and wanted != role:
            messages.append(Message(role, tuple(run)))
            run = []
        role = wanted
        run.append(part)
    messages.append(Message(role, tuple(run)))
    return messages


def write_request(request: ChatRequest) -> Written:
    """The body, without model and stream. Every system message goes to ``systemInstruction``, the one place for it."""
    body, dropped = write_fields(request)
    return Written(msgspec.json.encode(body), tuple(dropped))


def write_fields(request: ChatRequest) -> tuple[dict[str, JsonValue], dict[str, None]]:
    """The body as an object, and what was left out."""
    dropped: dict[str, None] = {}
    extra = request.extra.get("gemini", {})
    system, contents = _write_messages(request.messages, dropped, wants_signatures(request.model))
    out: dict[str, JsonValue] = {}
    if system and not any(isinstance(turn, dict) and turn["role"] == "user" for turn in contents):
        # The API demands a turn of the user.
        contents.insert(0, {"role": "user", "parts": system})
    elif system:
        out["systemInstruction"] = {"parts": system}
    if request.messages and not contents:
        raise InvalidInput.of("messages", "at least one message with text in it is required")
    out["contents"] = contents
    tools = write_tools(request.tools, extra.get("tools"), dropped)
    if tools:
        out["tools"] = tools
    choice = write_choice(request.tool_choice, extra.get("toolConfig"))
    if choice:
        out["toolConfig"] = choice
    generation = write_generation(request, extra.get("generationConfig"), dropped)
    if generation:
        out["generationConfig"] = generation
    if request.service_tier is not None:
        tier = _TIERS.get(request.service_tier)
        if tier is None:
            dropped["service_tier"] = None
        else:
            out["serviceTier"] = tier
    if request.store is not None:
        out["store"] = request.store
    if request.parallel_tools is False:
        dropped["parallel_tools"] = None
    if request.user is not None:
        dropped["user"] = None
    if request.metadata is not None:
        dropped["metadata"] = None
    for name, value in extra.items():
        out.setdefault(name, value)
    for dialect, fields in request.extra.items():
        if dialect != "gemini":
            dropped.update({f"extra.{name}": None for name in fields})
    return out, dropped


def _write_messages(
    messages: tuple[Message, ...], dropped: dict[str, None], signed: bool
) -> tuple[list[JsonValue], list[JsonValue]]:
    """The system prompt and the turns; with ``signed`` every turn with calls has a signature on one of them."""
    names = {part.id: part.name for message in messages for part in message.parts if isinstance(part, ToolCall)}
    system: list[JsonValue] = []
    contents: list[JsonValue] = []
    results: list[JsonValue] | None = None
    for index, message in enumerate(messages):
        if message.name is not None:
            dropped["name"] = None
        parts: list[JsonValue] = []
        for place, part in enumerate(message.parts):
            if getattr(part, "cache", None) is not None:
                dropped["cache"] = None
            written = write_part(part, message, f"messages.{index}.parts.{place}", names, dropped)
            if written is not None:
                parts.append(written)
        if message.role == "tool" and results is not None:
            # Results of parallel calls must come in one turn.
            results.extend(parts)
            continue
        results = None
        if message.role == "system":
            system.extend(parts)
        elif parts:
            if signed and message.role == "assistant":
                sign_calls(parts)
            contents.append({"role": "model" if message.role == "assistant" else "user", "parts": parts})
            results = parts if message.role == "tool" else None
    return system, contents
