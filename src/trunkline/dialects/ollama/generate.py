"""``/api/generate``: one prompt, and its answer without a message around it. Everything else is as for chats.

https://github.com/ollama/ollama/blob/main/docs/api.md#generate-a-completion. Only clients speak it here: providers are
asked in ``/api/chat``.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import ChatRequest, ChatResponse, JsonValue, Message, Part, Text
from trunkline.core.errors import InvalidInput
from trunkline.dialects.ollama.image import read_image
from trunkline.dialects.ollama.request import convert, make_request
from trunkline.dialects.ollama.response import decode_answer, understand, write_whole
from trunkline.dialects.ollama.stream_reader import OllamaReader
from trunkline.dialects.ollama.stream_writer import OllamaWriter, write_line
from trunkline.dialects.ollama.wire import GENERATED, Answer, GenerateRequest

_CHAT: Final = "send the conversation to /api/chat"
_REFUSED: Final = {
    "suffix": "is not possible here: models are asked to chat, which has no way to fill in text; leave it out",
    "template": "is not possible here: each provider has its own template; leave it out, and say 'system' instead",
    "context": f"is known to the server alone that gave it, and none is given here; leave it out and {_CHAT}",
    "raw": f"is not possible here: each provider puts its own template around the prompt; leave it out or {_CHAT}",
}
"""What would change the answer and cannot be said to providers. Go's clients send the fields empty."""


def read_request(body: bytes) -> ChatRequest:
    """Without a prompt there are no messages: the model is only to be loaded.

    Raises :class:`InvalidInput` with the wire's own paths.
    """
    asked, fields = convert(body, GenerateRequest)
    for name, why in _REFUSED.items():
        if getattr(asked, name):
            raise InvalidInput.of(name, why)
    said: list[Part] = [Text(asked.prompt)] if asked.prompt else []
    said.extend(read_image(data) for data in asked.images or ())
    messages = [Message("user", tuple(said))] if said else []
    if messages and asked.system:
        messages.insert(0, Message("system", (Text(asked.system),)))
    return make_request(asked, fields, tuple(messages))


def read_response(body: bytes) -> ChatResponse:
    """As that of a chat."""
    return understand(decode_answer(body, GENERATED).to_chat())


def write_response(response: ChatResponse) -> bytes:
    """The first choice."""
    return write_whole(response, _place)


def _place(message: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """What stands in place of ``message``: an answer of this call has neither a role nor pictures."""
    del message["role"]
    message.pop("images", None)
    return {"response": message.pop("content"), **message}


class GenerateReader(OllamaReader):
    """Implements :class:`~trunkline.dialects.dialect.StreamReader`."""

    __slots__ = ()

    def _decode(self, line: bytes) -> Answer:
        return GENERATED.decode(line).to_chat()


class GenerateWriter(OllamaWriter):
    """Implements :class:`~trunkline.dialects.dialect.StreamWriter`."""

    __slots__ = ()

    _opening = b","

    def _text(self, text: str, fields: dict[str, JsonValue]) -> bytes:
        return self._line({"content": text}, fields)

    def _line(self, message: dict[str, JsonValue], fields: dict[str, JsonValue] | None = None) -> bytes:
        placed = _place({"role": "assistant", **message})
        return write_line(self._head + msgspec.json.encode({**placed, "done": False, **(fields or {})})[1:])
