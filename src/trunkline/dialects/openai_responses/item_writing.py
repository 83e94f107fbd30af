"""Writes messages as the items of ``input`` for a provider."""

from __future__ import annotations

from trunkline.core.chat import (
    Audio,
    Image,
    JsonValue,
    Message,
    Opaque,
    Reasoning,
    Refusal,
    Text,
    ToolCall,
    ToolResult,
)
from trunkline.core.errors import Unsupported
from trunkline.dialects.openai_responses.citation import NAME
from trunkline.dialects.openai_responses.content import is_content, write_image, write_part, write_said
from trunkline.dialects.openai_responses.seal import belongs_to, is_taken_back, write_thoughts


class ItemWriter:
    """Gathers ``items``, and in ``dropped`` what had to be left out and was harmless."""

    def __init__(self) -> None:
        self.items: list[JsonValue] = []
        self.dropped: set[str] = set()

    def write(self, message: Message, place: int) -> None:
        """The message that stood at ``place``. Raises Unsupported."""
        if message.name is not None:
            self.dropped.add("name")
        if message.role == "assistant":
            self._turn(message, place)
        elif message.role == "tool":
            for number, part in enumerate(message.parts):
                path = f"messages.{place}.parts.{number}"
                if not isinstance(part, ToolResult):
                    raise Unsupported.of(path, "a message of role tool may hold results of tools only")
                self.items.append(self._result(part, path))
        else:
            self._said(message, place)

    def _said(self, message: Message, place: int) -> None:
        """What a user or the system says. An item that only this dialect knows parts the message in two."""
        content: list[JsonValue] = []
        whole = True
        for number, part in enumerate(message.parts):
            if isinstance(part, Opaque) and part.dialect == NAME and not is_content(part.value):
                if content:
                    self.items.append({"role": message.role, "content": _shorten(content)})
                    content = []
                self.items.append(part.value)
                whole = False
            else:
                content.append(write_part(part, f"messages.{place}.parts.{number}", self.dropped))
        if content or whole:
            self.items.append({"role": message.role, "content": _shorten(content)})

    def _turn(self, message: Message, place: int) -> None:
        """What the model did. Pictures that it made elsewhere are shown to it as the user's."""
        said: list[Text | Refusal] = []
        thoughts: list[Reasoning] = []
        for number, part in enumerate(message.parts):
            if thoughts and not (isinstance(part, Reasoning) and belongs_to(part, thoughts)):
                self._think(thoughts)
            if said and not isinstance(part, Text | Refusal):
                self._speak(said)
            match part:
                case Text() | Refusal():
                    said.append(part)
                case Reasoning():
                    thoughts.append(part)
                case ToolCall():
                    self._call(part)
                case Opaque():
                    if part.dialect == NAME:
                        self.items.append(part.value)
                    else:
                        self.dropped.add("opaque")  # a model's own server tools: its text says what they found
                case Image():
                    self._picture(part)
                case Audio() if part.transcript:
                    self.dropped.add("audio")
                    said.append(Text(part.transcript))
                case _:
                    path, kind = f"messages.{place}.parts.{number}", type(part).__name__.lower()
                    raise Unsupported.of(path, f"a part of kind {kind} cannot be sent to this provider here")
        if thoughts:
            self._think(thoughts)
        if said:
            self._speak(said)

    def _think(self, thoughts: list[Reasoning]) -> None:
        if is_taken_back(thoughts):
            item = write_thoughts(thoughts, thoughts[0].id or "")
            if not item["id"]:
                del item["id"]
            self.items.append(item)
        else:
            self.dropped.add("reasoning")
        thoughts.clear()

    def _speak(self, said: list[Text | Refusal]) -> None:
        content = [write_said(part, self.dropped) for part in said]
        first = said[0]
        if len(said) == 1 and isinstance(first, Text) and not first.citations:
            self.items.append({"role": "assistant", "content": first.text})
        else:
            self.items.append({"type": "message", "role": "assistant", "content": content})
        said.clear()

    def _call(self, call: ToolCall) -> None:
        self.dropped.update(name for name in ("signature", "cache") if getattr(call, name) is not None)
        self.items.append(
            {"type": "function_call", "call_id": call.id, "name": call.name, "arguments": call.arguments or "{}"}
        )

    def _picture(self, part: Image) -> None:
        identity = part.media.extra.get(NAME, {}).get("id")
        self.dropped.update(name for name in ("signature", "cache") if getattr(part, name) is not None)
        if identity is None or part.media.data is None:
            self.items.append({"role": "user", "content": [write_image(part)]})
            return
        item: dict[str, JsonValue] = {"type": "image_generation_call", "id": identity, "status": "completed"}
        item["result"] = part.media.data
        if part.media.media_type not in {None, "image/png"}:
            item["output_format"] = (part.media.media_type or "").removeprefix("image/")
        self.items.append(item)

    def _result(self, result: ToolResult, path: str) -> JsonValue:
        if result.is_error:
            self.dropped.add("tool_result.is_error")
        if result.cache is not None:
            self.dropped.add("cache")
        output = [write_part(part, path, self.dropped) for part in result.parts]
        return {
            "type": "function_call_output",
            "call_id": result.call_id,
            "output": _shorten(output),
        }


def _shorten(content: list[JsonValue]) -> JsonValue:
    """A string where one says it all: not every server takes arrays everywhere."""
    if not content:
        return ""
    first = content[0]
    plain = len(content) == 1 and isinstance(first, dict) and first.get("type") == "input_text"
    return first["text"] if plain and isinstance(first, dict) else content
