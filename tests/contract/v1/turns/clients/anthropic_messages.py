"""The ``anthropic`` SDK: the content that came is put into the list of messages, as it is or dumped."""

from __future__ import annotations

from typing import Any

from tests.contract.v1.turns.clients.client import (
    AGAIN,
    PARAMETERS,
    QUESTION,
    SYSTEM,
    Seen,
    Setting,
    anthropic_client,
    result,
)
from tests.contract.v1.turns.provider import Provider


class Messages:
    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._client = anthropic_client(setting.url)
        self._messages: list[Any] = [{"role": "user", "content": QUESTION}]
        self._calls: list[Any] = []

    def ask(self, provider: Provider) -> Seen:
        given: Any = {"model": provider.name, "max_tokens": 8192, "system": SYSTEM, "messages": self._messages}
        if self._setting.tools:
            given["tools"] = [{"name": name, "input_schema": schema} for name, schema in PARAMETERS.items()]
        if self._setting.thinks:
            budget = {"type": "enabled", "budget_tokens": 2048}
            given["thinking"] = budget if self._setting.budget else {"type": "adaptive"}
        if self._setting.streamed:
            with self._client.messages.stream(**given) as stream:
                answer: Any = stream.get_final_message()
        else:
            answer = self._client.messages.create(**given)
        content = answer.model_dump()["content"] if self._setting.dumped else answer.content
        self._messages = [*self._messages, {"role": "assistant", "content": content}]
        self._calls = [block for block in answer.content if block.type == "tool_use"]
        text = "".join(block.text for block in answer.content if block.type == "text")
        return Seen(text, [(call.name, call.input) for call in self._calls])

    def go_on(self, provider: Provider) -> Seen:
        said: Any = [
            {"type": "tool_result", "tool_use_id": call.id, "content": result(place)}
            for place, call in enumerate(self._calls)
        ]
        self._messages = [*self._messages, {"role": "user", "content": said or AGAIN}]
        return self.ask(provider)
