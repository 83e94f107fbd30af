"""The official ``anthropic`` SDK through Trunkline to an independent imitation of every provider."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import anthropic
import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.conftest import PROVIDERS
from tests.contract.v1.entries import KEY
from tests.contract.v1.test_openai_sdk import HELLO, PICTURE
from tests.upstreams.aimock import KEY as SECRET

WEATHER: Any = {
    "name": "get_weather",
    "description": "The weather of a city",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
TIME: Any = {"name": "get_time", "input_schema": {"type": "object", "properties": {"zone": {"type": "string"}}}}

pytestmark = pytest.mark.needs_node
every_provider = pytest.mark.parametrize("provider", PROVIDERS)
both_ways = pytest.mark.parametrize("streamed", [False, True])


@pytest.fixture
def client(bare: CallServer) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(base_url=bare.url, api_key=KEY, max_retries=0) as client:
        yield client


def ask(client: anthropic.Anthropic, streamed: bool, **asked: Any) -> anthropic.types.Message:
    given: Any = {"max_tokens": 1000, **asked}
    if not streamed:
        return client.messages.create(**given)
    with client.messages.stream(**given) as stream:
        return stream.get_final_message()


@every_provider
@both_ways
def test_text(client: anthropic.Anthropic, bare: CallServer, provider: str, streamed: bool) -> None:
    message = ask(
        client,
        streamed,
        model=provider,
        system="Be brief.",
        messages=[
            {"role": "user", "content": "Hi."},
            {"role": "assistant", "content": "Hello."},
            {"role": "user", "content": "say hello"},
        ],
    )
    assert [part.text for part in message.content if part.type == "text"] == [HELLO]
    assert message.stop_reason == "end_turn"
    event = bare.books.last()
    assert (message.usage.input_tokens, message.usage.output_tokens) == (event.usage.input, event.usage.output)
    assert (event.outcome, event.provider, event.streamed) == ("ok", provider, streamed)
    assert provider == "ollama" or event.usage.total == 30


@every_provider
@both_ways
def test_tool_loop(client: anthropic.Anthropic, provider: str, streamed: bool) -> None:
    messages: list[Any] = [{"role": "user", "content": "weather and time"}]
    message = ask(client, streamed, model=provider, messages=messages, tools=[WEATHER, TIME])
    calls = [part for part in message.content if part.type == "tool_use"]
    assert message.stop_reason == "tool_use"
    assert {call.name: call.input for call in calls} == {
        "get_weather": {"city": "Köln"},
        "get_time": {"zone": "Europe/Berlin"},
    }
    messages.append({"role": "assistant", "content": [part.model_dump(exclude_none=True) for part in message.content]})
    results = [{"type": "tool_result", "tool_use_id": call.id, "content": f"result of {call.name}"} for call in calls]
    messages.append({"role": "user", "content": results})
    message = ask(client, streamed, model=provider, messages=messages, tools=[WEATHER, TIME])
    assert [part.text for part in message.content if part.type == "text"] == ["21 degrees, ten past nine."]


@every_provider
def test_picture_in(client: anthropic.Anthropic, provider: str) -> None:
    source = {"type": "base64", "media_type": "image/png", "data": PICTURE}
    content = [{"type": "image", "source": source}, {"type": "text", "text": "what is in the picture"}]
    message = ask(client, False, model=provider, messages=[{"role": "user", "content": content}])
    assert [part.text for part in message.content if part.type == "text"] == ["A red square."]


@pytest.mark.parametrize("provider", [name for name in PROVIDERS if name != "ollama"])  # aimock's never says so
@both_ways
def test_cut_by_the_limit(client: anthropic.Anthropic, provider: str, streamed: bool) -> None:
    message = ask(client, streamed, model=provider, messages=[{"role": "user", "content": "too long"}])
    assert message.stop_reason == "max_tokens"


@both_ways
def test_thinking_with_its_signature(client: anthropic.Anthropic, streamed: bool) -> None:
    messages: list[Any] = [{"role": "user", "content": "think first"}]
    thinking = {"type": "enabled", "budget_tokens": 1024}
    message = ask(client, streamed, model="anthropic", messages=messages, thinking=thinking, max_tokens=4000)
    thought = next(part for part in message.content if part.type == "thinking")
    assert thought.thinking == "Six times seven."
    assert thought.signature
    messages.append({"role": "assistant", "content": [part.model_dump() for part in message.content]})
    messages.append({"role": "user", "content": "say hello"})
    again = ask(client, streamed, model="anthropic", messages=messages, thinking=thinking, max_tokens=4000)
    assert again.stop_reason == "end_turn"


@every_provider
@both_ways
@pytest.mark.parametrize(
    ("said", "status", "kind"),
    [
        ("fail 400", 400, "invalid_request_error"),
        ("fail 401", 502, "api_error"),
        ("fail 404", 404, "not_found_error"),
        ("fail 429", 429, "rate_limit_error"),
    ],
)
def test_errors(client: anthropic.Anthropic, provider: str, streamed: bool, said: str, status: int, kind: str) -> None:
    with pytest.raises(anthropic.APIStatusError) as raised:
        ask(client, streamed, model=provider, messages=[{"role": "user", "content": said}])
    assert raised.value.status_code == status
    body = raised.value.response.json()
    assert body["type"] == "error"
    assert body["error"]["type"] == kind
    assert SECRET not in raised.value.response.text


def test_own_errors_have_the_clients_shape(client: anthropic.Anthropic, bare: CallServer) -> None:
    with pytest.raises(anthropic.NotFoundError) as raised:
        ask(client, False, model="opnai", messages=[{"role": "user", "content": "x"}])
    assert "openai" in raised.value.response.json()["error"]["message"]
    with (
        anthropic.Anthropic(base_url=bare.url, api_key="tl-wrong", max_retries=0) as stranger,
        pytest.raises(anthropic.AuthenticationError) as refused,
    ):
        ask(stranger, False, model="openai", messages=[{"role": "user", "content": "x"}])
    assert refused.value.response.json()["error"]["type"] == "authentication_error"


@pytest.mark.parametrize("provider", ["openai", "ollama"])
def test_counting_where_the_provider_does_not(client: anthropic.Anthropic, provider: str) -> None:
    counted = client.messages.with_raw_response.count_tokens(
        model=provider, messages=[{"role": "user", "content": "Tell me a story. " * 20}]
    )
    assert 100 < counted.parse().input_tokens < 140
    assert counted.headers["x-trunkline-estimated"] == "true"


def test_models(client: anthropic.Anthropic) -> None:
    names = [model.id for model in client.models.list()]
    assert set(PROVIDERS) <= set(names)
    assert client.models.retrieve("openai").display_name == "openai"
