"""Messages and turns.

The wire has turns of ``user`` and ``assistant``, a system prompt beside them (newer models take ``system`` among the
turns too), and puts the results of tools into the user's turn. Turns must alternate. The neutral form has messages of
four roles, each with parts of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trunkline.core.chat import Audio, File, Image, JsonValue, Message, Opaque, Part, Role, Text, ToolResult
from trunkline.core.errors import InvalidInput, Unsupported
from trunkline.dialects.bedrock_converse.block_reading import read_content
from trunkline.dialects.bedrock_converse.block_writing import Blocks
from trunkline.dialects.bedrock_converse.field import NAME, listing, mapping, required, text
from trunkline.dialects.bedrock_converse.seal import takes_thoughts
from trunkline.dialects.field_reader import join

OPENING: Final = "(The conversation begins.)"
"""The user's turn before an assistant's greeting: https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-call.html"""


def read_system(value: JsonValue) -> list[Message]:
    """The system prompt as one message; none for null or an empty list."""
    parts = () if value is None else read_content(value, "system")
    return [Message("system", parts)] if parts else []


def read_turns(value: JsonValue) -> list[Message]:
    """The messages of a request. A user's turn is cut where results of tools begin and end."""
    messages: list[Message] = []
    for index, turn in enumerate(listing(value, "messages")):
        path = f"messages.{index}"
        source = mapping(turn, path)
        role = required(source, "role", path, text)
        if "content" not in source:
            raise InvalidInput.of(join(path, "content"), "is required: a list of content blocks")
        parts = read_content(source["content"], join(path, "content"))
        if role == "user":
            messages.extend(_split(parts))
        elif role == "assistant":
            messages.append(Message("assistant", parts))
        elif role == "system":
            messages.append(Message("system", parts))
        else:
            raise InvalidInput.of(join(path, "role"), "must be user, assistant or system")
    return messages


def write_turns(
    messages: Sequence[Message], dropped: set[str], model: str = ""
) -> tuple[list[JsonValue], list[JsonValue]]:
    """The system prompt and the turns.

    Every system message goes into the system prompt, in order. Neighbours that speak in the same turn become one; a
    message without content is left out. The service demands that the user speaks first ("A conversation must start with
    a user message"): where no user speaks at all, the system prompt becomes the user's words, and before an assistant
    who opens the conversation stands :data:`OPENING`. White space at the end of an answer that the model is to go on
    from goes, as Claude refuses it. Raises InvalidInput where nothing is said at all.
    """
    blocks = Blocks(dropped, thoughts=takes_thoughts(model))
    system: list[JsonValue] = []
    turns: list[tuple[Role, list[JsonValue]]] = []
    for index, message in enumerate(messages):
        if message.name is not None:
            dropped.add("name")
        path = f"messages.{index}"
        written = [block for part in message.parts for block in _blocks(part, message.role, path, blocks)]
        if message.role == "system":
            system.extend(written)
        elif written:
            role: Role = "assistant" if message.role == "assistant" else "user"
            if turns and turns[-1][0] == role:
                turns[-1][1].extend(written)
            else:
                turns.append((role, written))
    if system and not any(role == "user" for role, _ in turns):
        turns.insert(0, ("user", system))
        system = []
    if not turns and messages:
        raise InvalidInput.of("messages", "at least one message with text in it is required")
    if turns and turns[0][0] == "assistant":
        turns.insert(0, ("user", [{"text": OPENING}]))
    if turns and turns[-1][0] == "assistant":
        _trim(turns[-1][1], dropped)
    return system, [{"role": role, "content": content} for role, content in turns]


def _trim(content: list[JsonValue], dropped: set[str]) -> None:
    last = content[-1]
    if isinstance(last, dict) and isinstance(words := last.get("text"), str) and words != words.rstrip():
        content[-1] = {**last, "text": words.rstrip()}
        dropped.add("prefill.white_space")


def _blocks(part: Part, role: Role, path: str, blocks: Blocks) -> list[JsonValue]:
    if role == "system" and not isinstance(part, Text | Opaque):
        raise Unsupported.of(path, "A system prompt holds text only. Move the rest to a user message.")
    if role == "assistant":
        if isinstance(part, Audio) and part.transcript:
            blocks.dropped.add("audio")
            return [{"text": part.transcript}]
        if isinstance(part, Image | File | Audio):
            raise Unsupported.of(path, "This model cannot have sent pictures or files. Move them to a user message.")
        if isinstance(part, Opaque) and part.dialect != NAME:
            # What another vendor's server tools did: the answer that came of it stands beside.
            blocks.dropped.add("opaque")
            return []
    return blocks.write(part, path)


def _split(parts: tuple[Part, ...]) -> list[Message]:
    messages: list[Message] = []
    start = 0
    for end in range(1, len(parts) + 1):
        results = isinstance(parts[start], ToolResult)
        if end == len(parts) or isinstance(parts[end], ToolResult) != results:
            messages.append(Message("tool" if results else "user", parts[start:end]))
            start = end
    return messages
