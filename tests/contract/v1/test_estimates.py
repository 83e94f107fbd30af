"""Usage where a provider tells none, zeros, or what cannot be: every client is told our own count, marked as one."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import openai
import pytest
from anthropic import Anthropic
from google import genai
from google.genai.types import HttpOptions

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY, configuration
from tests.upstreams import scripted
from tests.upstreams.scripted import Script, Scripted, stream, whole
from trunkline.core.errors import Unavailable

WORDS = "The quick brown fox jumps over the lazy dog."
LARGEST = 9223372036854775807
COUNTS = {"none": None, "zero": 0, "absurd": LARGEST}
MODELS = {
    "deepseek": "deepseek-chat",
    "openai": "gpt-4o",
    "anthropic": "claude-sonnet-4-5",
    "gemini": "gemini-2.5-flash",
}
PROVIDERS = (*MODELS, "ollama")
CLIENTS = ("chat", "messages", "gemini", "responses")


@pytest.fixture(scope="module")
def upstream() -> Iterator[Scripted]:
    with scripted.start() as running:
        yield running


@pytest.fixture(scope="module")
def bare(upstream: Scripted) -> Iterator[CallServer]:
    configurations = [
        configuration(name, name, model=model, base_url=upstream.url, api_key="sk-1") for name, model in MODELS.items()
    ]
    configurations.append(configuration("ollama", "ollama", model="llama3.2", base_url=upstream.url))
    with CallServer(configurations).serve() as running:
        yield running


def sse(*events: dict[str, Any]) -> list[bytes]:
    return [
        (f"event: {event['type']}\n" if "type" in event else "").encode() + f"data: {json.dumps(event)}\n\n".encode()
        for event in events
    ]


def flow(pieces: list[bytes], cut: int | None, kind: str = "text/event-stream") -> Script:
    """All of ``pieces``, or the first of them and then nothing more."""
    return stream(*pieces, kind=kind) if cut is None else stream(*pieces[:cut], end="never", kind=kind)


def chat(count: int | None, streams: bool, cut: bool = False) -> Script:
    usage = {} if count is None else {"usage": {"prompt_tokens": count, "completion_tokens": count}}
    head = {"id": "c", "created": 1, "model": "m"}
    if not streams:
        choice = {"index": 0, "message": {"role": "assistant", "content": WORDS}, "finish_reason": "stop"}
        return whole(json.dumps({**head, "object": "chat.completion", "choices": [choice], **usage}).encode())
    head["object"] = "chat.completion.chunk"
    said = {"index": 0, "delta": {"content": WORDS}, "finish_reason": None}
    end = {"index": 0, "delta": {}, "finish_reason": "stop"}
    told = [{**head, "choices": [], **usage}] if usage else []
    events = sse({**head, "choices": [said]}, {**head, "choices": [end]}, *told)
    return flow([*events, b"data: [DONE]\n\n"], 1 if cut else None)


def responses(count: int | None, streams: bool, cut: bool = False) -> Script:
    usage = None if count is None else {"input_tokens": count, "output_tokens": count, "total_tokens": count}
    text = {"type": "output_text", "text": WORDS, "annotations": [], "logprobs": []}
    item = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [text]}
    made = {
        "id": "resp_1", "object": "response", "created_at": 1, "status": "completed", "model": "gpt-4o",
        "output": [item], "usage": usage, "parallel_tool_calls": True, "tool_choice": "auto", "tools": [],
    }  # fmt: skip
    if not streams:
        return whole(json.dumps(made).encode())
    delta = {"type": "response.output_text.delta", "item_id": "msg_1", "output_index": 0, "content_index": 0}
    return flow(
        sse(
            {"type": "response.created", "response": {**made, "status": "in_progress", "output": [], "usage": None}},
            {**delta, "delta": WORDS, "logprobs": []},
            {"type": "response.completed", "response": made},
        ),
        2 if cut else None,
    )


def anthropic(count: int | None, streams: bool, cut: bool = False) -> Script:
    usage = {} if count is None else {"usage": {"input_tokens": count, "output_tokens": count}}
    made = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-4-5", "stop_sequence": None}
    if not streams:
        content = [{"type": "text", "text": WORDS}]
        return whole(json.dumps({**made, "content": content, "stop_reason": "end_turn", **usage}).encode())
    end = {"stop_reason": "end_turn", "stop_sequence": None}
    return flow(
        sse(
            {"type": "message_start", "message": {**made, "content": [], "stop_reason": None, **usage}},
            {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": WORDS}},
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": end, **usage},
            {"type": "message_stop"},
        ),
        3 if cut else None,
    )


def gemini(count: int | None, streams: bool, cut: bool = False) -> Script:
    usage = {} if count is None else {"usageMetadata": {"promptTokenCount": count, "candidatesTokenCount": count}}
    said = {"content": {"role": "model", "parts": [{"text": WORDS}]}, "index": 0}
    made = {"modelVersion": "gemini-2.5-flash", "responseId": "r", **usage}
    if not streams:
        return whole(json.dumps({"candidates": [{**said, "finishReason": "STOP"}], **made}).encode())
    end = {"content": {"role": "model", "parts": [{"text": ""}]}, "index": 0, "finishReason": "STOP"}
    return flow(sse({"candidates": [said], **made}, {"candidates": [end], **made}), 1 if cut else None)


def ollama(count: int | None, streams: bool, cut: bool = False) -> Script:
    usage = {} if count is None else {"prompt_eval_count": count, "eval_count": count}
    head = {"model": "llama3.2", "created_at": "2025-01-01T00:00:00Z"}
    said = {"role": "assistant", "content": WORDS}
    end = {**head, "done": True, "done_reason": "stop", **usage}
    if not streams:
        return whole(json.dumps({**end, "message": said}).encode())
    lines = ({**head, "message": said, "done": False}, {**end, "message": {"role": "assistant", "content": ""}})
    written = [json.dumps(line).encode() + b"\n" for line in lines]
    return flow(written, 1 if cut else None, "application/x-ndjson")


def answer(client: str, provider: str, count: int | None, streams: bool, *, cut: bool = False) -> Script:
    native = provider == "openai" and client == "responses"
    wires = {"anthropic": anthropic, "gemini": gemini, "ollama": ollama}
    return responses(count, streams, cut) if native else wires.get(provider, chat)(count, streams, cut)


def open_call(bare: CallServer, client: str, model: str, streams: bool) -> http.client.HTTPConnection:
    """A connection on which the call is sent."""
    turn = [{"role": "user", "content": "Write a pangram."}]
    path, body = {
        "chat": ("/v1/chat/completions", {"messages": turn, "stream_options": {"include_usage": True}}),
        "messages": ("/v1/messages", {"messages": turn, "max_tokens": 99}),
        "responses": ("/v1/responses", {"input": "Write a pangram."}),
        "gemini": (
            f"/v1beta/models/{model}:{'streamGenerateContent?alt=sse' if streams else 'generateContent'}",
            {"contents": [{"role": "user", "parts": [{"text": "Write a pangram."}]}]},
        ),
    }[client]
    if client != "gemini":
        body = {**body, "model": model, "stream": streams}
    if not streams:
        body.pop("stream_options", None)
    connection = http.client.HTTPConnection("127.0.0.1", bare.port, timeout=20)
    connection.request("POST", path, json.dumps(body), {"authorization": f"Bearer {KEY}"})
    return connection


def ask(bare: CallServer, client: str, model: str, streams: bool) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Headers, and the values of the answer: one, or one for each event."""
    connection = open_call(bare, client, model, streams)
    got = connection.getresponse()
    text = got.read().decode()
    connection.close()
    assert got.status == 200, text
    assert str(LARGEST) not in text
    headers = {name.lower(): value for name, value in got.getheaders()}
    if not streams:
        return headers, [json.loads(text)]
    lines = [line[6:] for line in text.splitlines() if line.startswith("data: ") and "[DONE]" not in line]
    return headers, [json.loads(line) for line in lines]


def told(client: str, values: list[dict[str, Any]]) -> tuple[int, int, bool]:
    """Input, output and whether they are estimated, as the last value says that speaks of them."""
    names = {
        "chat": ("usage", "prompt_tokens", "completion_tokens"),
        "gemini": ("usageMetadata", "promptTokenCount", "candidatesTokenCount"),
    }
    field, given, made = names.get(client, ("usage", "input_tokens", "output_tokens"))
    inner = [value.get("response", value) if client == "responses" else value for value in values]
    usage = next(value[field] for value in reversed(inner) if value.get(field))
    return usage[given], usage[made], usage.get("estimated", False)


@pytest.mark.parametrize("streams", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("kind", COUNTS)
@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("client", CLIENTS)
def test_who_asks_is_told_our_count(
    bare: CallServer, upstream: Scripted, client: str, provider: str, kind: str, streams: bool
) -> None:
    upstream.script = answer(client, provider, COUNTS[kind], streams)
    headers, values = ask(bare, client, provider, streams)
    given, made, estimated = told(client, values)
    event = bare.books.last(headers["x-request-id"])
    assert (event.outcome, event.usage_estimated, estimated) == ("ok", True, True)
    assert (given, made) == (event.usage.input, event.usage.output)
    assert 4 <= given <= 45
    assert 10 <= made <= 13
    if not streams:
        assert headers["x-trunkline-estimated"] == "true"


@pytest.mark.parametrize("streams", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("client", CLIENTS)
def test_what_a_provider_tells_is_told_as_it_is(
    bare: CallServer, upstream: Scripted, client: str, provider: str, streams: bool
) -> None:
    upstream.script = answer(client, provider, 21, streams)
    headers, values = ask(bare, client, provider, streams)
    assert told(client, values) == (21, 21, False)
    assert "x-trunkline-estimated" not in headers
    assert not bare.books.last(headers["x-request-id"]).usage_estimated


def test_the_usage_chunk_is_the_last_before_the_end(bare: CallServer, upstream: Scripted) -> None:
    upstream.script = chat(None, True)
    _, values = ask(bare, "chat", "deepseek", True)
    assert [len(value["choices"]) for value in values] == [1, 1, 0]
    assert all(before["id"] == after["id"] for before, after in pairwise(values))


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_that_hangs_up_is_counted_alike_on_every_wire(
    bare: CallServer, upstream: Scripted, client: str, provider: str
) -> None:
    upstream.hung_up.clear()
    upstream.script = answer(client, provider, None, True, cut=True)
    connection = open_call(bare, client, provider, True)
    got = connection.getresponse()
    seen = b""
    while b"lazy dog" not in seen:
        seen += got.read1()
    got.close()
    connection.close()
    assert upstream.hung_up.wait(10)
    event = bare.books.last(got.headers["x-request-id"])
    assert (event.outcome, event.usage_estimated) == ("cancelled", True)
    assert 4 <= event.usage.input <= 45
    assert 10 <= event.usage.output <= 13


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_a_stream_that_could_not_be_stored_says_so(bare: CallServer, upstream: Scripted, provider: str) -> None:
    upstream.script = answer("responses", provider, 21, True)
    bare.kept.fault = Unavailable("The database cannot be reached.")
    try:
        _, values = ask(bare, "responses", provider, True)
    finally:
        bare.kept.fault = None
    assert values[-1]["type"] == "response.completed"
    assert values[-1]["response"]["store"] is False
    upstream.script = answer("responses", provider, 21, True)
    _, values = ask(bare, "responses", provider, True)
    assert values[-1]["response"].get("store") is not False


def test_official_clients_take_the_mark(bare: CallServer, upstream: Scripted) -> None:
    upstream.script = chat(None, True)
    with openai.OpenAI(base_url=f"{bare.url}/v1", api_key=KEY) as client:
        turn: Any = [{"role": "user", "content": "Write a pangram."}]
        options: Any = {"include_usage": True}
        *_, last = client.chat.completions.create(model="openai", messages=turn, stream=True, stream_options=options)
    assert last.usage is not None
    assert last.usage.completion_tokens >= 10
    upstream.script = anthropic(None, True)
    with (
        Anthropic(base_url=bare.url, api_key=KEY) as client,
        client.messages.stream(model="anthropic", max_tokens=99, messages=turn) as events,
    ):
        assert events.get_final_message().usage.output_tokens >= 10
    upstream.script = gemini(None, True)
    with genai.Client(api_key=KEY, http_options=HttpOptions(base_url=bare.url)) as client:
        *_, piece = client.models.generate_content_stream(model="gemini", contents="Write a pangram.")
    assert piece.usage_metadata is not None
    assert (piece.usage_metadata.candidates_token_count or 0) >= 10
