"""What a provider's error says besides its words reaches clients of the same wire, in whichever place it stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY, configuration
from tests.upstreams import scripted
from tests.upstreams.scripted import Scripted, stream, whole

SECRET = "sk-of-the-provider"
ASKS: dict[str, tuple[str, dict[str, Any]]] = {
    "openai": ("/v1/chat/completions", {"model": "openai", "messages": [{"role": "user", "content": "hi"}]}),
    "anthropic": (
        "/v1/messages",
        {"model": "anthropic", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]},
    ),
    "gemini": ("/v1beta/models/gemini:generateContent", {"contents": [{"role": "user", "parts": [{"text": "hi"}]}]}),
}
STREAMED = "/v1beta/models/gemini:streamGenerateContent?alt=sse"
INFO = {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [{"field": "a", "description": "b"}]}
ERRORS: dict[str, dict[str, Any]] = {
    "openai": {"error": {"message": "no", "type": "invalid_request_error", "param": "n", "code": "odd", "hint": 1}},
    "anthropic": {
        "type": "error",
        "error": {"type": "invalid_request_error", "message": "no", "details": {"error_code": "odd"}, "param": "n"},
    },
    "gemini": {"error": {"code": 400, "message": "no", "status": "FAILED_PRECONDITION", "details": [INFO]}},
}
KEPT: dict[str, dict[str, Any]] = {
    "openai": {"type": "invalid_request_error", "param": "n", "hint": 1},
    "anthropic": {"type": "invalid_request_error", "details": {"error_code": "odd"}, "param": "n"},
}


@pytest.fixture(scope="module")
def upstream() -> Iterator[Scripted]:
    with scripted.start() as upstream:
        yield upstream


@pytest.fixture(scope="module")
def bare(upstream: Scripted) -> Iterator[CallServer]:
    entries = [
        configuration(name, name, model="m-1", base_url=upstream.url, api_key=SECRET, shared=True) for name in ASKS
    ]
    with CallServer(entries).serve() as bare:
        yield bare


def ask(bare: CallServer, name: str, *, streamed: bool) -> dict[str, Any]:
    path, body = ASKS[name]
    if streamed and name == "gemini":
        path = STREAMED
    elif streamed:
        body = {**body, "stream": True}
    answer = httpx2.post(
        bare.url + path, json=body, headers={"authorization": f"Bearer {KEY}"}, timeout=20, trust_env=False
    )
    assert answer.status_code >= 400, answer.text
    return json.loads(answer.text)["error"]


def keeps(name: str, told: dict[str, Any]) -> bool:
    if name == "gemini":
        return INFO in told["details"]
    return {key: told.get(key) for key in KEPT[name]} == KEPT[name]


@pytest.mark.parametrize("name", ASKS)
@pytest.mark.parametrize("streamed", [False, True])
def test_with_a_status_of_its_own(bare: CallServer, upstream: Scripted, name: str, streamed: bool) -> None:
    upstream.script = whole(json.dumps(ERRORS[name]).encode(), status="400 Bad Request")
    assert keeps(name, ask(bare, name, streamed=streamed))


@pytest.mark.parametrize("name", ASKS)
def test_in_the_place_of_an_answer(bare: CallServer, upstream: Scripted, name: str) -> None:
    upstream.script = whole(json.dumps(ERRORS[name]).encode())
    assert keeps(name, ask(bare, name, streamed=False))


@pytest.mark.parametrize("name", ASKS)
def test_as_the_first_event_of_a_stream(bare: CallServer, upstream: Scripted, name: str) -> None:
    data = json.dumps(ERRORS[name]).encode()
    named = b"event: error\n" if name == "anthropic" else b""
    upstream.script = stream(named + b"data: " + data + b"\n\n")
    assert keeps(name, ask(bare, name, streamed=True))
