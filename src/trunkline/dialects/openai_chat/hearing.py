"""The words in an answer of this wire, whole or in a chunk, and in those of the older call for plain text."""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.core.heard import Heard, Listener
from trunkline.dialects.raw_json import BROKEN_JSON


class _Function(msgspec.Struct, frozen=True):
    name: str | None = None
    arguments: JsonValue = None


class _Call(msgspec.Struct, frozen=True):
    function: _Function | None = None


class _Spoken(msgspec.Struct, frozen=True):
    transcript: str | None = None


class _Message(msgspec.Struct, frozen=True):
    content: JsonValue = None
    refusal: str | None = None
    reasoning_content: str | None = None
    reasoning: JsonValue = None
    tool_calls: list[_Call] | None = None
    function_call: _Function | None = None
    audio: _Spoken | None = None
    images: list[JsonValue] | None = None


class _Choice(msgspec.Struct, frozen=True):
    delta: _Message | None = None
    message: _Message | None = None
    text: str | None = None


class _Answer(msgspec.Struct, frozen=True):
    choices: list[_Choice] | None = None


_decoder: Final = msgspec.json.Decoder(_Answer)


def hear_choices(data: bytes, listener: Listener) -> None:
    """Give the words to ``listener``. Raises what decoding raises."""
    for choice in _decoder.decode(data).choices or ():
        listener.add(choice.text or "")
        message = choice.delta or choice.message
        if message is not None:
            _hear_message(message, listener)


def hear_whole(body: bytes) -> Heard:
    """The words of a whole answer; none where it is none."""
    listener = Listener()
    try:
        hear_choices(body, listener)
    except BROKEN_JSON:
        return Heard()
    return listener.heard


def _hear_message(message: _Message, listener: Listener) -> None:
    _hear_content(message.content, listener)
    # Servers that speak both names say the same thing twice.
    thought = message.reasoning_content or message.reasoning
    listener.add(thought if isinstance(thought, str) else "")
    listener.add(message.refusal or "")
    for call in message.tool_calls or ():
        if call.function is not None:
            _hear_call(call.function, listener)
    if message.function_call is not None:
        _hear_call(message.function_call, listener)
    if message.audio is not None:
        listener.add(message.audio.transcript or "")
    for _ in message.images or ():
        listener.picture()


def _hear_content(content: JsonValue, listener: Listener) -> None:
    """Mistral writes content as a list of parts, where thoughts are lists again."""
    if isinstance(content, str):
        listener.add(content)
    elif isinstance(content, list):
        for part in content:
            if isinstance(part, dict):
                _hear_content(part.get("text") or part.get("thinking"), listener)


def _hear_call(call: _Function, listener: Listener) -> None:
    if call.name:
        listener.call(call.name)
    arguments = call.arguments
    listener.add(arguments if isinstance(arguments, str) else "" if arguments is None else str(arguments))
