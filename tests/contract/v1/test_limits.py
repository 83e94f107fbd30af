"""A limit that is reached, as each face's own SDK meets it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import anthropic
import httpx2
import msgspec
import openai
import pytest
from google import genai
from google.genai import errors, types

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY, WORKSPACE, configuration, route
from tests.contract.v1.plain_lane import WHOLE
from tests.contract.v1.routes.routed_call import STREAM
from tests.e2e.server import wait_for
from tests.upstreams import scripted
from trunkline.gateway.gates.limit_gate import LimitGate
from trunkline.gateway.snapshot import LimitEntry

SAID: Any = {"model": "a", "messages": [{"role": "user", "content": "Hello"}]}


def set_limits(bare: CallServer, *limits: LimitEntry) -> None:
    snapshot = bare.holder.current
    part = msgspec.structs.replace(snapshot.parts[WORKSPACE], limits=limits)
    bare.holder.current = msgspec.structs.replace(snapshot, parts={WORKSPACE: part})


def each_key(measure: Any = "requests", amount: int = 1, **fields: Any) -> LimitEntry:
    window = None if measure == "parallel" else "hour"
    return LimitEntry(id=f"each-{measure}", subject="key", measure=measure, amount=amount, window=window, **fields)


@pytest.fixture
def bare() -> Iterator[CallServer]:
    made = [configuration(name, "demo", model="demo-chat", shared=True) for name in ("a", "b")]
    with CallServer(made, routes=[route("any", "a", "b")], gates=(LimitGate(),)).serve() as running:
        yield running


def ask(bare: CallServer, path: str = "/v1/chat/completions", **fields: Any) -> httpx2.Response:
    return httpx2.post(bare.url + path, json={**SAID, **fields}, headers={"authorization": f"Bearer {KEY}"}, timeout=20)


def test_openais_sdk_raises_its_rate_limit_error(bare: CallServer) -> None:
    set_limits(bare, each_key())
    with openai.OpenAI(base_url=f"{bare.url}/v1", api_key=KEY, max_retries=0) as client:
        client.chat.completions.create(**SAID)
        with pytest.raises(openai.RateLimitError) as told:
            client.chat.completions.create(**SAID)
        with pytest.raises(openai.RateLimitError):
            client.responses.create(model="a", input="Hello")
        with pytest.raises(openai.RateLimitError):
            client.embeddings.create(model="a", input="Hello")
    assert told.value.code == "rate_limit_exceeded"
    assert "1 request per hour for this API key is reached. Try again in 60 minutes." in told.value.message
    headers = told.value.response.headers
    assert headers["retry-after"] == "3600"
    assert headers["ratelimit-policy"] == '"each-key-requests-per-hour";q=1;w=3600'
    assert headers["ratelimit"] == '"each-key-requests-per-hour";r=0;t=3600'


@pytest.mark.parametrize(("measure", "amount"), [("requests", 1), ("tokens", 30)])
def test_openais_client_is_told_what_there_is_too_much_of(bare: CallServer, measure: str, amount: int) -> None:
    set_limits(bare, each_key(measure, amount))
    words = [{"role": "user", "content": "word " * 20}]
    assert ask(bare, messages=words).status_code == 200
    refused = ask(bare, messages=words)
    error = refused.json()["error"]
    assert (refused.status_code, error["type"], error["code"]) == (429, measure, "rate_limit_exceeded")


def test_anthropics_sdk_raises_its_rate_limit_error(bare: CallServer) -> None:
    set_limits(bare, each_key())
    with anthropic.Anthropic(base_url=bare.url, api_key=KEY, max_retries=0) as client:
        client.messages.create(**SAID, max_tokens=5)
        with pytest.raises(anthropic.RateLimitError) as told:
            client.messages.create(**SAID, max_tokens=5)
    body: Any = told.value.body
    assert body["type"] == "error"
    assert body["error"]["type"] == "rate_limit_error"
    assert told.value.response.headers["retry-after"] == "3600"


def test_googles_sdk_is_told_that_a_resource_is_exhausted(bare: CallServer) -> None:
    set_limits(bare, each_key())
    client = genai.Client(api_key=KEY, http_options=types.HttpOptions(base_url=bare.url, api_version="v1beta"))
    client.models.generate_content(model="a", contents="Hello")
    with pytest.raises(errors.ClientError) as told:
        client.models.generate_content(model="a", contents="Hello")
    assert (told.value.code, told.value.status) == (429, "RESOURCE_EXHAUSTED")


def test_a_stream_is_limited_too_and_its_tokens_count_at_its_end(bare: CallServer) -> None:
    set_limits(bare, each_key("tokens", 1_000), each_key("parallel"))
    answer = ask(bare, stream=True)
    assert "[DONE]" in answer.text
    assert answer.headers["ratelimit-policy"] == (
        '"each-key-tokens-per-hour";q=1000;qu="tokens";w=3600, "each-key-parallel";q=1;qu="concurrent-requests"'
    )
    used = bare.books.last().usage.total
    second = ask(bare)
    assert second.status_code == 200, "the place is free again"
    left = int(second.headers["ratelimit"].split("r=")[1].split(";")[0])
    assert left <= 1_000 - used


def test_a_request_that_no_waiting_lets_in_is_too_large(bare: CallServer) -> None:
    set_limits(bare, each_key("tokens", 10))
    answer = ask(bare, messages=[{"role": "user", "content": "word " * 100}])
    assert answer.status_code == 413
    assert "lets in 10 tokens at once, and this request has about 125" in answer.json()["error"]["message"]
    assert bare.books.opened == []


def test_a_route_goes_on_to_the_configuration_that_is_not_used_up(bare: CallServer) -> None:
    set_limits(
        bare, LimitEntry(id="l", subject="configuration", subject_id="id-a", measure="requests", amount=1, window="day")
    )
    served = [ask(bare, model="any").headers["x-trunkline-configuration"] for _ in range(3)]
    assert served == ["id-a", "id-b", "id-b"]
    assert ask(bare, model="a").status_code == 429


def test_models_and_counts_of_tokens_are_not_limited(bare: CallServer) -> None:
    set_limits(bare, each_key())
    assert ask(bare).status_code == 200
    assert ask(bare, "/v1/messages/count_tokens").status_code == 200
    listed = httpx2.get(f"{bare.url}/v1/models", headers={"authorization": f"Bearer {KEY}"})
    assert listed.status_code == 200


@pytest.fixture
def plain() -> Iterator[tuple[CallServer, scripted.Scripted]]:
    """A gateway in front of a provider whose answers pass, so that calls are plain ones."""
    with scripted.start() as upstream:
        entry = configuration("a", "openai", model="gpt-4o-mini", base_url=f"{upstream.url}/v1", api_key="sk-x")
        with CallServer([entry], gates=(LimitGate(),)).serve() as running:
            yield running, upstream


def test_a_place_is_free_again_whatever_the_provider_answers(plain: tuple[CallServer, scripted.Scripted]) -> None:
    bare, upstream = plain
    set_limits(bare, each_key("parallel"), each_key("tokens", 1_000))
    for script, status in (
        (scripted.whole(b"{}", status="400 Bad Request"), 400),
        (scripted.whole(b"<html>"), 502),
        (scripted.slam, 502),
        (scripted.whole(WHOLE), 200),
    ):
        upstream.script = script
        assert ask(bare).status_code == status
    # What failed used no tokens; the last one used 30, as it says.
    state = ask(bare).headers["ratelimit"]
    assert '"each-key-parallel";r=0' in state
    left = int(state.partition('tokens-per-hour";r=')[2].partition(";")[0])
    assert 1_000 - 30 - 20 < left <= 1_000 - 30


def test_plain_calls_are_limited_alike(plain: tuple[CallServer, scripted.Scripted]) -> None:
    bare, upstream = plain
    upstream.script = scripted.whole(WHOLE)
    with openai.OpenAI(base_url=f"{bare.url}/v1", api_key=KEY, max_retries=0) as client:
        client.chat.completions.create(**SAID)
        set_limits(bare, each_key(amount=3))
        told = [client.chat.completions.with_raw_response.create(**SAID).headers["ratelimit"] for _ in range(3)]
        with pytest.raises(openai.RateLimitError, match="3 requests per hour"):
            client.chat.completions.create(**SAID)
    assert [each.partition("r=")[2].partition(";")[0] for each in told] == ["2", "1", "0"]
    assert len(upstream.asked) == 4


def test_a_place_is_free_again_when_the_client_hangs_up(plain: tuple[CallServer, scripted.Scripted]) -> None:
    bare, upstream = plain
    set_limits(bare, each_key("parallel"))
    body = {**SAID, "stream": True}
    headers = {"authorization": f"Bearer {KEY}"}
    upstream.script = scripted.stream(STREAM[0], end="never")
    with httpx2.stream("POST", f"{bare.url}/v1/chat/completions", json=body, headers=headers, timeout=20) as stream:
        pieces = stream.iter_bytes()
        next(pieces)
        assert ask(bare).status_code == 429
    upstream.script = scripted.whole(WHOLE)
    wait_for(lambda: ask(bare).status_code == 200)
