"""Answers for clients of before ``tools``: who declares ``functions`` is answered with a ``function_call``.

https://platform.openai.com/docs/api-reference/chat/create, ``functions`` and ``function_call``, both deprecated. Such
an answer calls one function at most, and has no id for it.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import ChatRequest, ChatResponse
from trunkline.core.chat_events import ChatEvent, Stop, ToolCallDelta, ToolCallStart
from trunkline.dialects.openai_chat import OpenAIChat
from trunkline.dialects.openai_chat.stream_writer import ChatStreamWriter

_FINISH: Final = "function_call"


class FunctionsChat(OpenAIChat):
    """The dialect of a client that declares functions."""

    def write_response(self, response: ChatResponse) -> bytes:
        """A whole answer; of several calls the first."""
        body = msgspec.json.decode(super().write_response(response))
        for choice in body["choices"]:
            calls = choice["message"].pop("tool_calls", ())
            functions = [call["function"] for call in calls if "function" in call]
            if functions:
                choice["message"]["function_call"] = functions[0]
            if choice["finish_reason"] == "tool_calls":
                choice["finish_reason"] = _FINISH
        return msgspec.json.encode(body)

    def stream_writer(self, request: ChatRequest) -> FunctionsStreamWriter:
        """A writer for one streamed answer to ``request``."""
        return FunctionsStreamWriter(request)


class FunctionsStreamWriter(ChatStreamWriter):
    """One stream. Of several calls of a choice only the first is written."""

    __slots__ = ("_called", "_silent")

    def __init__(self, request: ChatRequest) -> None:
        super().__init__(request)
        self._called: dict[int, int] = {}
        self._silent: set[int] = set()
        """The choices whose call has no arguments yet."""

    def write(self, event: ChatEvent) -> bytes:
        """See :class:`~trunkline.dialects.dialect.StreamWriter`."""
        match event:
            case ToolCallStart(choice=choice) if not self._ended:
                if choice in self._called:
                    return b""
                self._called[choice] = event.index
                self._silent.add(choice)
                return self._chunk(choice, {"function_call": {"name": event.name, "arguments": ""}})
            case ToolCallDelta(choice=choice) if not self._ended:
                if self._called.get(choice) != event.index:
                    return b""
                if event.arguments:
                    self._silent.discard(choice)
                return self._chunk(choice, {"function_call": {"arguments": event.arguments}})
            case Stop(choice=choice, reason="tool_calls") if not self._ended:
                # Clients parse the arguments as JSON.
                empty = self._chunk(choice, {"function_call": {"arguments": "{}"}}) if choice in self._silent else b""
                return empty + self._chunk(choice, {}, _FINISH)
            case _:
                return super().write(event)


FUNCTIONS: Final = FunctionsChat()
