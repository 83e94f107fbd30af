"""The form of an answer told in words, to models that must hear it so.

Some take no schema, only the wish for a JSON object: DeepSeek ("This response_format type is unavailable now",
https://api-docs.deepseek.com/guides/json_mode) and most of Groq's models ("This model does not support response format
`json_schema`", https://console.groq.com/docs/structured-outputs#supported-models). And where JSON is wished for on
OpenAI's wire, the messages must say so ("'messages' must contain the word 'json' in some form",
https://platform.openai.com/docs/guides/structured-outputs#json-mode), which clients of other wires do not know.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import ChatRequest, Message, ResponseFormat, Text, ToolResult

NAMED: Final = "Answer with JSON."
_SCHEMA: Final = "Answer with one JSON object that fits this JSON Schema, and with nothing else:\n"


def speak_schema(request: ChatRequest) -> tuple[ChatRequest, list[str]]:
    """``request`` with its schema in words, and the names of what the model is no longer held to."""
    wanted = request.response_format
    if wanted is None or wanted.kind != "json_schema":
        return request, []
    if wanted.schema is None:
        return msgspec.structs.replace(request, response_format=ResponseFormat("json")), []
    told = msgspec.json.encode(wanted.schema).decode()
    words = _SCHEMA + told if wanted.description is None else f"{wanted.description}\n{_SCHEMA}{told}"
    spoken = _say(request, words)
    return msgspec.structs.replace(spoken, response_format=ResponseFormat("json")), ["response_format.schema"]


def name_json(request: ChatRequest) -> ChatRequest:
    """``request``, in which some message names JSON where JSON is wished for."""
    wanted = request.response_format
    if wanted is None or wanted.kind != "json" or any(_names_json(message) for message in request.messages):
        return request
    return _say(request, NAMED)


def _say(request: ChatRequest, words: str) -> ChatRequest:
    """``words`` after what the system says first."""
    messages = request.messages
    leading = next((place for place, message in enumerate(messages) if message.role != "system"), len(messages))
    said = Message("system", (Text(words),))
    return msgspec.structs.replace(request, messages=(*messages[:leading], said, *messages[leading:]))


def _names_json(message: Message) -> bool:
    texts = [part.text for part in message.parts if isinstance(part, Text)]
    for part in message.parts:
        if isinstance(part, ToolResult):
            texts += [piece.text for piece in part.parts if isinstance(piece, Text)]
    return any("json" in text.lower() for text in texts)
