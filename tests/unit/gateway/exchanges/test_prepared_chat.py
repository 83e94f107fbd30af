"""A chat that is prepared for one target stays so, whatever is prepared for others meanwhile."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest
from tests.unit.gateway.relays.fakes import Books, open_call

from trunkline.core.secret import Secret
from trunkline.dialects import openai_chat
from trunkline.gateway.exchanges.chat import Chat
from trunkline.gateway.exchanges.passing_chat import PassingChat
from trunkline.gateway.exchanges.prepared_chat import PreparedChat
from trunkline.gateway.exchanges.translated_chat import TranslatedChat
from trunkline.gateway.routing.target import MAX_FITS, Target
from trunkline.gateway.snapshot import ConfigurationEntry
from trunkline.outbound import IncomingResponse, Transport
from trunkline.providers.endpoint import make_endpoint
from trunkline.providers.registry import PROVIDERS

BODY = json.dumps({"model": "any", "messages": [{"role": "user", "content": "Hello"}], "seed": 3}).encode()
OPENAI: dict[str, Any] = {
    "model": "gpt-4.1",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi."}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 8, "completion_tokens": 2, "total_tokens": 10},
}
ANTHROPIC: dict[str, Any] = {
    "type": "message",
    "model": "claude-haiku-4-5",
    "content": [{"type": "text", "text": "Hi."}],
    "stop_reason": "end_turn",
    "usage": {"input_tokens": 7, "output_tokens": 3},
}


class LiveServer:
    """An answer that has come."""

    status = 200

    def __init__(self, body: dict[str, Any]) -> None:
        self.body = json.dumps(body).encode()
        self.headers: dict[str, str] = {"content-type": "application/json"}

    async def read(self) -> bytes:
        return self.body


def target(name: str) -> Target:
    provider = PROVIDERS[name]
    entry = ConfigurationEntry(id=name, workspace_id="w", owner_id="u", name=name, provider=name)
    endpoint = make_endpoint(provider, provider.base_url, Secret("sk-0123456789abcdefghij"))
    return Target(entry, provider, endpoint, cast("Transport", None))


async def read(prepared: PreparedChat, body: dict[str, Any]) -> tuple[dict[str, Any], dict[bytes, bytes]]:
    answer = await prepared.read(open_call(Books()), cast("IncomingResponse", LiveServer(body)))
    return json.loads(answer.body), dict(answer.headers)


@pytest.mark.parametrize("order", [("openai", "anthropic"), ("anthropic", "openai")])
async def test_each_is_read_as_it_was_sent(order: tuple[str, str]) -> None:
    chat = Chat(openai_chat.DIALECT, BODY)
    models = {"openai": "gpt-4.1", "anthropic": "claude-haiku-4-5"}
    made = {name: chat.prepare(target(name), models[name]) for name in order}
    assert isinstance(made["openai"], PassingChat)
    assert isinstance(made["anthropic"], TranslatedChat)
    assert [json.loads(made[name].request.body)["model"] for name in order] == [models[name] for name in order]
    passed, told = await read(made["openai"], OPENAI)
    assert passed == OPENAI
    assert b"x-trunkline-dropped" not in told
    translated, told = await read(made["anthropic"], ANTHROPIC)
    assert translated["choices"][0]["message"]["content"] == "Hi."
    assert told[b"x-trunkline-dropped"] == b"seed"
    assert made["openai"].estimate().input > 0
    assert made["anthropic"].estimate().input > made["openai"].estimate().input, "each by its own family's count"


async def test_the_same_may_be_sent_and_read_again() -> None:
    prepared = Chat(openai_chat.DIALECT, BODY).prepare(target("anthropic"), "claude-haiku-4-5")
    first, _ = await read(prepared, ANTHROPIC)
    second, _ = await read(prepared, ANTHROPIC)
    assert first["choices"] == second["choices"]


def test_what_is_the_same_for_all_calls_to_a_target_is_made_once() -> None:
    place = target("openai")
    for _ in range(3):
        Chat(openai_chat.DIALECT, BODY).prepare(place, "gpt-4.1")
    assert len(place.fits) == 1
    for number in range(2 * MAX_FITS):
        Chat(openai_chat.DIALECT, BODY).prepare(place, f"m-{number}")
    assert len(place.fits) <= MAX_FITS
