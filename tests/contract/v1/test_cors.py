"""Pages of other origins: which may call, what they may send, and what they can read."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY, configuration

PAGE = "https://app.example.com"
ASK = {"model": "demo", "messages": [{"role": "user", "content": "hi"}]}
SENT = "authorization,content-type,x-stainless-os,x-stainless-retry-count"


@pytest.fixture(scope="module")
def bare() -> Iterator[CallServer]:
    with CallServer([configuration("demo", "demo", model="demo-chat")]).serve() as running:
        yield running


@pytest.fixture(scope="module")
def narrow() -> Iterator[CallServer]:
    with CallServer([configuration("demo", "demo", model="demo-chat")], cors_origins=PAGE).serve() as running:
        yield running


def ask(bare: CallServer, method: str, path: str, body: object = None, **headers: str) -> http.client.HTTPResponse:
    with closing(http.client.HTTPConnection("127.0.0.1", bare.port, timeout=10)) as connection:
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, None if body is None else json.dumps(body), fields)
        answer = connection.getresponse()
        answer.read()
        return answer


def preflight(bare: CallServer, path: str, method: str = "POST", **headers: str) -> http.client.HTTPResponse:
    return ask(bare, "OPTIONS", path, access_control_request_method=method, **{"origin": PAGE, **headers})


@pytest.mark.parametrize(
    "path",
    ["/v1/chat/completions", "/v1/messages", "/v1beta/models/demo:generateContent", "/v1/responses/resp_1", "/v1/v1/x"],
)
def test_the_question_is_answered_without_a_key(bare: CallServer, path: str) -> None:
    answer = preflight(bare, path, access_control_request_headers=SENT)
    assert answer.status == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-headers"] == SENT
    assert {"GET", "POST", "DELETE"} <= set(answer.headers["access-control-allow-methods"].split(", "))
    assert int(answer.headers["access-control-max-age"]) > 0
    assert answer.headers["access-control-allow-credentials"] is None


@pytest.mark.parametrize("asked", ["", "a b", 'x"y', "x-a,,x-b"])
def test_odd_names_of_headers_are_not_repeated(bare: CallServer, asked: str) -> None:
    answer = preflight(bare, "/v1/models", "GET", access_control_request_headers=asked)
    assert answer.headers["access-control-allow-headers"] == "authorization, content-type"


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status"),
    [
        ("POST", "/v1/chat/completions", ASK, {}, 200),
        ("POST", "/v1/chat/completions", {**ASK, "stream": True}, {}, 200),
        ("POST", "/v1/chat/completions", {}, {}, 400),
        ("GET", "/v1/models", None, {}, 200),
        ("GET", "/v1/models", None, {"authorization": "Bearer tl-wrong"}, 401),
        ("POST", "/v1/chat/completion", ASK, {}, 404),
        ("PUT", "/v1/chat/completions", ASK, {}, 405),
        ("POST", "/v1/chat/completions", ASK, {"content_encoding": "compress"}, 415),
    ],
)
def test_every_answer_can_be_read(
    bare: CallServer, method: str, path: str, body: object, headers: dict[str, str], status: int
) -> None:
    answer = ask(bare, method, path, body, **{"origin": PAGE, "authorization": f"Bearer {KEY}", **headers})
    assert answer.status == status
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-credentials"] is None
    exposed = answer.headers["access-control-expose-headers"].split(", ")
    told = {name for name, _ in answer.getheaders() if name.startswith("x-") and name != "x-accel-buffering"}
    assert told <= {*exposed}
    assert {"retry-after", "x-should-retry"} <= {*exposed}


def test_programs_hear_nothing_of_it(bare: CallServer) -> None:
    answer = ask(bare, "GET", "/v1/models", authorization=f"Bearer {KEY}")
    assert answer.headers["access-control-allow-origin"] is None


def test_named_origins(narrow: CallServer) -> None:
    answer = preflight(narrow, "/v1/models", "GET", access_control_request_private_network="true")
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert answer.headers["access-control-allow-private-network"] == "true"
    assert "origin" in answer.headers["vary"]
    answer = ask(narrow, "GET", "/v1/models", origin=PAGE, authorization=f"Bearer {KEY}")
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert answer.headers["vary"] == "origin"


@pytest.mark.parametrize("origin", ["https://evil.example", "https://app.example.com.evil", "http://app.example.com"])
def test_other_origins(narrow: CallServer, origin: str) -> None:
    answer = preflight(narrow, "/v1/models", "GET", origin=origin)
    assert answer.headers["access-control-allow-origin"] is None
    answer = ask(narrow, "GET", "/v1/models", origin=origin, authorization=f"Bearer {KEY}")
    assert answer.status == 200, "browsers judge, not we"
    assert answer.headers["access-control-allow-origin"] is None
    assert answer.headers["vary"] == "origin"


def test_no_page_reaches_into_a_home_unless_it_is_named(bare: CallServer) -> None:
    answer = preflight(bare, "/v1/models", "GET", access_control_request_private_network="true")
    assert answer.headers["access-control-allow-private-network"] is None
