"""The ``google-genai`` SDK's chats, which keep the conversation themselves."""

from __future__ import annotations

from typing import Any

from google.genai import types

from tests.contract.v1.turns.clients.client import (
    AGAIN,
    PARAMETERS,
    QUESTION,
    SYSTEM,
    Seen,
    Setting,
    google_client,
    result,
)
from tests.contract.v1.turns.provider import Provider


class Chats:
    """``dumped`` names results by the tool alone, as ``Part.from_function_response`` does; else by the call's id."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._client = google_client(setting.url)
        self._chat: Any = None
        self._calls: list[Any] = []

    def ask(self, provider: Provider) -> Seen:
        self._chat = self._client.chats.create(model=provider.name, config=self._config())
        return self._send(QUESTION)

    def go_on(self, provider: Provider) -> Seen:
        history = self._chat.get_history(curated=True)
        self._chat = self._client.chats.create(model=provider.name, config=self._config(), history=history)
        return self._send([self._answer(call, place) for place, call in enumerate(self._calls)] or AGAIN)

    def _send(self, message: Any) -> Seen:
        if self._setting.streamed:
            answers = list(self._chat.send_message_stream(message))
        else:
            answers = [self._chat.send_message(message)]
        parts = [
            part
            for answer in answers
            for candidate in answer.candidates or ()
            for part in (candidate.content.parts if candidate.content else None) or ()
        ]
        self._calls = [part.function_call for part in parts if part.function_call]
        text = "".join(part.text for part in parts if part.text and not part.thought)
        return Seen(text, [(call.name, call.args or {}) for call in self._calls])

    def _answer(self, call: Any, place: int) -> types.Part:
        response = {"result": result(place)}
        if self._setting.dumped:
            return types.Part.from_function_response(name=call.name, response=response)
        return types.Part(function_response=types.FunctionResponse(id=call.id, name=call.name, response=response))

    def _config(self) -> types.GenerateContentConfig:
        config = types.GenerateContentConfig(
            system_instruction=SYSTEM,
            automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
        )
        if self._setting.tools:
            declared = [
                types.FunctionDeclaration(name=name, parameters_json_schema=schema)
                for name, schema in PARAMETERS.items()
            ]
            config.tools = [types.Tool(function_declarations=declared)]
        if self._setting.thinks:
            how: Any = {"thinking_budget": 2048} if self._setting.budget else {"thinking_level": "HIGH"}
            config.thinking_config = types.ThinkingConfig(include_thoughts=True, **how)
        return config
