"""What the demo reads of a request: OpenAI's chat and embeddings wire, tolerantly."""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import JsonValue


class Function(msgspec.Struct):
    """A function that may be called."""

    name: str
    parameters: dict[str, JsonValue] | None = None


class Tool(msgspec.Struct):
    """A tool; only functions are known here."""

    function: Function | None = None


class JsonSchema(msgspec.Struct):
    """The schema that an answer must fit."""

    schema: dict[str, JsonValue] | None = None


class ResponseFormat(msgspec.Struct):
    """``text``, ``json_object`` or ``json_schema``."""

    type: str = "text"
    json_schema: JsonSchema | None = None


class StreamOptions(msgspec.Struct):
    """Whether usage is wanted."""

    include_usage: bool | None = None


class Message(msgspec.Struct):
    """One turn."""

    role: str
    content: JsonValue = None

    @property
    def text(self) -> str:
        """All text of the turn."""
        if isinstance(self.content, str):
            return self.content
        if not isinstance(self.content, list):
            return ""
        parts = [part.get("text") for part in self.content if isinstance(part, dict)]
        return "\n".join(part for part in parts if isinstance(part, str))


class ChatRequest(msgspec.Struct):
    """https://platform.openai.com/docs/api-reference/chat/create"""

    model: str
    messages: list[Message]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    stop: str | list[str] | None = None
    tools: list[Tool] | None = None
    tool_choice: JsonValue = None
    response_format: ResponseFormat | None = None

    @property
    def token_limit(self) -> int | None:
        """The longest answer, in tokens."""
        return self.max_completion_tokens if self.max_completion_tokens is not None else self.max_tokens

    @property
    def forced_tool(self) -> Function | None:
        """The function that must be called: the one that is named, else the first when any must be."""
        functions = [tool.function for tool in self.tools or () if tool.function is not None]
        choice = self.tool_choice
        if choice == "required":
            return functions[0] if functions else None
        if isinstance(choice, dict):
            named = choice.get("function")
            name = named.get("name") if isinstance(named, dict) else None
            return next((function for function in functions if function.name == name), None)
        return None


class EmbeddingsRequest(msgspec.Struct):
    """https://platform.openai.com/docs/api-reference/embeddings/create"""

    model: str
    input: str | list[str | int | list[int]]
    dimensions: int | None = None
    encoding_format: str = "float"

    @property
    def texts(self) -> list[str]:
        """One text per vector; tokens are taken as words."""
        if isinstance(self.input, str):
            return [self.input]
        if self.input and all(isinstance(item, int) for item in self.input):
            return [" ".join(str(token) for token in self.input)]
        return [" ".join(map(str, item)) if isinstance(item, list) else str(item) for item in self.input]


CHAT: Final = msgspec.json.Decoder(ChatRequest)
EMBEDDINGS: Final = msgspec.json.Decoder(EmbeddingsRequest)
