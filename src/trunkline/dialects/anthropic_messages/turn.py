"""Messages and turns.

The wire has turns of ``user`` and ``assistant``, a system prompt beside them, and puts the results of tools into the
user's turn, where they must come first (https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/implement-tool-use).
The neutral form has messages of four roles, each with parts of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trunkline.core.chat import File, Image, JsonObject, JsonValue, Message, Opaque, Part, Text, ToolResult
from trunkline.core.errors import InvalidInput, Unsupported
from trunkline.dialects.anthropic_messages.block_reading import NAME, read_content
from trunkline.dialects.anthropic_messages.block_writing import is_plain, write_block
from trunkline.dialects.anthropic_messages.field import listing, mapping, required, text
from trunkline.dialects.field_reader import join

OPENING: Final = "(The conversation begins.)"
"""The user's turn before an assistant's greeting: the first is the user's
(https://platform.claude.com/docs/en/api/messages)."""

PREFILL_SPACE: Final = "prefill.white_space"
"""What is left out of an answer that the model is to go on from, as callers are told."""


def read_system(value: JsonValue) -> list[Message]:
    """The system prompt: a text, or a list of text blocks, as one message; none for null or an empty list."""
    if value is None:
        return []
    parts = read_content(value, "system")
    return [Message("system", parts)] if parts else []


def read_turns(value: JsonValue) -> list[Message]:
    """The messages of a request. A user's turn is cut where results of tools begin and end."""
    turns = listing(value, "messages")
    if not turns:
        raise InvalidInput.of("messages", "at least one message is required")
    messages: list[Message] = []
    for index, turn in enumerate(turns):
        path = f"messages.{index}"
        source = mapping(turn, path)
        role = required(source, "role", path, text)
        if "content" not in source:
            raise InvalidInput.of(join(path, "content"), "Field required")
        parts = read_content(source["content"], join(path, "content"))
        if role == "user":
            messages.extend(_split(parts))
        elif role == "assistant":
            messages.append(Message("assistant", parts))
        elif role == "system":
            messages.append(Message("system", parts))
        else:
            raise InvalidInput.of(join(path, "role"), "Input should be 'user', 'assistant' or 'system'")
    return messages


def write_turns(
    messages: Sequence[Message], dropped: set[str], *, in_place: bool = False
) -> tuple[JsonValue, list[JsonValue]]:
    """The system prompt (None without one) and the turns.

    Every system message goes into the system prompt, in order, since not all models on this wire take another in the
    middle; with ``in_place`` only those before the first turn, for a client of this wire that knows that its model
    does. Neighbours that speak in the same turn become one; a message without content is left out. A conversation in
    which no user speaks is what the system prompt says, said by the user, as the vendor demands a turn; before a
    greeting of the assistant the user says :data:`OPENING`. White space at the end of an answer that the model is to go
    on from goes, as it is refused ("final assistant content cannot end with trailing whitespace"). Raises InvalidInput
    where nothing is said at all.
    """
    plain = _write_plain(messages)
    if plain is not None:
        return plain
    system: list[Part] = []
    prompt: list[JsonValue] = []
    said: list[tuple[str, list[Part], list[JsonValue]]] = []
    for place, (role, group) in enumerate(_group(messages, in_place=in_place)):
        parts: list[Part] = []
        blocks: list[JsonValue] = []
        for index, message in group:
            if message.name is not None:
                dropped.add("name")
            for part in message.parts:
                path = f"messages.{index}"
                block = _block(part, role, path, dropped)
                if block is not None:
                    parts.append(part)
                    blocks.append(block)
        if place == 0:
            system, prompt = parts, blocks
        elif blocks:
            said.append((role, parts, blocks))
    if prompt and not any(role == "user" for role, _, _ in said):
        said.insert(0, ("user", system, prompt))
        prompt = []
    if messages and not said:
        raise InvalidInput.of("messages", "at least one message with text in it is required")
    turns: list[JsonValue] = [{"role": role, "content": _content(parts, blocks)} for role, parts, blocks in said]
    if said and said[0][0] == "assistant":
        turns.insert(0, {"role": "user", "content": OPENING})
    if turns and trim_prefill(turns):
        dropped.add(PREFILL_SPACE)
    return _content(system, prompt) if prompt else None, turns


def _write_plain(messages: Sequence[Message]) -> tuple[JsonValue, list[JsonValue]] | None:
    """The same for a talk of single texts, of which a user has the last and at most the first is the system's.

    None for any other. Most are such, and need none of the care of the rest.
    """
    prompt: JsonValue = None
    turns: list[JsonValue] = []
    role = ""
    for message in messages:
        if message.role in (role, "tool") or message.name is not None or len(message.parts) != 1:
            return None
        part = message.parts[0]
        if not isinstance(part, Text) or not is_plain(part) or not part.text or part.text.isspace():
            return None
        if message.role == "system":
            if role:
                return None
            prompt = part.text
        elif not turns and message.role == "assistant":
            return None
        else:
            turns.append({"role": message.role, "content": part.text})
        role = message.role
    return (prompt, turns) if role == "user" else None


def trim_prefill(turns: list[JsonValue]) -> bool:
    """Takes the white space from the end of a last turn of the assistant. Whether there was any."""
    last = turns[-1]
    if not isinstance(last, dict) or last.get("role") != "assistant":
        return False
    content = last.get("content")
    holder, name = last, "content"
    if isinstance(content, list) and content:
        block = content[-1]
        if not isinstance(block, dict) or block.get("type") != "text":
            return False
        holder, name = block, "text"
    value = holder.get(name)
    if not isinstance(value, str) or value == value.rstrip():
        return False
    holder[name] = value.rstrip()
    return True


def _block(part: Part, role: str, path: str, dropped: set[str]) -> JsonObject | None:
    if role == "system" and not isinstance(part, Text):
        raise Unsupported.of(path, "A system prompt holds text only. Move the rest to a user message.")
    if role == "assistant":
        if isinstance(part, Image | File):
            raise Unsupported.of(path, "This model cannot have sent pictures or files. Move them to a user message.")
        if isinstance(part, Opaque) and part.dialect != NAME:
            # What another vendor's server tools did: the answer that came of it stands beside.
            dropped.add("opaque")
            return None
    return write_block(part, path, dropped)


def _content(parts: list[Part], blocks: list[JsonValue]) -> JsonValue:
    if len(parts) == 1 and is_plain(parts[0]) and isinstance(parts[0], Text):
        return parts[0].text
    return sorted(blocks, key=_after_results)


def _after_results(block: JsonValue) -> bool:
    return not (isinstance(block, dict) and block.get("type") == "tool_result")


def _group(messages: Sequence[Message], *, in_place: bool) -> list[tuple[str, list[tuple[int, Message]]]]:
    """The system prompt, then the turns; each message with its place in the request."""
    prompt: list[tuple[int, Message]] = []
    groups: list[tuple[str, list[tuple[int, Message]]]] = [("system", prompt)]
    for index, message in enumerate(messages):
        if message.role == "system" and (not in_place or len(groups) == 1):
            prompt.append((index, message))
            continue
        role = "user" if message.role == "tool" else message.role
        if groups[-1][0] == role:
            groups[-1][1].append((index, message))
        else:
            groups.append((role, [(index, message)]))
    return groups


def _split(parts: tuple[Part, ...]) -> list[Message]:
    messages: list[Message] = []
    start = 0
    for end in range(1, len(parts) + 1):
        results = isinstance(parts[start], ToolResult)
        if end == len(parts) or isinstance(parts[end], ToolResult) != results:
            messages.append(Message("tool" if results else "user", parts[start:end]))
            start = end
    return messages
