"""The shapes of ``/api/chat`` and ``/api/generate``. https://github.com/ollama/ollama/blob/main/docs/api.md

An answer is one JSON object, or when streamed one per line, the last with ``done`` true and the counts.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.dialects.spare_field import SparingDecoder


class Function(msgspec.Struct):
    """What is called, with what. ``arguments`` is an object; some servers that imitate this wire send its text."""

    name: str
    arguments: dict[str, JsonValue] | str | None = None


class Call(msgspec.Struct):
    """One call of a tool. Older servers give no id."""

    function: Function
    id: str | None = None


class AnswerMessage(msgspec.Struct):
    """What the model says, whole or the next piece."""

    content: str | None = None
    thinking: str | None = None
    tool_calls: list[Call] | None = None
    images: list[str] | None = None


class TokenChance(msgspec.Struct):
    """How likely a token was, with its rivals."""

    token: str
    logprob: float
    bytes: list[int] | None = None
    top_logprobs: list[TokenChance] | None = None


class Answer(msgspec.Struct):
    """A whole answer or one line of it. Durations are in nanoseconds. An ``error`` may come with status 200."""

    model: str | None = None
    created_at: str | None = None
    message: AnswerMessage | None = None
    done: bool | None = False
    done_reason: str | None = None
    prompt_eval_count: JsonValue = None
    prompt_eval_cached_count: JsonValue = None
    estimated: JsonValue = None
    eval_count: JsonValue = None
    total_duration: int | None = None
    load_duration: int | None = None
    prompt_eval_duration: int | None = None
    eval_duration: int | None = None
    logprobs: list[TokenChance] | None = None
    error: str | dict[str, JsonValue] | None = None
    status: int | str | None = None


ANSWER = SparingDecoder(Answer)


class Generated(Answer):
    """An answer of ``/api/generate``, or one line of it: what the message of a chat says stands beside the rest."""

    response: str | None = None
    thinking: str | None = None
    tool_calls: list[Call] | None = None

    def to_chat(self) -> Answer:
        """The same as ``/api/chat`` has it, with a message."""
        self.message = AnswerMessage(self.response, self.thinking, self.tool_calls)
        return self


GENERATED = SparingDecoder(Generated)


class AskedMessage(msgspec.Struct):
    """One turn of a request."""

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | None = None
    thinking: str | None = None
    images: list[str] | None = None
    tool_calls: list[Call] | None = None
    tool_name: str | None = None
    tool_call_id: str | None = None


class ToolFunction(msgspec.Struct):
    """A function that may be called."""

    name: str
    description: str | None = None
    parameters: dict[str, JsonValue] | None = None


class AskedTool(msgspec.Struct):
    """A tool; there is no other type than ``function``."""

    function: ToolFunction


class Options(msgspec.Struct):
    """The options that other dialects know too. Whole numbers may be written as floats, as the server takes them."""

    temperature: float | None = None
    top_p: float | None = None
    top_k: int | float | None = None
    min_p: float | None = None
    seed: int | float | None = None
    num_predict: int | float | None = None
    stop: str | list[str] | None = None
    repeat_penalty: float | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None


class AnswerRequest(msgspec.Struct):
    """What requests for an answer have in common. Streaming is what happens unless it is refused."""

    model: str
    format: str | dict[str, JsonValue] | None = None
    options: Options | None = None
    stream: bool | None = None
    think: bool | str | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None


class WireRequest(AnswerRequest):
    """A request of ``/api/chat``."""

    messages: list[AskedMessage] = []
    tools: list[AskedTool] | None = None


class GenerateRequest(AnswerRequest):
    """A request of ``/api/generate``. https://github.com/ollama/ollama/blob/main/docs/api.md#generate-a-completion"""

    prompt: str | None = None
    system: str | None = None
    images: list[str] | None = None
    suffix: str | None = None
    template: str | None = None
    context: list[int] | None = None
    raw: bool | None = None
