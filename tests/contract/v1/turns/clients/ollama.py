"""The ``ollama`` SDK: the message that came is put into the list of messages, as it is or dumped."""

from __future__ import annotations

from typing import Any

from tests.contract.v1.turns.clients.client import (
    AGAIN,
    PARAMETERS,
    QUESTION,
    SYSTEM,
    Seen,
    Setting,
    ollama_client,
    result,
)
from tests.contract.v1.turns.provider import Provider


class Ollama:
    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._client = ollama_client(setting.url)
        self._messages: list[Any] = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": QUESTION}]
        self._calls: list[Any] = []

    def ask(self, provider: Provider) -> Seen:
        given: Any = {"model": provider.name, "messages": self._messages}
        if self._setting.tools:
            given["tools"] = [
                {"type": "function", "function": {"name": name, "parameters": schema}}
                for name, schema in PARAMETERS.items()
            ]
        if self._setting.thinks:
            given["think"] = "high"
        if self._setting.streamed:
            message: Any = {"role": "assistant", "content": "", "thinking": "", "tool_calls": []}
            # As the documentation of the SDK gathers one: https://docs.ollama.com/capabilities/streaming
            for chunk in self._client.chat(**given, stream=True):
                message["content"] += chunk.message.content or ""
                message["thinking"] += chunk.message.thinking or ""
                message["tool_calls"] += chunk.message.tool_calls or []
            self._calls, text = message["tool_calls"], message["content"]
        else:
            answer = self._client.chat(**given)
            message = answer.message.model_dump() if self._setting.dumped else answer.message
            self._calls, text = list(answer.message.tool_calls or ()), answer.message.content or ""
        self._messages = [*self._messages, message]
        return Seen(text, [(call.function.name, dict(call.function.arguments)) for call in self._calls])

    def go_on(self, provider: Provider) -> Seen:
        said: list[Any] = [
            {"role": "tool", "tool_name": call.function.name, "content": result(place)}
            for place, call in enumerate(self._calls)
        ]
        self._messages = [*self._messages, *(said or [{"role": "user", "content": AGAIN}])]
        return self.ask(provider)
