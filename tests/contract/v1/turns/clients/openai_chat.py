"""The ``openai`` SDK's chat completions: the message that came is put into the list of messages, as it is or dumped."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import openai

from tests.contract.v1.turns.clients.client import (
    AGAIN,
    PARAMETERS,
    QUESTION,
    SYSTEM,
    Seen,
    Setting,
    openai_client,
    result,
)
from tests.contract.v1.turns.provider import Provider


class Chat:
    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._client = openai_client(setting.url)
        self._messages: list[Any] = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": QUESTION}]
        self._calls: list[Any] = []

    def ask(self, provider: Provider) -> Seen:
        given: Any = {"model": provider.name, "messages": self._messages}
        if self._setting.tools:
            # The SDK's helper for streams takes strict tools only.
            given["tools"] = [
                {"type": "function", "function": {"name": name, "parameters": schema, "strict": True}}
                for name, schema in PARAMETERS.items()
            ]
        if self._setting.thinks:
            given["reasoning_effort"] = "high"
        if self._setting.streamed:
            with self._client.chat.completions.stream(**given) as stream:
                with suppress(openai.ContentFilterFinishReasonError):
                    stream.until_done()
                # The final one is refused to who was filtered; what had come till then is there all the same.
                message: Any = stream.current_completion_snapshot.choices[0].message
        else:
            message = self._client.chat.completions.create(**given).choices[0].message
        self._messages = [*self._messages, message.model_dump() if self._setting.dumped else message]
        self._calls = message.tool_calls or []
        called = [(call.function.name, json.loads(call.function.arguments)) for call in self._calls]
        return Seen(_text(message.content), called)

    def go_on(self, provider: Provider) -> Seen:
        said: list[Any] = [
            {"role": "tool", "tool_call_id": call.id, "content": result(place)}
            for place, call in enumerate(self._calls)
        ]
        self._messages = [*self._messages, *(said or [{"role": "user", "content": AGAIN}])]
        return self.ask(provider)


def _text(content: Any) -> str:
    """Mistral's answers pass as they are, in parts."""
    if isinstance(content, list):
        return "".join(part.get("text") or "" for part in content)
    return content or ""
