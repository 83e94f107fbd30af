"""A process that has as much under way as it takes: it refuses what comes on top, before it takes memory."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any

import anthropic
import httpx2
import openai
import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY, configuration
from tests.contract.v1.plain_lane import WHOLE, answer
from tests.e2e.server import wait_for
from tests.upstreams import scripted
from trunkline.faces.v1.load import Load

SAID: Any = {"model": "demo", "messages": [{"role": "user", "content": "Hello"}]}
HEADERS = {"authorization": f"Bearer {KEY}", "content-type": "application/json"}


@pytest.fixture
def bare() -> Iterator[CallServer]:
    with CallServer([configuration("demo", "demo", model="demo-chat")], demo_delay=0.01).serve() as running:
        yield running


@pytest.fixture
def load(bare: CallServer) -> Load:
    return bare.application.plain_lane.load


def is_empty(load: Load) -> bool:
    return (load.calls, load.bytes) == (0, 0)


def begin(bare: CallServer, length: int = 100, *more: str) -> socket.socket:
    """A request of which the body has not come yet."""
    client = socket.create_connection(("127.0.0.1", bare.port))
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {KEY}\r\ncontent-length: {length}\r\n"
    )
    client.sendall(f"{head}expect: 100-continue\r\n\r\n".encode())
    return client


def ask(bare: CallServer, path: str = "/v1/chat/completions", **fields: Any) -> httpx2.Response:
    return httpx2.post(bare.url + path, json={**SAID, **fields}, headers=HEADERS, timeout=20)


def test_a_call_above_the_most_is_refused_in_the_shape_of_its_face(bare: CallServer, load: Load) -> None:
    load.most_calls = 1
    with closing(begin(bare)):
        wait_for(lambda: load.calls == 1)
        refused = ask(bare)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        error = refused.json()["error"]
        assert error["code"] == "overloaded"
        assert "TRUNKLINE_MAX_CALLS" in error["message"]
        with openai.OpenAI(base_url=f"{bare.url}/v1", api_key=KEY, max_retries=0) as client:
            with pytest.raises(openai.InternalServerError):
                client.embeddings.create(model="demo", input="Hello")
        with anthropic.Anthropic(base_url=bare.url, api_key=KEY, max_retries=0) as theirs:
            with pytest.raises(anthropic.APIStatusError) as told:
                theirs.messages.create(**SAID, max_tokens=5)
        assert told.value.status_code == 503
        google = httpx2.post(f"{bare.url}/v1beta/models/demo:generateContent", json={}, headers=HEADERS)
        assert (google.status_code, google.json()["error"]["status"]) == (503, "UNAVAILABLE")
        # Who asks what there is takes no place, and is never refused.
        assert httpx2.get(f"{bare.url}/v1/models", headers=HEADERS).status_code == 200
    wait_for(lambda: is_empty(load))
    assert ask(bare).status_code == 200
    assert bare.books.last().outcome == "ok"


def test_bodies_that_do_not_fit_are_refused_before_they_are_sent(bare: CallServer, load: Load) -> None:
    load.most_bytes = 1_000
    with closing(begin(bare, 900)):
        wait_for(lambda: load.bytes == 900)
        with closing(begin(bare, 200, "expect: 100-continue")) as other:
            other.settimeout(20)
            assert other.recv(100).startswith(b"HTTP/1.1 503 ")
        small = {"content": "x"}
        assert ask(bare, messages=[{"role": "user", **small}]).status_code == 200
    wait_for(lambda: is_empty(load))
    assert ask(bare, messages=[{"role": "user", "content": "x" * 5_000}]).status_code == 200, "it is alone"


def test_a_body_of_unknown_length_is_counted_as_it_comes(bare: CallServer, load: Load) -> None:
    load.most_bytes = 1_000
    with closing(begin(bare, 900)):
        wait_for(lambda: load.bytes == 900)
        connection = http.client.HTTPConnection("127.0.0.1", bare.port, timeout=20)
        with closing(connection):
            body = json.dumps({**SAID, "user": "x" * 300}).encode()
            connection.request("POST", "/v1/chat/completions", iter([body]), HEADERS, encode_chunked=True)
            assert connection.getresponse().status == 503
    wait_for(lambda: is_empty(load))


def test_a_stream_has_its_place_until_its_end_or_until_its_client_goes(bare: CallServer, load: Load) -> None:
    with httpx2.stream(
        "POST", f"{bare.url}/v1/chat/completions", json={**SAID, "stream": True}, headers=HEADERS
    ) as one:
        pieces = one.iter_bytes()
        next(pieces)
        assert load.calls == 1
        assert load.bytes > 0
    wait_for(lambda: is_empty(load))
    assert "[DONE]" in ask(bare, stream=True).text
    assert ask(bare, model="nobody").status_code == 404
    wait_for(lambda: is_empty(load))


def test_plain_calls_have_places_too() -> None:
    with ExitStack() as stack:
        upstream = stack.enter_context(scripted.start())
        entry = configuration("demo", "openai", model="gpt-4o-mini", base_url=f"{upstream.url}/v1", api_key="sk-x")
        bare = stack.enter_context(CallServer([entry]).serve())
        load = bare.application.plain_lane.load
        seen: list[int] = []

        async def serve(writer: Any) -> None:
            seen.append(load.calls)
            writer.write(answer(WHOLE))

        upstream.script = serve
        with httpx2.Client(headers=HEADERS, timeout=20) as client:
            for _ in range(3):
                assert client.post(f"{bare.url}/v1/chat/completions", json=SAID).status_code == 200
            wait_for(lambda: is_empty(load))
            load.most_calls = 0
            assert client.post(f"{bare.url}/v1/chat/completions", json=SAID).status_code == 503
        assert seen == [1, 1, 1]
        wait_for(lambda: is_empty(load))
