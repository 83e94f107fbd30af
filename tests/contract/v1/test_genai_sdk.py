"""The official ``google-genai`` SDK through Trunkline to an independent imitation of every provider."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from google import genai
from google.genai import errors, types

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.conftest import PROVIDERS
from tests.contract.v1.entries import KEY
from tests.contract.v1.test_openai_sdk import HELLO, PICTURE
from tests.upstreams.aimock import KEY as SECRET

pytestmark = pytest.mark.needs_node
every_provider = pytest.mark.parametrize("provider", PROVIDERS)
both_ways = pytest.mark.parametrize("streamed", [False, True])

TOOLS = types.Tool(
    function_declarations=[
        types.FunctionDeclaration(
            name="get_weather",
            description="The weather of a city",
            parameters_json_schema={"type": "object", "properties": {"city": {"type": "string"}}},
        ),
        types.FunctionDeclaration(
            name="get_time", parameters_json_schema={"type": "object", "properties": {"zone": {"type": "string"}}}
        ),
    ]
)


@pytest.fixture(params=["v1", "v1beta"])
def client(bare: CallServer, request: pytest.FixtureRequest) -> genai.Client:
    options = types.HttpOptions(base_url=bare.url, api_version=request.param)
    return genai.Client(api_key=KEY, http_options=options)


def ask(client: genai.Client, streamed: bool, model: str, contents: Any, **config: Any) -> list[Any]:
    settings = types.GenerateContentConfig(
        automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True), **config
    )
    if streamed:
        return list(client.models.generate_content_stream(model=model, contents=contents, config=settings))
    return [client.models.generate_content(model=model, contents=contents, config=settings)]


def parts(answers: list[Any]) -> list[Any]:
    return [
        part
        for answer in answers
        for candidate in answer.candidates or ()
        for part in (candidate.content.parts if candidate.content else None) or ()
    ]


def text(answers: list[Any]) -> str:
    return "".join(part.text for part in parts(answers) if part.text and not part.thought)


@every_provider
@both_ways
def test_text(client: genai.Client, bare: CallServer, provider: str, streamed: bool) -> None:
    answers = ask(client, streamed, provider, "say hello", system_instruction="Be brief.", temperature=0.5)
    assert text(answers) == HELLO
    last = answers[-1]
    assert last.candidates[0].finish_reason == types.FinishReason.STOP
    event = bare.books.last()
    assert (event.outcome, event.provider, event.streamed) == ("ok", provider, streamed)
    assert (last.usage_metadata.prompt_token_count or 0) == event.usage.input
    assert (last.usage_metadata.candidates_token_count or 0) == event.usage.output


@every_provider
@both_ways
def test_tool_loop(client: genai.Client, provider: str, streamed: bool) -> None:
    history: list[Any] = [types.Content(role="user", parts=[types.Part(text="weather and time")])]
    answers = ask(client, streamed, provider, history, tools=[TOOLS])
    said = parts(answers)
    calls = [part.function_call for part in said if part.function_call]
    assert {call.name: call.args for call in calls} == {
        "get_weather": {"city": "Köln"},
        "get_time": {"zone": "Europe/Berlin"},
    }
    history.append(types.Content(role="model", parts=[part for part in said if part.function_call]))
    results = [
        types.Part(function_response=types.FunctionResponse(id=call.id, name=call.name, response={"output": "fine"}))
        for call in calls
    ]
    history.append(types.Content(role="user", parts=results))
    assert text(ask(client, streamed, provider, history, tools=[TOOLS])) == "21 degrees, ten past nine."


@every_provider
def test_picture_in(client: genai.Client, provider: str) -> None:
    picture = types.Part.from_bytes(data=base64.b64decode(PICTURE), mime_type="image/png")
    assert text(ask(client, False, provider, [picture, "what is in the picture"])) == "A red square."


@every_provider
@both_ways
@pytest.mark.parametrize(("said", "code"), [("fail 400", 400), ("fail 401", 502), ("fail 404", 404), ("fail 429", 429)])
def test_errors(client: genai.Client, provider: str, streamed: bool, said: str, code: int) -> None:
    with pytest.raises(errors.APIError) as raised:
        ask(client, streamed, provider, said)
    assert raised.value.code == code
    assert SECRET not in str(raised.value.details)
    assert raised.value.details["error"]["status"]


def test_own_errors_have_the_clients_shape(client: genai.Client) -> None:
    with pytest.raises(errors.ClientError) as raised:
        ask(client, False, "opnai", "x")
    assert (raised.value.code, raised.value.status) == (404, "NOT_FOUND")


@pytest.mark.parametrize("provider", ["openai", "ollama"])
def test_counting_where_the_provider_does_not(client: genai.Client, provider: str) -> None:
    counted = client.models.count_tokens(model=provider, contents="Tell me a story. " * 20)
    assert counted.total_tokens is not None
    assert 100 < counted.total_tokens < 140


def test_provider_and_model_in_the_path(client: genai.Client, bare: CallServer) -> None:
    assert text(ask(client, False, "openai/gpt-4.1", "say hello")) == HELLO
    assert bare.books.last().model == "gpt-4.1"


def test_embeddings(client: genai.Client) -> None:
    answer = client.models.embed_content(model="openai/text-embedding-3-small", contents="embed me")
    assert answer.embeddings is not None
    assert answer.embeddings[0].values == pytest.approx([0.25, -0.5, 0.125])


def test_models(client: genai.Client) -> None:
    assert {f"models/{name}" for name in PROVIDERS} <= {model.name for model in client.models.list()}


def test_stream_as_an_array(bare: CallServer) -> None:
    import http.client
    import json

    connection = http.client.HTTPConnection("127.0.0.1", bare.port, timeout=10)
    body = json.dumps({"contents": [{"role": "user", "parts": [{"text": "say hello"}]}]})
    connection.request("POST", "/v1beta/models/openai:streamGenerateContent", body, {"x-goog-api-key": KEY})
    response = connection.getresponse()
    assert response.headers["content-type"] == "application/json"
    pieces = json.loads(response.read())
    said = "".join(part["text"] for piece in pieces for part in piece["candidates"][0]["content"].get("parts", ()))
    assert said == HELLO
