"""The official ``openai`` SDK through Trunkline to an independent imitation of every provider."""

from __future__ import annotations

import json

import openai
import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.conftest import MODELS, PROVIDERS
from tests.upstreams.aimock import KEY, Aimock

PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of a city",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
TIME = {
    "type": "function",
    "function": {"name": "get_time", "parameters": {"type": "object", "properties": {"zone": {"type": "string"}}}},
}
HELLO = "Hello from the other side — 你好, \u2028 done."
COST_OF_21_IN_9_OUT = 114_000

pytestmark = pytest.mark.needs_node
every_provider = pytest.mark.parametrize("provider", PROVIDERS)


def usage_of(provider: str, bare: CallServer, request_id: str) -> tuple[int, int]:
    event = bare.books.last(request_id)
    assert event.outcome == "ok"
    assert event.provider == provider
    assert event.model == MODELS[provider]
    assert event.configuration_id == f"id-{provider}"
    return event.usage.input, event.usage.output


@every_provider
def test_text(client: openai.OpenAI, bare: CallServer, provider: str) -> None:
    answer = client.chat.completions.with_raw_response.create(
        model=provider,
        messages=[{"role": "system", "content": "Be brief."}, {"role": "user", "content": "say hello"}],
        temperature=0.5,
        max_tokens=50,
    )
    completion = answer.parse()
    assert completion.choices[0].message.content == HELLO
    assert completion.choices[0].finish_reason == "stop"
    assert completion.usage is not None
    spent = usage_of(provider, bare, answer.headers["x-request-id"])
    assert (completion.usage.prompt_tokens, completion.usage.completion_tokens) == spent
    if provider != "ollama":  # aimock's Ollama always says 0
        assert spent == (21, 9)
        assert bare.books.last(answer.headers["x-request-id"]).cost_nanos == COST_OF_21_IN_9_OUT
        assert answer.headers["x-trunkline-cost-usd"] == "0.000114"
        assert answer.headers["x-trunkline-input-tokens"] == "21"
    assert answer.headers["x-trunkline-configuration"] == f"id-{provider}"


@every_provider
def test_text_streamed(client: openai.OpenAI, bare: CallServer, provider: str) -> None:
    answer = client.chat.completions.with_raw_response.create(
        model=provider,
        messages=[{"role": "user", "content": "say hello"}],
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = list(answer.parse())
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == HELLO
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices and chunk.choices[0].finish_reason] == [
        "stop"
    ]
    assert len({chunk.id for chunk in chunks}) == 1
    told = [chunk.usage for chunk in chunks if chunk.usage is not None]
    assert len(told) == 1
    assert (told[0].prompt_tokens, told[0].completion_tokens) == usage_of(
        provider, bare, answer.headers["x-request-id"]
    )


@every_provider
def test_stream_without_asking_for_usage_is_still_counted(
    client: openai.OpenAI, bare: CallServer, provider: str
) -> None:
    answer = client.chat.completions.with_raw_response.create(
        model=provider, messages=[{"role": "user", "content": "say hello"}], stream=True
    )
    chunks = list(answer.parse())
    assert all(chunk.usage is None for chunk in chunks) or provider == "openrouter"
    assert all(chunk.choices for chunk in chunks)
    spent = usage_of(provider, bare, answer.headers["x-request-id"])
    assert spent == (21, 9) or provider == "ollama"


@every_provider
@pytest.mark.parametrize("streamed", [False, True])
def test_tool_loop(client: openai.OpenAI, provider: str, streamed: bool) -> None:
    messages: list = [{"role": "user", "content": "weather and time"}]

    def ask() -> openai.types.chat.ChatCompletionMessage:
        if not streamed:
            return (
                client.chat.completions.create(model=provider, messages=messages, tools=[WEATHER, TIME])
                .choices[0]
                .message
            )
        with client.chat.completions.stream(model=provider, messages=messages, tools=[WEATHER, TIME]) as stream:
            return stream.get_final_completion().choices[0].message

    message = ask()
    assert message.tool_calls is not None
    asked = {call.function.name: json.loads(call.function.arguments) for call in message.tool_calls}
    assert asked == {"get_weather": {"city": "Köln"}, "get_time": {"zone": "Europe/Berlin"}}
    assert len({call.id for call in message.tool_calls}) == 2
    messages.append(message.model_dump(exclude_none=True, exclude={"parsed"}))
    messages.extend(
        {"role": "tool", "tool_call_id": call.id, "content": f"result of {call.function.name}"}
        for call in message.tool_calls
    )
    assert ask().content == "21 degrees, ten past nine."


@every_provider
def test_picture_in(client: openai.OpenAI, mock: Aimock, provider: str) -> None:
    answer = client.chat.completions.create(
        model=provider,
        messages=[
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "what is in the picture"},
                    {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PICTURE}"}},
                ],
            }
        ],
    )
    assert answer.choices[0].message.content == "A red square."


@every_provider
def test_json_schema(client: openai.OpenAI, provider: str) -> None:
    answer = client.chat.completions.create(
        model=provider,
        messages=[{"role": "user", "content": "as json"}],
        response_format={
            "type": "json_schema",
            "json_schema": {
                "name": "weather",
                "strict": True,
                "schema": {
                    "type": "object",
                    "properties": {"city": {"type": "string"}, "degrees": {"type": "integer"}},
                    "required": ["city", "degrees"],
                    "additionalProperties": False,
                },
            },
        },
    )
    assert json.loads(answer.choices[0].message.content or "") == {"city": "Köln", "degrees": 21}


@pytest.mark.parametrize("provider", [name for name in PROVIDERS if name != "ollama"])  # aimock's never says so
def test_cut_by_the_limit(client: openai.OpenAI, provider: str) -> None:
    answer = client.chat.completions.create(
        model=provider, messages=[{"role": "user", "content": "too long"}], max_tokens=3
    )
    assert answer.choices[0].finish_reason == "length"


@pytest.mark.parametrize("provider", ["openai", "openrouter"])
def test_embeddings(client: openai.OpenAI, bare: CallServer, provider: str) -> None:
    answer = client.embeddings.with_raw_response.create(model=f"{provider}/text-embedding-3-small", input="embed me")
    vector = answer.parse().data[0].embedding
    assert vector == pytest.approx([0.25, -0.5, 0.125])
    assert bare.books.last(answer.headers["x-request-id"]).operation == "embeddings"


@every_provider
@pytest.mark.parametrize(
    ("said", "status", "error"),
    [
        ("fail 400", 400, openai.BadRequestError),
        ("fail 401", 502, openai.InternalServerError),
        ("fail 404", 404, openai.NotFoundError),
        ("fail 429", 429, openai.RateLimitError),
    ],
)
@pytest.mark.parametrize("streamed", [False, True])
def test_errors_of_providers(
    client: openai.OpenAI, bare: CallServer, provider: str, said: str, status: int, error: type, streamed: bool
) -> None:
    with pytest.raises(error) as raised:
        client.chat.completions.create(model=provider, messages=[{"role": "user", "content": said}], stream=streamed)
    assert raised.value.status_code == status
    assert KEY not in raised.value.response.text
    assert raised.value.response.json()["error"]["message"]
    event = bare.books.last(raised.value.response.headers["x-request-id"])
    assert event.outcome == "error"
    assert event.cost_nanos == 0


def test_failing_provider_is_tried_again_and_told(client: openai.OpenAI, bare: CallServer) -> None:
    with pytest.raises(openai.InternalServerError) as raised:
        client.chat.completions.create(model="openai", messages=[{"role": "user", "content": "fail 500"}])
    event = bare.books.last(raised.value.response.headers["x-request-id"])
    assert [(attempt.status, attempt.error) for attempt in event.attempts] == [(500, "server")] * 3


def test_provider_and_model(client: openai.OpenAI, bare: CallServer) -> None:
    answer = client.chat.completions.with_raw_response.create(
        model="openai/gpt-4.1", messages=[{"role": "user", "content": "say hello"}]
    )
    event = bare.books.last(answer.headers["x-request-id"])
    assert (event.model, event.requested_model, event.configuration_id) == ("gpt-4.1", "openai/gpt-4.1", "id-openai")


async def test_async_client_streams(async_client: openai.AsyncOpenAI) -> None:
    stream = await async_client.chat.completions.create(
        model="default", messages=[{"role": "user", "content": "say hello"}], stream=True
    )
    assert "".join([chunk.choices[0].delta.content or "" async for chunk in stream if chunk.choices]) == HELLO


async def test_async_client_whole(async_client: openai.AsyncOpenAI) -> None:
    answer = await async_client.chat.completions.create(
        model="anthropic", messages=[{"role": "user", "content": "say hello"}]
    )
    assert answer.choices[0].message.content == HELLO


def test_models(client: openai.OpenAI) -> None:
    names = [model.id for model in client.models.list()]
    assert set(PROVIDERS) <= set(names)
    assert names[len(PROVIDERS) + 1] == "default"
    assert client.models.retrieve("anthropic").owned_by == "anthropic"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("nothing")


def test_reasoning_comes_through(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(
        model="anthropic",
        messages=[{"role": "user", "content": "think first"}],
        extra_body={"reasoning_effort": "medium"},
        max_tokens=20000,
    )
    message = answer.choices[0].message
    assert message.content == "Forty-two."
    assert message.reasoning_content == "Six times seven."  # type: ignore[attr-defined]
