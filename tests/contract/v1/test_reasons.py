"""Why a provider failed: callers of every wire are told, the books keep it, and what no retry cures is not retried."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY, configuration, route
from tests.upstreams import scripted
from tests.upstreams.scripted import Script, Scripted, stream, whole

SECRET = "0f3c9a7b5d2e4f6a8b1c3d5e7f9a0b2c"
ASKS: dict[str, tuple[str, dict[str, Any]]] = {
    "chat": ("/v1/chat/completions", {"messages": [{"role": "user", "content": "hello"}]}),
    "responses": ("/v1/responses", {"input": "hello", "store": False}),
    "messages": ("/v1/messages", {"messages": [{"role": "user", "content": "hello"}], "max_tokens": 20}),
    "gemini": (
        "/v1beta/models/{model}:generateContent",
        {"contents": [{"role": "user", "parts": [{"text": "hello"}]}]},
    ),
    "completions": ("/v1/completions", {"prompt": "hello"}),
    "embeddings": ("/v1/embeddings", {"input": "hello"}),
}
GOOD = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "hi"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4},
}


def fails(status: str, words: str) -> Script:
    return whole(json.dumps({"error": {"message": words, "type": "server_error"}}).encode(), status=status)


@pytest.fixture(scope="module")
def upstreams() -> Iterator[tuple[Scripted, Scripted]]:
    with scripted.start() as first, scripted.start() as second:
        yield first, second


@pytest.fixture(scope="module")
def bare(upstreams: tuple[Scripted, Scripted]) -> Iterator[CallServer]:
    configurations = [
        configuration(name, "custom", model="m", base_url=f"{upstream.url}/v1", api_key=SECRET, shared=True)
        for name, upstream in zip(("a", "b"), upstreams, strict=True)
    ]
    with CallServer(configurations, routes=[route("both", "a", "b")]).serve() as running:
        yield running


@pytest.fixture
def first(upstreams: tuple[Scripted, Scripted]) -> Scripted:
    upstreams[0].asked.clear()
    return upstreams[0]


@pytest.fixture
def second(upstreams: tuple[Scripted, Scripted]) -> Scripted:
    upstreams[1].asked.clear()
    upstreams[1].script = whole(json.dumps(GOOD).encode())
    return upstreams[1]


def ask(bare: CallServer, face: str, model: str, **fields: Any) -> httpx2.Response:
    path, body = ASKS[face]
    headers = {"Authorization": f"Bearer {KEY}"}
    url = bare.url + path.format(model=model)
    return httpx2.post(url, json={"model": model, **body, **fields}, headers=headers, timeout=20, trust_env=False)


@pytest.mark.parametrize("face", ASKS)
def test_a_reason_that_no_retry_cures_reaches_caller_and_books_at_once(
    bare: CallServer, first: Scripted, face: str
) -> None:
    words = f"CUDA out of memory. Tried to allocate 2 GiB (key {SECRET}, at 10.1.2.3:8000)"
    first.script = fails("500 Internal Server Error", words)
    answer = ask(bare, face, "a")
    assert answer.status_code == 502
    assert "too little memory" in answer.text
    assert "Tried to allocate 2 GiB" in answer.text
    event = bare.books.last(answer.headers["x-request-id"])
    assert [each.error for each in event.attempts] == ["server"]
    told = event.attempts[-1].reason or ""
    assert "Tried to allocate 2 GiB" in told
    for hidden in (SECRET, "10.1.2.3"):
        assert hidden not in told
    assert SECRET not in answer.text
    assert len(first.asked) == 1


@pytest.mark.parametrize("face", ["chat", "messages", "gemini"])
@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("500 Internal Server Error", "image input is not supported - hint: you may need to provide the mmproj"),
        ("400 Bad Request", "Qwen3-8B is not a multimodal model"),
        ("400 Bad Request", "No models loaded. Please load a model in the developer page"),
        ("501 Not Implemented", "This server does not support completions."),
    ],
)
def test_what_only_this_target_cannot_do_another_does(
    bare: CallServer, first: Scripted, second: Scripted, face: str, status: str, words: str
) -> None:
    first.script = fails(status, words)
    answer = ask(bare, face, "both")
    assert answer.status_code == 200, answer.text
    assert (len(first.asked), len(second.asked)) == (1, 1)


@pytest.mark.parametrize(
    ("words", "status"),
    [("Context size has been exceeded.", 413), ("Failed to load image or audio file", 400)],
)
def test_what_the_request_does_wrong_is_its_senders_to_mend_whatever_the_status(
    bare: CallServer, first: Scripted, second: Scripted, words: str, status: int
) -> None:
    first.script = fails("500 Internal Server Error", words)
    answer = ask(bare, "chat", "both")
    assert answer.status_code == status
    assert words in answer.json()["error"]["message"]
    assert (len(first.asked), len(second.asked)) == (1, 0)


def test_what_passes_is_tried_again(bare: CallServer, first: Scripted) -> None:
    first.script = fails("503 Service Unavailable", "Loading model")
    answer = ask(bare, "chat", "a")
    assert answer.status_code == 503
    assert "still loading" in answer.json()["error"]["message"]
    assert len(first.asked) == 3


@pytest.mark.parametrize("face", ["chat", "messages", "responses"])
def test_why_a_stream_broke_off_is_in_the_books(bare: CallServer, first: Scripted, face: str) -> None:
    piece = {**GOOD, "object": "chat.completion.chunk", "usage": None}
    piece["choices"] = [{"index": 0, "delta": {"role": "assistant", "content": "hi"}, "finish_reason": None}]
    error = {"error": {"message": f"CUDA error: an illegal memory access (key {SECRET})", "code": 500}}
    first.script = stream(*(f"data: {json.dumps(value)}\n\n".encode() for value in (piece, error)))
    answer = ask(bare, face, "a", stream=True)
    assert "illegal memory access" in answer.text
    assert SECRET not in answer.text
    event = bare.books.last(answer.headers["x-request-id"])
    assert event.outcome == "error"
    assert "illegal memory access" in (event.attempts[-1].reason or "")
    assert SECRET not in (event.attempts[-1].reason or "")


@pytest.mark.parametrize("face", ["chat", "messages", "responses", "gemini"])
@pytest.mark.parametrize("ending", ["error", "text"])
def test_a_key_that_comes_in_two_pieces_is_taken_out_of_the_stream(
    bare: CallServer, first: Scripted, face: str, ending: str
) -> None:
    piece = {**GOOD, "object": "chat.completion.chunk", "usage": None}
    piece["choices"] = [{"index": 0, "delta": {"role": "assistant", "content": "hi"}, "finish_reason": None}]
    last: dict[str, Any] = {"error": {"message": f"Incorrect key {SECRET}", "code": SECRET, "param": SECRET}}
    if ending == "text":
        choices = [{"index": 0, "delta": {"content": f"It is {SECRET}."}, "finish_reason": "stop"}]
        last = {**piece, "choices": choices}
    said = f"data: {json.dumps(last)}\n\n".encode()
    middle = said.index(SECRET.encode()) + 16
    first.script = stream(f"data: {json.dumps(piece)}\n\n".encode(), said[:middle], said[middle:], b"data: [DONE]\n\n")
    if face == "gemini":
        path = "/v1beta/models/a:streamGenerateContent?alt=sse"
        body = ASKS["gemini"][1]
        headers = {"Authorization": f"Bearer {KEY}"}
        answer = httpx2.post(bare.url + path, json=body, headers=headers, timeout=20, trust_env=False)
    else:
        answer = ask(bare, face, "a", stream=True)
    # Where the failure comes before anything has left, it is the whole answer.
    assert answer.status_code in {200, 502}, answer.text
    assert SECRET not in answer.text
    assert "[redacted]" in answer.text
    event = bare.books.last(answer.headers["x-request-id"])
    assert SECRET not in str(event)


@pytest.mark.parametrize("face", ["chat", "messages", "responses", "gemini"])
@pytest.mark.parametrize("at", [1, 3, 4, 16, 31])
def test_a_key_that_a_model_spreads_over_two_deltas_is_taken_out(
    bare: CallServer, first: Scripted, face: str, at: int
) -> None:
    texts = ["It is ", SECRET[:at], f"{SECRET[at:]}, so.", ""]
    chunks = [
        {
            **GOOD,
            "object": "chat.completion.chunk",
            "usage": None,
            "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None if text else "stop"}],
        }
        for text in texts
    ]
    first.script = stream(*(f"data: {json.dumps(chunk)}\n\n".encode() for chunk in chunks), b"data: [DONE]\n\n")
    if face == "gemini":
        path = "/v1beta/models/a:streamGenerateContent?alt=sse"
        headers = {"Authorization": f"Bearer {KEY}"}
        answer = httpx2.post(bare.url + path, json=ASKS["gemini"][1], headers=headers, timeout=20, trust_env=False)
    else:
        answer = ask(bare, face, "a", stream=True)
    assert answer.status_code == 200
    for part in (SECRET[:8], SECRET[8:20], SECRET[20:]):
        assert part not in answer.text
    assert "[redacted]" in answer.text
    assert "so." in answer.text
    assert bare.books.last(answer.headers["x-request-id"]).outcome == "ok"
