"""What clients and the books see when a provider is down, slow, lying or cut off, and when a client goes away."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import Any

import openai
import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY, configuration
from tests.upstreams import scripted
from tests.upstreams.aimock import free_port
from tests.upstreams.scripted import PAUSE, RESUME, Scripted, in_turn, silence, slam, stream, whole
from trunkline.core.errors import Unavailable
from trunkline.outbound import Timeouts

SECRET = "sk-secret-abcdefghijklmnop-7Qd"
ASK: Any = {"model": "up", "messages": [{"role": "user", "content": "hello"}]}
GOOD = json.dumps(
    {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "gpt-4o-mini",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "hi"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4},
    }
).encode()


def chunk(text: str | None = None, *, finish: str | None = None, usage: dict[str, int] | None = None) -> bytes:
    choices = [] if usage else [{"index": 0, "delta": {"content": text} if text else {}, "finish_reason": finish}]
    value: dict[str, Any] = {
        "id": "c",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m",
        "choices": choices,
    }
    if usage:
        value["usage"] = usage
    return b"data: " + json.dumps(value).encode() + b"\n\n"


USAGE = chunk(usage={"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5})
DONE = b"data: [DONE]\n\n"


@pytest.fixture(scope="module")
def upstream() -> Iterator[Scripted]:
    with scripted.start() as running:
        yield running


@pytest.fixture(scope="module")
def bare(upstream: Scripted) -> Iterator[CallServer]:
    def to(name: str, provider: str, **fields: Any):
        return configuration(name, provider, base_url=upstream.url, api_key=SECRET, **fields)

    configurations = [
        to("up", "openai", model="gpt-4o-mini"),
        to("claude", "anthropic", model="claude-sonnet-4-20250514"),
        configuration("down", "openai", model="m", base_url=f"http://127.0.0.1:{free_port()}", api_key=SECRET),
        configuration("lost", "openai", model="m", base_url="http://name.invalid", api_key=SECRET),
    ]
    timeouts = Timeouts(connect=2, first_byte=0.4, between=0.4, total=5)
    with CallServer(configurations, timeouts=timeouts).serve() as running:
        yield running


@pytest.fixture
def client(bare: CallServer) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{bare.url}/v1", api_key=KEY, max_retries=0) as client:
        yield client


def fails(client: openai.OpenAI, bare: CallServer, **changes: Any) -> tuple[int, dict[str, Any]]:
    with pytest.raises(openai.APIStatusError) as raised:
        client.chat.completions.create(**{**ASK, **changes})
    text = raised.value.response.text
    assert SECRET not in text
    event = bare.books.last(raised.value.response.headers["x-request-id"])
    assert event.outcome == "error"
    assert event.cost_nanos == 0
    return raised.value.status_code, json.loads(text)["error"]


def post(bare: CallServer, path: str, body: dict[str, Any]) -> tuple[int, dict[str, str], str]:
    """Status, headers by lower-case name, and the whole body."""
    connection = http.client.HTTPConnection("127.0.0.1", bare.port, timeout=20)
    try:
        connection.request("POST", path, json.dumps(body), {"authorization": f"Bearer {KEY}"})
        answer = connection.getresponse()
        text = answer.read().decode()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, text
    finally:
        connection.close()


def test_nothing_listens(client: openai.OpenAI, bare: CallServer) -> None:
    status, error = fails(client, bare, model="down")
    assert status == 502
    assert "Nothing is listening" in error["message"]


def test_name_does_not_exist(client: openai.OpenAI, bare: CallServer) -> None:
    status, error = fails(client, bare, model="lost")
    assert status == 502
    assert "name.invalid" in error["message"]


def test_too_slow(client: openai.OpenAI, bare: CallServer, upstream: Scripted) -> None:
    upstream.script = silence
    status, error = fails(client, bare, stream=True)
    assert status == 504
    assert "0.4" in error["message"]


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(
    "answer",
    [
        whole(b"<html><body>Sign in to the hotel wifi</body></html>", kind="text/html"),
        whole(b'{"choices": [', kind="application/json"),
        whole(b"[]"),
        whole(b"null"),
        whole(b""),
    ],
    ids=["html", "half", "list", "null", "empty"],
)
def test_lies(client: openai.OpenAI, bare: CallServer, upstream: Scripted, streamed: bool, answer: Any) -> None:
    upstream.script = answer
    assert fails(client, bare, stream=streamed)[0] == 502


@pytest.mark.parametrize("streamed", [False, True])
def test_error_within_a_200(client: openai.OpenAI, bare: CallServer, upstream: Scripted, streamed: bool) -> None:
    body = json.dumps(
        {"error": {"message": f"bad key {SECRET}", "type": "invalid_request_error", "code": 400}}
    ).encode()
    upstream.script = stream(b"data: " + body + b"\n\n") if streamed else whole(body)
    status, error = fails(client, bare, stream=streamed)
    assert status in {400, 502}
    assert error["message"]


def test_error_in_one_piece_where_a_stream_was_asked_for(
    client: openai.OpenAI, bare: CallServer, upstream: Scripted
) -> None:
    upstream.script = whole(json.dumps({"error": {"message": "no credits left", "code": 402}}).encode())
    asked = len(upstream.asked)
    status, error = fails(client, bare, stream=True)
    assert (status, error["code"]) == (402, "402"), "told as it is where no stream was asked for"
    assert len(upstream.asked) == asked + 1


def test_retries_until_it_works(client: openai.OpenAI, bare: CallServer, upstream: Scripted) -> None:
    upstream.script = in_turn(
        whole(b"{}", status="503 Service Unavailable"), whole(b"oops", status="500 Oops"), whole(GOOD)
    )
    answer = client.chat.completions.with_raw_response.create(**ASK)
    assert answer.parse().choices[0].message.content == "hi"
    event = bare.books.last(answer.headers["x-request-id"])
    assert event.outcome == "ok"
    assert [attempt.status for attempt in event.attempts] == [503, 500]
    assert event.usage.total == 4


def test_provider_that_only_hangs_up(client: openai.OpenAI, bare: CallServer, upstream: Scripted) -> None:
    upstream.script = slam
    status, error = fails(client, bare)
    assert status == 502
    assert "closed the connection" in error["message"]


def test_waits_no_longer_than_it_may_for_a_retry(client: openai.OpenAI, bare: CallServer, upstream: Scripted) -> None:
    upstream.script = whole(b"{}", status="429 Too Many Requests", more="retry-after: 30\r\n")
    with pytest.raises(openai.RateLimitError) as raised:
        client.chat.completions.create(**ASK)
    assert raised.value.response.headers["retry-after"] == "30"


def test_stream_cut_in_the_middle_ends_with_an_error(
    client: openai.OpenAI, bare: CallServer, upstream: Scripted
) -> None:
    upstream.script = stream(chunk("one "), chunk("two"), end="cut")
    answer = client.chat.completions.with_raw_response.create(**ASK, stream=True)
    pieces = iter(answer.parse())
    assert [next(pieces).choices[0].delta.content for _ in range(2)] == ["one ", "two"]
    with pytest.raises(openai.APIError):
        next(pieces)
    event = bare.books.last(answer.headers["x-request-id"])
    assert (event.outcome, event.usage_estimated, event.usage.output) == ("error", True, 2)
    assert event.cost_nanos


def test_translated_stream_cut_in_the_middle(client: openai.OpenAI, bare: CallServer, upstream: Scripted) -> None:
    upstream.script = stream(
        b'event: message_start\ndata: {"type":"message_start","message":{"id":"m","type":"message","role":"assistant",'
        b'"model":"c","content":[],"usage":{"input_tokens":7,"output_tokens":1}}}\n\n'
        b'event: content_block_start\ndata: {"type":"content_block_start","index":0,'
        b'"content_block":{"type":"text","text":""}}\n\n'
        b'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta",'
        b'"text":"half"}}\n\n',
        PAUSE,
        b'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
    )
    RESUME.clear()
    answer = client.chat.completions.with_raw_response.create(**{**ASK, "model": "claude"}, stream=True)
    pieces = iter(answer.parse())
    next(pieces)
    RESUME.set()
    with pytest.raises(openai.APIError, match=r"(?i)overloaded"):
        list(pieces)
    event = bare.books.last(answer.headers["x-request-id"])
    assert (event.outcome, event.error, event.usage.input) == ("error", "overloaded", 7)


def test_stream_that_fails_at_once_is_tried_again(client: openai.OpenAI, bare: CallServer, upstream: Scripted) -> None:
    bad = stream(b'data: {"error":{"message":"busy","type":"overloaded_error","code":503}}\n\n')
    upstream.script = in_turn(bad, stream(chunk("fine"), chunk(finish="stop"), USAGE, DONE))
    answer = client.chat.completions.with_raw_response.create(**ASK, stream=True)
    assert [piece.choices[0].delta.content for piece in answer.parse()] == ["fine", None]
    assert len(bare.books.last(answer.headers["x-request-id"]).attempts) == 1


def test_provider_that_forgets_done_and_usage(client: openai.OpenAI, bare: CallServer, upstream: Scripted) -> None:
    upstream.script = stream(chunk("a"), chunk("b"), chunk(finish="stop"))
    answer = client.chat.completions.with_raw_response.create(**ASK, stream=True)
    assert len(list(answer.parse())) == 3
    event = bare.books.last(answer.headers["x-request-id"])
    assert (event.outcome, event.usage_estimated) == ("ok", True)


@pytest.mark.parametrize("streamed", [False, True])
def test_client_that_hangs_up_cancels_the_provider_and_is_counted(
    bare: CallServer, upstream: Scripted, streamed: bool
) -> None:
    upstream.hung_up.clear()
    upstream.script = stream(chunk("one "), chunk("two"), end="never") if streamed else silence
    connection = http.client.HTTPConnection("127.0.0.1", bare.port, timeout=10)
    request_id = f"gone-{streamed}"
    connection.request(
        "POST",
        "/v1/chat/completions",
        json.dumps({**ASK, "stream": streamed}),
        {"authorization": f"Bearer {KEY}", "x-request-id": request_id},
    )
    if streamed:
        response = connection.getresponse()
        assert b"one" in response.read1()
        response.close()
    connection.close()
    assert upstream.hung_up.wait(10)
    event = bare.books.last(request_id)
    assert (event.outcome, event.status, event.usage_estimated) == ("cancelled", 499, True)
    assert event.usage.input > 0
    assert (event.usage.output > 0) == streamed


def test_books_that_cannot_be_written_refuse_calls(client: openai.OpenAI, bare: CallServer, upstream: Scripted) -> None:
    upstream.asked.clear()
    bare.books.fault = Unavailable("The usage journal cannot be written.")
    try:
        with pytest.raises(openai.InternalServerError) as raised:
            client.chat.completions.create(**ASK)
    finally:
        bare.books.fault = None
    assert raised.value.status_code == 503
    assert not upstream.asked


@pytest.mark.refused_by_vendor("fields that the caller made up are the vendor's to judge")
def test_key_goes_to_its_origin_alone(client: openai.OpenAI, upstream: Scripted) -> None:
    upstream.script = whole(GOOD)
    upstream.asked.clear()
    client.chat.completions.create(**ASK, extra_body={"api_base": "http://evil.example", "base_url": "http://evil"})
    assert upstream.asked[0].headers["authorization"] == f"Bearer {SECRET}"


LARGEST = 9223372036854775807


@pytest.mark.parametrize("streams", [False, True])
@pytest.mark.parametrize("client", ["/v1/chat/completions", "/v1/messages"])
def test_absurd_figures_are_not_believed_but_counted_by_our_own_rule(
    bare: CallServer, upstream: Scripted, client: str, streams: bool
) -> None:
    absurd = {"prompt_tokens": LARGEST, "completion_tokens": LARGEST, "total_tokens": LARGEST}
    if streams:
        upstream.script = stream(chunk("hi"), chunk(finish="stop"), chunk(usage=absurd), DONE)
    else:
        upstream.script = whole(json.dumps(json.loads(GOOD) | {"usage": absurd}).encode())
    for _ in range(2):
        body = {**ASK, "max_tokens": 9, "stream": streams}
        status, headers, answer = post(bare, client, body)
        event = bare.books.last(headers["x-request-id"])
        assert (status, event.outcome, event.usage_estimated) == (200, "ok", True)
        assert (event.usage.input, event.usage.output) == (8, 1)
        assert str(LARGEST) not in str(answer)
