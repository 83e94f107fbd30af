"""Writes the messages of a request for a provider."""

from __future__ import annotations

from trunkline.core.chat import (
    Audio,
    CacheHint,
    File,
    Image,
    JsonObject,
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
from trunkline.dialects.openai_chat.answer import DIALECT_NAME
from trunkline.dialects.openai_chat.content import write_cache, write_file, write_image, write_sound
from trunkline.dialects.openai_chat.earlier_thoughts import find_rounds, write_chunk
from trunkline.dialects.openai_chat.options import WireOptions
from trunkline.dialects.openai_chat.reasoning import plain_text, write_details
from trunkline.dialects.openai_chat.response import custom_call
from trunkline.dialects.openai_chat.stream_writer import google_extra
from trunkline.dialects.openai_chat.strict_turns import bridge_turns, order_turns


class MessageWriter:
    """Writes messages as ``options`` say and gathers in ``dropped`` what had to be left out and was harmless."""

    def __init__(self, options: WireOptions) -> None:
        self._options = options
        self._rounds: set[int] = set()
        self.dropped: set[str] = set()

    def write(self, messages: tuple[Message, ...]) -> list[JsonValue]:
        """All messages. Raises Unsupported.

        Tools answer in text on this wire: pictures, sound and files of their results follow in a user's message after
        the last result of the turn.
        """
        wire: list[JsonObject] = []
        shown: list[JsonValue] = []
        self._rounds = find_rounds([(message.role, _calls(message)) for message in messages])
        for place, message in enumerate(messages):
            if message.role != "tool" and shown:
                wire.append({"role": "user", "content": shown})
                shown = []
            if message.role == "tool":
                for number, part in enumerate(message.parts):
                    path = f"messages.{place}.parts.{number}"
                    if not isinstance(part, ToolResult):
                        raise Unsupported.of(path, "a message of role tool may hold results of tools only")
                    wire.append(self._result(part, shown, path))
            elif message.role == "assistant":
                turn = self._turn(message, place)
                if self._options.silence or turn.get("content") or "tool_calls" in turn:
                    wire.append(turn)
            else:
                wire.append(self._said(message, place))
        if shown:
            wire.append({"role": "user", "content": shown})
        if self._options.strict_turns:
            return list(order_turns(wire))
        return list(bridge_turns(wire) if self._options.bridged_turns else wire)

    def _said(self, message: Message, place: int) -> JsonObject:
        """What a user or the system says."""
        role = self._options.system_role if message.role == "system" else message.role
        parts = [self._part(part, f"messages.{place}.parts.{number}") for number, part in enumerate(message.parts)]
        return self._named(message, {"role": role, "content": self._content(parts)})

    def _turn(self, message: Message, place: int) -> dict[str, JsonValue]:
        thoughts: list[Reasoning] = []
        content: list[dict[str, JsonValue]] = []
        refusals: list[str] = []
        images: list[JsonValue] = []
        calls: list[JsonValue] = []
        signature: str | None = None
        wire: dict[str, JsonValue] = {"role": "assistant"}
        for number, part in enumerate(message.parts):
            path = f"messages.{place}.parts.{number}"
            if isinstance(part, Reasoning):
                thoughts.append(part)
            elif isinstance(part, ToolCall):
                calls.append(self._call(part))
            elif isinstance(part, Refusal):
                if self._options.refusals:
                    refusals.append(part.text)
                else:
                    content.append({"type": "text", "text": part.text})
            elif isinstance(part, Image):
                self._drop_proof(part.signature)
                images.append(write_image(part, path))
            elif isinstance(part, Audio):
                if part.id is None:
                    raise Unsupported.of(path, "audio of an earlier answer can be sent back by its id only")
                wire["audio"] = {"id": part.id}
            elif isinstance(part, Opaque) and part.dialect != DIALECT_NAME:
                self.dropped.add("opaque")  # a model's own server tools: its text says what they found
            elif (custom := custom_call(part)) is not None:
                calls.append(custom)
            else:
                if isinstance(part, Text):
                    signature = part.signature or signature
                content.append(self._part(part, path))
        if content or not (calls or refusals or images or "audio" in wire):
            wire["content"] = self._content(content)
        else:
            wire["content"] = None
        if refusals:
            wire["refusal"] = "".join(refusals)
        if images:
            wire["images"] = images
        if calls:
            wire["tool_calls"] = calls
        if signature is not None:
            self._prove(wire, signature)
        self._think(wire, thoughts, place)
        return self._named(message, wire)

    def _think(self, wire: dict[str, JsonValue], thoughts: list[Reasoning], place: int) -> None:
        if not thoughts:
            return
        form = self._options.thoughts
        if form == "none" or (form == "rounds" and place not in self._rounds):
            self.dropped.add("reasoning")
            return
        text = plain_text(thoughts)
        if text and form == "chunks":
            content = wire["content"]
            chunks: list[JsonValue] = [write_chunk(text)]
            if isinstance(content, list):
                chunks.extend(content)
            elif content:
                chunks.append({"type": "text", "text": content})
            wire["content"] = chunks
        elif text:
            wire["reasoning" if form == "reasoning" else "reasoning_content"] = text
        details = write_details(thoughts)
        if details and form == "details":
            wire["reasoning_details"] = details
        elif any(thought.signature is not None or thought.redacted is not None for thought in thoughts):
            self.dropped.add("reasoning.signature")

    def _call(self, call: ToolCall) -> JsonValue:
        wire: dict[str, JsonValue] = {
            "id": call.id,
            "type": "function",
            "function": {"name": call.name, "arguments": call.arguments or "{}"},
        }
        if call.signature is not None:
            self._prove(wire, call.signature)
        if call.cache is not None:
            self.dropped.add("cache")
        return wire

    def _result(self, result: ToolResult, shown: list[JsonValue], path: str) -> JsonObject:
        if result.is_error:
            self.dropped.add("tool_result.is_error")
        texts = [part for part in result.parts if isinstance(part, Text)]
        others = [part for part in result.parts if not isinstance(part, Text)]
        content: list[dict[str, JsonValue]] = [self._part(part, path) for part in texts]
        if others:
            if not content:
                content = [{"type": "text", "text": "(The result follows in the next message.)"}]
            shown.append({"type": "text", "text": f"Result of the tool call {result.call_id}:"})
            shown.extend(self._part(part, path) for part in others)
        if content:
            self._cached(content[-1], result.cache)
        elif result.cache is not None:
            self.dropped.add("cache")
        wire: dict[str, JsonValue] = {
            "role": "tool",
            "tool_call_id": result.call_id,
            "content": self._content(content),
        }
        if result.name is not None:
            wire["name"] = result.name
        return wire

    def _part(self, part: object, path: str) -> dict[str, JsonValue]:
        """One content part."""
        match part:
            case Text():
                wire: dict[str, JsonValue] = {"type": "text", "text": part.text}
                if part.citations:
                    self.dropped.add("citations")
                return self._cached(wire, part.cache)
            case Image():
                self._drop_proof(part.signature)
                return self._cached(write_image(part, path), part.cache)
            case Audio():
                return write_sound(part, path)
            case File():
                if part.title is not None or part.context is not None or part.citations:
                    self.dropped.update(
                        f"file.{name}" for name in ("title", "context", "citations") if getattr(part, name)
                    )
                return self._cached(write_file(part, self._options.files, path), part.cache)
            case Opaque(dialect="openai_chat", value=dict() as value):
                return value
            case Refusal():
                return {"type": "refusal", "refusal": part.text}
            case _:
                kind = part.kind if isinstance(part, Opaque) else type(part).__name__.lower()
                raise Unsupported.of(path, f"a part of kind {kind} cannot be sent to this provider here")

    def _cached(self, wire: dict[str, JsonValue], cache: CacheHint | None) -> dict[str, JsonValue]:
        if cache is not None:
            if self._options.cache_hints:
                wire["cache_control"] = write_cache(cache)
            else:
                self.dropped.add("cache")
        return wire

    def _prove(self, wire: dict[str, JsonValue], signature: str) -> None:
        if self._options.google_extras:
            wire["extra_content"] = google_extra(signature)
        else:
            self.dropped.add("signature")

    def _drop_proof(self, signature: str | None) -> None:
        if signature is not None:
            self.dropped.add("signature")

    def _content(self, parts: list[dict[str, JsonValue]]) -> JsonValue:
        """A string where one says it all: not every server takes arrays everywhere."""
        texts = [part["text"] for part in parts if part.keys() == {"type", "text"}]
        if len(texts) == len(parts) and (len(texts) < 2 or not self._options.text_arrays):
            return "\n\n".join(str(text) for text in texts)
        return list[JsonValue](parts)

    @staticmethod
    def _named(message: Message, wire: dict[str, JsonValue]) -> dict[str, JsonValue]:
        if message.name is not None:
            wire["name"] = message.name
        return wire


def _calls(message: Message) -> bool:
    return any(isinstance(part, ToolCall) or custom_call(part) is not None for part in message.parts)
