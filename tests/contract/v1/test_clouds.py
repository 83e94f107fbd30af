"""The official ``openai`` SDK through Trunkline to models in three clouds: Bedrock, Azure OpenAI, Vertex AI."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from joserfc.jwk import RSAKey

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY as GATEWAY_KEY
from tests.contract.v1.entries import configuration
from tests.unit.providers.fakes import reply
from tests.upstreams import aimock
from trunkline.outbound import Client, OutgoingRequest, Transport
from trunkline.providers.service_account import TOKEN_URL

HELLO = "Hello from the other side — 你好, \u2028 done."
COST_OF_21_IN_9_OUT = 114_000
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of a city",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE"
CLOUDS = ("bedrock", "bedrock-signed", "azure", "azure-deployment", "vertex")

pytestmark = pytest.mark.needs_node
every_cloud = pytest.mark.parametrize("cloud", CLOUDS)


class Tokens:
    """The real client, but for Google's token endpoint, which gives the key that the imitation asks for."""

    def __init__(self) -> None:
        self.asked = 0
        self.sent: list[OutgoingRequest] = []
        self._client: Client

    def over(self, client: Client) -> Transport:
        self._client = client
        return self

    async def send(self, request: OutgoingRequest, *given: Any) -> Any:
        if str(request.url) == TOKEN_URL:
            self.asked += 1
            return reply({"access_token": aimock.KEY, "expires_in": 3599})
        self.sent.append(request)
        return await self._client.send(request, *given)


@pytest.fixture(scope="module")
def tokens() -> Tokens:
    return Tokens()


@pytest.fixture(scope="module")
def bare(mock: aimock.Aimock, keyless_mock: aimock.Aimock, tokens: Tokens) -> Iterator[CallServer]:
    account = {
        "type": "service_account",
        "client_email": "robot@p.iam.gserviceaccount.com",
        "private_key_id": "kid",
        "private_key": RSAKey.generate_key(2048, private=True).as_pem(private=True).decode(),
        "token_uri": TOKEN_URL,
    }
    claude = "us.anthropic.claude-sonnet-4-20250514-v1:0"
    configurations = [
        configuration("bedrock", "bedrock", model=claude, base_url=mock.url, api_key=aimock.KEY),
        configuration(
            "bedrock-signed",
            "bedrock",
            model="us.amazon.nova-lite-v1:0",
            base_url=keyless_mock.url,
            api_key="wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            parameters={"accessKeyId": ACCESS_KEY, "region": "eu-west-1"},
        ),
        configuration(
            "azure", "azure-openai", model="gpt-4o-mini", base_url=f"{mock.url}/openai/v1", api_key=aimock.KEY
        ),
        configuration(
            "azure-deployment",
            "azure-openai",
            model="my-gpt",
            base_url=f"{mock.url}/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21",
            api_key=aimock.KEY,
        ),
        configuration(
            "vertex",
            "vertex",
            model="gemini-2.5-flash",
            base_url=mock.url,
            api_key=json.dumps(account),
            parameters={"project": "my-project", "location": "europe-west4"},
        ),
        configuration("wrong", "bedrock", model=claude, base_url=mock.url, api_key="ABSKwrong-0123456789"),
    ]
    with CallServer(configurations, transport=tokens.over).serve() as running:
        yield running


@pytest.fixture
def client(bare: CallServer) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{bare.url}/v1", api_key=GATEWAY_KEY, max_retries=0) as client:
        yield client


def last(mock: aimock.Aimock) -> dict[str, Any]:
    """What the imitation was asked last."""
    return mock.requests()[-1]


@every_cloud
def test_text(client: openai.OpenAI, bare: CallServer, cloud: str) -> None:
    answer = client.chat.completions.with_raw_response.create(
        model=cloud,
        messages=[{"role": "system", "content": "Be brief."}, {"role": "user", "content": "say hello"}],
        temperature=0.5,
        max_tokens=50,
    )
    completion = answer.parse()
    assert completion.choices[0].message.content == HELLO
    assert completion.choices[0].finish_reason == "stop"
    event = bare.books.last(answer.headers["x-request-id"])
    assert (event.outcome, event.usage.input, event.usage.output) == ("ok", 21, 9)
    assert event.cost_nanos == COST_OF_21_IN_9_OUT


@every_cloud
def test_text_streamed(client: openai.OpenAI, bare: CallServer, cloud: str) -> None:
    answer = client.chat.completions.with_raw_response.create(
        model=cloud,
        messages=[{"role": "user", "content": "say hello"}],
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = list(answer.parse())
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == HELLO
    (usage,) = [chunk.usage for chunk in chunks if chunk.usage is not None]
    assert (usage.prompt_tokens, usage.completion_tokens) == (21, 9)
    event = bare.books.last(answer.headers["x-request-id"])
    assert (event.outcome, event.usage.input, event.usage.output) == ("ok", 21, 9)


@every_cloud
@pytest.mark.parametrize("streams", [False, True])
def test_a_tool_and_its_result(client: openai.OpenAI, cloud: str, streams: bool) -> None:
    question: Any = {"role": "user", "content": "weather please"}
    asked: Any = {"model": cloud, "tools": [WEATHER]}
    if streams:
        with client.chat.completions.stream(messages=[question], **asked) as stream:
            message = stream.get_final_completion().choices[0].message
    else:
        message = client.chat.completions.create(messages=[question], **asked).choices[0].message
    assert message.tool_calls
    (call,) = message.tool_calls
    assert call.function.name == "get_weather"
    assert json.loads(call.function.arguments) == {"city": "Köln"}
    answer = client.chat.completions.create(
        messages=[
            question,
            {
                "role": "assistant",
                "tool_calls": [
                    {
                        "id": call.id,
                        "type": "function",
                        "function": {"name": call.function.name, "arguments": call.function.arguments},
                    }
                ],
            },
            {"role": "tool", "tool_call_id": call.id, "content": "21 degrees"},
        ],
        **asked,
    )
    assert answer.choices[0].message.content == "It is 21 degrees in Köln."


def test_calls_with_an_access_key_are_signed(
    client: openai.OpenAI, tokens: Tokens, keyless_mock: aimock.Aimock
) -> None:
    client.chat.completions.create(model="bedrock-signed", messages=[{"role": "user", "content": "say hello"}])
    headers = dict(tokens.sent[-1].headers)
    scope = f"{headers['X-Amz-Date'][:8]}/eu-west-1/bedrock/aws4_request"
    assert headers["authorization"].startswith(f"AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/{scope}, SignedHeaders=")
    assert "wJalr" not in str(headers)
    assert last(keyless_mock)["headers"]["x-amz-date"] == headers["X-Amz-Date"]


def test_one_token_serves_many_calls(client: openai.OpenAI, tokens: Tokens, mock: aimock.Aimock) -> None:
    for _ in range(3):
        client.chat.completions.create(model="vertex", messages=[{"role": "user", "content": "say hello"}])
    assert tokens.asked == 1
    assert last(mock)["path"].startswith("/v1/projects/my-project/locations/europe-west4/publishers/google/models/")


def test_a_deployment_is_asked_at_its_own_path(client: openai.OpenAI, mock: aimock.Aimock) -> None:
    client.chat.completions.create(model="azure-deployment", messages=[{"role": "user", "content": "say hello"}])
    assert last(mock)["path"].partition("?")[0] == "/openai/deployments/my-gpt/chat/completions"


def test_a_wrong_key_is_not_the_callers_fault(client: openai.OpenAI, bare: CallServer) -> None:
    with pytest.raises(openai.APIStatusError) as caught:
        client.chat.completions.create(model="wrong", messages=[{"role": "user", "content": "say hello"}])
    assert caught.value.status_code >= 500
    assert "ABSK" not in str(caught.value)
    assert bare.books.last().outcome == "error"
