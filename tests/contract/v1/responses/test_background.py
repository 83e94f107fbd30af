"""Responses that OpenAI makes in the background: polled, cancelled and resumed, and accounted for once."""

from __future__ import annotations

from typing import Any

import openai

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.responses.provider_response import EVENTS, body, event, response
from tests.upstreams.scripted import Scripted, stream, whole


def test_the_background_is_polled_and_accounted_for_once(
    client: openai.OpenAI, bare: CallServer, upstream: Scripted
) -> None:
    upstream.script = whole(body(status="queued", background=True))
    queued = client.responses.create(model="mine", input="hi", background=True)
    assert queued.status == "queued"
    assert bare.books.last().usage.total == 0
    upstream.script = whole(body(status="in_progress", background=True))
    assert client.responses.retrieve("resp_1").status == "in_progress"
    assert len(bare.books.events) == 1
    upstream.script = whole(body(background=True))
    for _ in range(3):
        assert client.responses.retrieve("resp_1").status == "completed"
    assert [told.usage.total for told in bare.books.events] == [0, 30]
    assert [told.cost_nanos for told in bare.books.events] == [0, 114_000]
    one_event(bare)


def one_event(bare: CallServer) -> None:
    """The books tell of one call: its end fills in what its beginning left open."""
    begun, ended = bare.books.events
    assert (begun.part, ended.part) == ("call", "end")
    assert (ended.id, ended.opened_at, ended.request_id) == (begun.id, begun.opened_at, begun.request_id)


def test_the_background_is_cancelled(client: openai.OpenAI, bare: CallServer, upstream: Scripted) -> None:
    upstream.script = whole(body(status="queued", background=True))
    client.responses.create(model="mine", input="hi", background=True)
    upstream.script = whole(body(status="cancelled", background=True))
    assert client.responses.cancel("resp_1").status == "cancelled"
    assert [told.usage.total for told in bare.books.events] == [0, 0]
    one_event(bare)


def test_a_stream_of_the_background_is_resumed_and_accounted_for_once(
    client: openai.OpenAI, bare: CallServer, upstream: Scripted
) -> None:
    queued = (
        event("response.created", 0, response=response(status="queued")),
        event("response.queued", 1, response=response(status="queued")),
    )
    upstream.script = stream(*queued, end="never")
    with client.responses.create(model="mine", input="hi", background=True, stream=True) as begun:
        assert next(iter(begun)).type == "response.created"
    assert bare.books.last().usage.total == 0, "it goes on without its client"
    upstream.script = stream(*EVENTS[1:])
    events: Any = list(client.responses.retrieve("resp_1", stream=True, starting_after=1))
    assert [one.sequence_number for one in events] == [1, 2, 3, 4]
    assert upstream.asked[-1].line == "GET /v1/responses/resp_1?starting_after=1&stream=true HTTP/1.1"
    upstream.script = whole(body(background=True))
    client.responses.retrieve("resp_1")
    assert [told.usage.total for told in bare.books.events] == [0, 30]
    one_event(bare)
    upstream.script = stream(*EVENTS[1:])
    assert len(list(client.responses.retrieve("resp_1", stream=True))) == 4  # type: ignore[arg-type] - a stream
    assert bare.books.last().part == "look", "what is looked at again is not used again"
