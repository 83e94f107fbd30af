"""The official ``openai`` SDK's responses through Trunkline to an independent imitation of every provider."""

from __future__ import annotations

import json
from typing import Any

import openai
import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.conftest import PROVIDERS
from tests.contract.v1.test_openai_sdk import HELLO, PICTURE
from tests.upstreams.aimock import KEY as SECRET

pytestmark = pytest.mark.needs_node
every_provider = pytest.mark.parametrize("provider", PROVIDERS)
both_ways = pytest.mark.parametrize("streamed", [False, True])
TOOLS: Any = [
    {
        "type": "function",
        "name": "get_weather",
        "strict": False,
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
    {
        "type": "function",
        "name": "get_time",
        "strict": False,
        "parameters": {"type": "object", "properties": {"zone": {"type": "string"}}},
    },
]


def ask(client: openai.OpenAI, streamed: bool, **asked: Any) -> Any:
    if not streamed:
        return client.responses.create(**asked)
    with client.responses.stream(**asked) as stream:
        for _ in stream:
            pass
        return stream.get_final_response()


@every_provider
@both_ways
def test_text(client: openai.OpenAI, bare: CallServer, provider: str, streamed: bool) -> None:
    answer = ask(client, streamed, model=provider, instructions="Be brief.", input="say hello", temperature=0.5)
    assert answer.output_text == HELLO
    assert answer.status == "completed"
    event = bare.books.last()
    assert (event.outcome, event.provider, event.streamed) == ("ok", provider, streamed)
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (event.usage.input, event.usage.output)


@every_provider
@both_ways
def test_tool_loop(client: openai.OpenAI, provider: str, streamed: bool) -> None:
    history: list[Any] = [{"role": "user", "content": "weather and time"}]
    answer = ask(client, streamed, model=provider, input=history, tools=TOOLS)
    calls = [item for item in answer.output if item.type == "function_call"]
    assert {call.name: json.loads(call.arguments) for call in calls} == {
        "get_weather": {"city": "Köln"},
        "get_time": {"zone": "Europe/Berlin"},
    }
    history += [item.model_dump(exclude_none=True, exclude={"parsed_arguments"}) for item in answer.output]
    history += [{"type": "function_call_output", "call_id": call.call_id, "output": "fine"} for call in calls]
    assert ask(client, streamed, model=provider, input=history, tools=TOOLS).output_text == "21 degrees, ten past nine."


@every_provider
def test_picture_in(client: openai.OpenAI, provider: str) -> None:
    content = [
        {"type": "input_text", "text": "what is in the picture"},
        {"type": "input_image", "image_url": f"data:image/png;base64,{PICTURE}"},
    ]
    answer = ask(client, False, model=provider, input=[{"role": "user", "content": content}])
    assert answer.output_text == "A red square."


@pytest.mark.parametrize("provider", [name for name in PROVIDERS if name != "openai"])
@both_ways
def test_going_on_from_what_was_stored(client: openai.OpenAI, provider: str, streamed: bool) -> None:
    first = ask(client, streamed, model=provider, input="weather and time", tools=TOOLS)
    assert first.id.startswith("resp_tl_")
    results: Any = [
        {"type": "function_call_output", "call_id": item.call_id, "output": "fine"}
        for item in first.output
        if item.type == "function_call"
    ]
    second = ask(client, streamed, model=provider, previous_response_id=first.id, input=results, tools=TOOLS)
    assert second.output_text == "21 degrees, ten past nine."
    assert second.previous_response_id == first.id


def test_what_was_not_stored_cannot_be_gone_on_from(client: openai.OpenAI) -> None:
    first = ask(client, False, model="anthropic", input="say hello", store=False)
    for identity in (first.id, "resp_tl_nothing", "resp_of_somebody_else"):
        with pytest.raises(openai.NotFoundError) as raised:
            ask(client, False, model="anthropic", input="say hello", previous_response_id=identity)
        assert raised.value.code == "previous_response_not_found"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("tools", [{"type": "web_search"}]),
        ("conversation", "conv_1"),
        ("background", True),
    ],
)
def test_what_only_openai_has_is_refused_elsewhere(client: openai.OpenAI, field: str, value: Any) -> None:
    with pytest.raises(openai.BadRequestError) as raised:
        client.responses.create(model="anthropic", input="say hello", extra_body={field: value})
    assert raised.value.param == field


@every_provider
@both_ways
@pytest.mark.parametrize(
    ("said", "status"), [("fail 400", 400), ("fail 401", 502), ("fail 404", 404), ("fail 429", 429)]
)
def test_errors(client: openai.OpenAI, provider: str, streamed: bool, said: str, status: int) -> None:
    with pytest.raises(openai.APIStatusError) as raised:
        ask(client, streamed, model=provider, input=said)
    assert raised.value.status_code == status
    assert SECRET not in raised.value.response.text
