"""The official ``ollama`` SDK through Trunkline to an independent imitation of every provider."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx2
import ollama
import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.conftest import PROVIDERS
from tests.contract.v1.entries import KEY
from tests.contract.v1.test_openai_sdk import HELLO, PICTURE
from tests.upstreams.aimock import KEY as SECRET

pytestmark = pytest.mark.needs_node
every_provider = pytest.mark.parametrize("provider", PROVIDERS)
both_ways = pytest.mark.parametrize("streamed", [False, True])

PLACE = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "degrees": {"type": "integer"}},
    "required": ["city", "degrees"],
    "additionalProperties": False,
}


def get_weather(city: str) -> str:
    """The weather of a city.

    Args:
        city: Which city
    """
    return city


def get_time(zone: str) -> str:
    """The time in a zone.

    Args:
        zone: Which zone
    """
    return zone


@pytest.fixture
def client(bare: CallServer) -> ollama.Client:
    return ollama.Client(host=f"{bare.url}/ollama", headers={"authorization": f"Bearer {KEY}"})


def ask(client: ollama.Client, streamed: bool, model: str, said: Any, **more: Any) -> list[ollama.ChatResponse]:
    messages = [{"role": "user", "content": said}] if isinstance(said, str) else said
    answer: Any = client.chat(model, messages=messages, stream=streamed, **more)
    return list(answer) if streamed else [answer]


def text(answers: list[ollama.ChatResponse]) -> str:
    return "".join(answer.message.content or "" for answer in answers)


@every_provider
@both_ways
def test_text(client: ollama.Client, bare: CallServer, provider: str, streamed: bool) -> None:
    answers = ask(client, streamed, provider, "say hello", options={"temperature": 0.5, "num_predict": 99})
    assert text(answers) == HELLO
    *before, last = answers
    assert not any(answer.done for answer in before)
    assert (last.done, last.done_reason) == (True, "stop")
    assert last.total_duration is not None
    assert last.total_duration > 0
    event = bare.books.last()
    assert (event.outcome, event.provider, event.streamed) == ("ok", provider, streamed)
    assert (last.prompt_eval_count, last.eval_count) == (event.usage.input, event.usage.output)


@every_provider
@both_ways
def test_generate(client: ollama.Client, bare: CallServer, provider: str, streamed: bool) -> None:
    answer: Any = client.generate(provider, "say hello", system="Be brief.", stream=streamed)
    answers: list[ollama.GenerateResponse] = list(answer) if streamed else [answer]
    assert "".join(one.response or "" for one in answers) == HELLO
    assert (answers[-1].done, answers[-1].done_reason) == (True, "stop")
    assert answers[-1].eval_count == bare.books.last().usage.output


@every_provider
@both_ways
def test_tool_loop(client: ollama.Client, provider: str, streamed: bool) -> None:
    history: list[Any] = [{"role": "user", "content": "weather and time"}]
    tools = [get_weather, get_time]
    answers = ask(client, streamed, provider, history, tools=tools)
    calls = [call for answer in answers for call in answer.message.tool_calls or ()]
    assert {call.function.name: call.function.arguments for call in calls} == {
        "get_weather": {"city": "Köln"},
        "get_time": {"zone": "Europe/Berlin"},
    }
    history.append({"role": "assistant", "content": "", "tool_calls": calls})
    history += [{"role": "tool", "tool_name": call.function.name, "content": "fine"} for call in calls]
    assert text(ask(client, streamed, provider, history, tools=tools)) == "21 degrees, ten past nine."


@every_provider
def test_picture_in(client: ollama.Client, provider: str) -> None:
    said = [{"role": "user", "content": "what is in the picture", "images": [base64.b64decode(PICTURE)]}]
    assert text(ask(client, False, provider, said)) == "A red square."


@every_provider
@both_ways
def test_schema(client: ollama.Client, provider: str, streamed: bool) -> None:
    assert json.loads(text(ask(client, streamed, provider, "as json", format=PLACE))) == {"city": "Köln", "degrees": 21}


@every_provider
@both_ways
@pytest.mark.parametrize(("said", "code"), [("fail 400", 400), ("fail 401", 502), ("fail 404", 404), ("fail 429", 429)])
def test_errors(client: ollama.Client, provider: str, streamed: bool, said: str, code: int) -> None:
    with pytest.raises(ollama.ResponseError) as raised:
        ask(client, streamed, provider, said)
    assert raised.value.status_code == code
    assert raised.value.error
    assert SECRET not in raised.value.error


def test_a_stranger_is_refused(bare: CallServer) -> None:
    stranger = ollama.Client(host=f"{bare.url}/ollama")
    with pytest.raises(ollama.ResponseError, match="No API key was sent") as raised:
        stranger.list()
    assert raised.value.status_code == 401


def test_models(client: ollama.Client) -> None:
    assert set(PROVIDERS) <= {model.model for model in client.list().models}
    shown = client.show("openai:latest")
    assert shown.capabilities == ["completion", "tools", "vision"]
    assert shown.modelinfo == {"general.architecture": "trunkline", "general.basename": "gpt-4o-mini"}
    assert client.ps().models == []
    with pytest.raises(ollama.ResponseError, match="no model or configuration 'opnai'"):
        client.show("opnai")


def test_a_tag_that_clients_add_is_left_out(client: ollama.Client, bare: CallServer) -> None:
    assert text(ask(client, False, "openai:latest", "say hello")) == HELLO
    assert bare.books.last().model == "gpt-4o-mini"
    with pytest.raises(ollama.ResponseError, match="'openai:8b'"):
        ask(client, False, "openai:8b", "say hello")


def test_a_model_of_a_provider(client: ollama.Client, bare: CallServer) -> None:
    assert text(ask(client, False, "openai/gpt-4.1", "say hello")) == HELLO
    assert bare.books.last().model == "gpt-4.1"


def test_a_model_is_loaded_without_a_call(client: ollama.Client, bare: CallServer) -> None:
    before = len(bare.books.events)
    loaded = client.generate("openai")
    assert (loaded.response, loaded.done, loaded.done_reason) == ("", True, "load")
    unloaded = client.chat("openai", keep_alive=0)
    assert (unloaded.message.content, unloaded.done_reason) == ("", "unload")
    with pytest.raises(ollama.ResponseError, match="'opnai'"):
        client.generate("opnai")
    assert len(bare.books.events) == before


def test_embeddings(client: ollama.Client) -> None:
    model = "openai/text-embedding-3-small"
    assert client.embed(model, "embed me").embeddings[0] == pytest.approx([0.25, -0.5, 0.125])
    assert client.embeddings(model, "embed me").embedding == pytest.approx([0.25, -0.5, 0.125])


def test_what_was_left_out_is_told(bare: CallServer) -> None:
    body = {
        "model": "openai",
        "messages": [{"role": "user", "content": "say hello"}],
        "keep_alive": "5m",
        "options": {"num_ctx": 4096, "min_p": 0.1},
        "stream": False,
    }
    headers = {"authorization": f"Bearer {KEY}"}
    answer = httpx2.post(f"{bare.url}/ollama/api/chat", json=body, headers=headers)
    assert answer.headers["content-type"] == "application/json"
    assert set(answer.headers["x-trunkline-dropped"].split(", ")) == {"min_p", "extra.keep_alive", "extra.options"}


@pytest.mark.parametrize("field", ["suffix", "template", "context", "raw"])
def test_what_cannot_be_said_is_refused_by_name(client: ollama.Client, field: str) -> None:
    given: Any = {"context": [1], "raw": True}.get(field, "x")
    with pytest.raises(ollama.ResponseError, match=f"{field}: is ") as raised:
        client.generate("openai", "say hello", **{field: given})
    assert raised.value.status_code == 400


def test_what_manages_models_is_not_here(client: ollama.Client) -> None:
    with pytest.raises(ollama.ResponseError, match="Add one as a configuration") as raised:
        client.pull("llama3.2")
    assert raised.value.status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "", 200),
        ("HEAD", "/", 200),
        ("HEAD", "/api/version", 200),
        ("HEAD", "/api/tags", 200),
        ("GET", "/api/version", 200),
        ("GET", "/api/chat", 405),
        ("POST", "/api/tags", 405),
        ("GET", "/api/nothing", 404),
        ("POST", "/v2", 404),
    ],
)
def test_paths(bare: CallServer, method: str, path: str, status: int) -> None:
    headers = {"authorization": f"Bearer {KEY}"}
    answer = httpx2.request(method, f"{bare.url}/ollama{path}", headers=headers)
    assert answer.status_code == status
    if status == 405:
        assert answer.headers["allow"] == ("POST" if path == "/api/chat" else "GET, HEAD")
    if status != 200:
        assert set(answer.json()) == {"error"}


def test_streams_are_lines(bare: CallServer) -> None:
    body = {"model": "openai", "messages": [{"role": "user", "content": "say hello"}]}
    headers = {"authorization": f"Bearer {KEY}"}
    answer = httpx2.post(f"{bare.url}/ollama/api/chat", json=body, headers=headers)
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.text.endswith("}\n")
    last = json.loads(answer.text.splitlines()[-1])
    durations = [last[f"{name}_duration"] for name in ("prompt_eval", "eval", "total")]
    assert sum(durations[:2]) == durations[2]
