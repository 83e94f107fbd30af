"""The ``openai`` SDK's responses: the items that came are put into the input, or the answer before is named."""

from __future__ import annotations

import json
from typing import Any

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


class Items:
    """Keeps all itself (https://platform.openai.com/docs/guides/reasoning#encrypted-reasoning-items)."""

    _kept_there = False

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._client = openai_client(setting.url)
        self._input: list[Any] = [{"role": "user", "content": QUESTION}]
        self._calls: list[Any] = []
        self._last = ""

    def ask(self, provider: Provider) -> Seen:
        given: Any = {"model": provider.name, "instructions": SYSTEM, "input": self._input, **self._keeping()}
        if self._setting.tools:
            # A function here is strict unless told otherwise, and both are tried.
            given["tools"] = [
                {"type": "function", "name": name, "parameters": schema, "strict": not self._setting.dumped}
                for name, schema in PARAMETERS.items()
            ]
        if self._setting.thinks:
            given["reasoning"] = {"effort": "high", "summary": "auto"}
        if self._setting.streamed:
            with self._client.responses.stream(**given) as stream:
                # The last event holds the answer, whether complete or not.
                answer: Any = list(stream)[-1].response
        else:
            answer = self._client.responses.create(**given)
        self._last = answer.id
        self._keep(answer)
        self._calls = [item for item in answer.output if item.type == "function_call"]
        return Seen(answer.output_text, [(call.name, json.loads(call.arguments)) for call in self._calls])

    def go_on(self, provider: Provider) -> Seen:
        said: list[Any] = [
            {"type": "function_call_output", "call_id": call.call_id, "output": result(place)}
            for place, call in enumerate(self._calls)
        ]
        self._input = [*self._input, *(said or [{"role": "user", "content": AGAIN}])]
        return self.ask(provider)

    def _keeping(self) -> dict[str, Any]:
        # Only models that reason seal their thoughts.
        return {"store": False, **({"include": ["reasoning.encrypted_content"]} if self._setting.thinks else {})}

    def _keep(self, answer: Any) -> None:
        said = [item.model_dump() if self._setting.dumped else item for item in answer.output]
        self._input = [*self._input, *said]


class Previous(Items):
    """Names the answer before (https://platform.openai.com/docs/guides/conversation-state#passing-context-from-the-previous-response)."""

    def _keeping(self) -> dict[str, Any]:
        return {"previous_response_id": self._last} if self._last else {}

    def _keep(self, answer: Any) -> None:
        self._input = []
