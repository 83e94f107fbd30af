"""The form of an answer beside tools, where a model takes only one of them.

Gemini before 3 refuses both ("Function calling with a response mime type: 'application/json' is unsupported",
https://github.com/googleapis/python-genai/issues/867), and so does Groq; with Ollama a form means that no tool is ever
called (https://github.com/ollama/ollama/issues/8095). A caller who sends both wants the tools called first, and the
form of what is said after that: so the tools stay, and the model is told of the form in words.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import ChatRequest, Message, ResponseFormat, Text
from trunkline.providers.quirks import Quirk

_WORDS: Final = "When you answer without calling a tool, answer with a JSON object and nothing else."


def fit_format(request: ChatRequest, quirk: Quirk) -> tuple[ChatRequest, tuple[str, ...]]:
    """``request`` with tools or a form of the answer, and what was left out."""
    wanted, choice = request.response_format, request.tool_choice
    callable_ = bool(request.tools) and (choice is None or choice.mode != "none")
    if quirk.format_beside_tools or not callable_ or wanted is None or wanted.kind == "text":
        return request, ()
    messages = request.messages
    leading = next((place for place, message in enumerate(messages) if message.role != "system"), len(messages))
    told = Message("system", (Text(_describe(wanted)),))
    fitted = msgspec.structs.replace(
        request, response_format=None, messages=(*messages[:leading], told, *messages[leading:])
    )
    return fitted, ("response_format",)


def _describe(wanted: ResponseFormat) -> str:
    if wanted.schema is None:
        return _WORDS
    return f"{_WORDS} It fits this JSON Schema: {msgspec.json.encode(wanted.schema).decode()}"
