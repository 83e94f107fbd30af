"""Calls that are served without a task give the same as all others do: to the client, to the provider, in the books."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.v1.generated_calls import answered, asked
from tests.contract.v1.plain_lane import (
    ANSWERS,
    HEADERS,
    TRACE,
    Lane,
    Reader,
    Seen,
    answer,
    edited,
    hang_up,
    plain_event,
    request,
    same,
    start,
)
from tests.e2e.server import wait_for
from trunkline.core.errors import Unavailable
from trunkline.dialects.openai_chat.passthrough import PASSTHROUGH
from trunkline.dialects.passthrough import Tapped
from trunkline.gateway.plain.plain_call import PlainCall
from trunkline.gateway.plain.plan import Plan


@pytest.fixture(scope="module")
def lanes() -> Iterator[tuple[Lane, Lane]]:
    """The same gateway twice: with plain calls served without a task, and without that."""
    yield from start(gated=False)


@pytest.mark.parametrize("name", ANSWERS)
def test_whatever_a_provider_answers(lanes: tuple[Lane, Lane], name: str) -> None:
    seen = same(lanes, [request()], ANSWERS[name])
    assert seen.client.startswith(b"HTTP/1.1 ")
    assert len(seen.books) == 1
    assert b"sk-secret" not in seen.client


def test_a_plain_call_runs_without_a_task(lanes: tuple[Lane, Lane], monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []
    hear = PlainCall.hear
    monkeypatch.setattr(PlainCall, "hear", lambda call: (begun.append(1), hear(call))[1])
    lanes[0].call([request()], ANSWERS["whole"])
    assert begun, "nothing of this file would be tested"
    begun.clear()
    lanes[1].call([request()], ANSWERS["whole"])
    assert not begun


BODIES = {
    "streams": b'{"model":"gpt","stream":true,"messages":[{"role":"user","content":"Hi"}]}',
    "no model": b'{"messages":[{"role":"user","content":"Hi"}]}',
    "unknown model": b'{"model":"gpd","messages":[{"role":"user","content":"Hi"}]}',
    "by provider": b'{"model":"openai/gpt-4o","messages":[{"role":"user","content":"Hi"}],"max_tokens":5}',
    "reasoning": b'{"model":"openai/o3","messages":[{"role":"user","content":"Hi"}],"temperature":1,"max_tokens":5}',
    "no json": b"{",
    "empty": b"",
    "wrong type": b'{"model":5}',
    "doubled field": b'{"model":"gpt","model":"gpt","messages":[{"role":"user","content":"Hi"}]}',
    "history": b'{"model":"gpt","messages":[{"role":"assistant","content":"a","reasoning_content":"b"}]}',
    "format": (
        b'{"model":"gpt","messages":[{"role":"user","content":"Hi, in JSON"}],"response_format":{"type":"json_object"}}'
    ),
}


@pytest.mark.parametrize("name", BODIES)
def test_whatever_a_client_sends(lanes: tuple[Lane, Lane], name: str) -> None:
    if name == "streams":
        events = b'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\ndata: [DONE]\n\n'
        told = answer(events).replace(b"application/json", b"text/event-stream")
        assert same(lanes, [request(BODIES[name])], [told]).books[0]["streamed"]
        return
    same(lanes, [request(BODIES[name])], ANSWERS["whole"])


@pytest.mark.parametrize("size", ["whole", "large"])
@pytest.mark.parametrize("name", HEADERS)
def test_whatever_a_client_says_in_its_head(lanes: tuple[Lane, Lane], name: str, size: str) -> None:
    same(
        lanes, [request(b'{"model":"gpt","messages":[{"role":"user","content":"Hi"}]}', *HEADERS[name])], ANSWERS[size]
    )


def test_the_books_keep_of_which_trace_a_call_is_part_and_no_provider_learns_of_it(lanes: tuple[Lane, Lane]) -> None:
    body = b'{"model":"gpt","messages":[{"role":"user","content":"Hi"}]}'
    seen = same(lanes, [request(body, *HEADERS["trace"])], ANSWERS["whole"])
    assert seen.books[0]["trace"] == TRACE
    assert seen.books[0]["answered"] == "gpt-4o-mini-2024"
    (asked,) = seen.provider
    assert not [name for name in asked[1] if name.startswith("trace")]


@pytest.mark.refused_by_vendor("what callers make up is the vendor's to judge")
@settings(max_examples=60, deadline=None)
@given(sent=asked(), answers=answered(answer()))
def test_whatever_is_asked_and_answered(lanes: tuple[Lane, Lane], sent: bytes, answers: list[bytes]) -> None:
    same(lanes, [sent], answers)


@settings(max_examples=40, deadline=None)
@given(cuts=st.sets(st.integers(1, len(request()) - 1), max_size=4))
def test_wherever_a_request_is_cut(lanes: tuple[Lane, Lane], cuts: set[int]) -> None:
    places = [0, *sorted(cuts), len(request())]
    same(lanes, [request()[start:end] for start, end in pairwise(places)], ANSWERS["whole"])


@settings(max_examples=30, deadline=None)
@given(
    names=st.lists(st.sampled_from(["whole", "large", "again", "refused", "no usage"]), min_size=1, max_size=3),
    joined=st.booleans(),
)
def test_requests_before_the_answer_to_the_last_one(lanes: tuple[Lane, Lane], names: list[str], joined: bool) -> None:
    answers = [one for name in names for one in ANSWERS[name]]
    requests = [request()] * len(names)
    seen = same(lanes, [b"".join(requests)] if joined else requests, answers, count=len(names))
    assert len(seen.books) == len(names)


def test_a_fault_of_ours_is_told_and_settled(lanes: tuple[Lane, Lane], monkeypatch: pytest.MonkeyPatch) -> None:
    read = PASSTHROUGH.read_tap

    def fail(raw: bytes) -> Tapped:
        if b"broken" in raw:
            raise RuntimeError("a fault")
        return read(raw)

    monkeypatch.setattr(PASSTHROUGH, "read_tap", fail)
    seen = same(lanes, [request()], [answer(edited(system_fingerprint="broken"))])
    assert seen.client.startswith(b"HTTP/1.1 500 ")
    assert [event["outcome"] for event in seen.books] == ["error"]


def test_a_fault_of_ours_on_the_short_way_is_told_once(
    lanes: tuple[Lane, Lane], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> NoReturn:
        raise RuntimeError("a fault")

    monkeypatch.setattr(Plan, "edit", fail)
    for _ in range(2):
        assert lanes[0].call([request()], ANSWERS["whole"]).client.startswith(b"HTTP/1.1 200 ")
    told = [record.getMessage() for record in caplog.records if "plain_call_not_served_shortly" in record.getMessage()]
    assert len(told) == 1
    assert "RuntimeError" in told[0]


def test_a_client_that_goes_away_ends_the_call(lanes: tuple[Lane, Lane]) -> None:
    events: list[dict[str, Any]] = []
    for lane in lanes:
        hang_up(lane)
        events.append(plain_event(lane.bare.books.last()))
    assert events[0] == events[1]
    assert events[0]["outcome"] == "cancelled"


def test_a_call_whose_beginning_cannot_be_written_is_refused_and_not_sent(lanes: tuple[Lane, Lane]) -> None:
    seen: list[Seen] = []
    for lane in lanes:
        # With a connection that is warm.
        lane.call([request()], ANSWERS["whole"])
        lane.bare.books.write_fault = Unavailable("The disk is full.", code="journal_unavailable")
        try:
            with socket.create_connection(("127.0.0.1", lane.bare.port)) as client:
                client.settimeout(20)
                asked, settled = len(lane.upstream.asked), len(lane.bare.books.events)
                client.sendall(request())
                told = Reader(client).answer()
        finally:
            lane.bare.books.write_fault = None
        wait_for(lambda lane=lane, settled=settled: len(lane.bare.books.events) > settled)
        assert len(lane.upstream.asked) == asked
        seen.append(Seen(told, [], [plain_event(event) for event in lane.bare.books.events[settled:]], []))
        # Nothing is in the way of the next one.
        lane.call([request()], ANSWERS["whole"])
    assert seen[0] == seen[1]
    assert seen[0].client.startswith(b"HTTP/1.1 503 ")
    assert [(event["outcome"], event["cost_nanos"]) for event in seen[0].books] == [("error", 0)]


def test_a_client_that_goes_away_before_a_call_is_sent_costs_nothing(lanes: tuple[Lane, Lane]) -> None:
    lane, _ = lanes
    lane.call([request()], ANSWERS["whole"])
    books = lane.bare.books
    asked, settled = len(lane.upstream.asked), len(books.events)
    waiting: list[Callable[[], None]] = []
    books.waiting = waiting
    try:
        with socket.create_connection(("127.0.0.1", lane.bare.port)) as client:
            client.sendall(request())
            wait_for(lambda: waiting)
        wait_for(lambda: len(books.events) > settled)
    finally:
        books.waiting = None
    waiting[0]()
    event = plain_event(books.events[-1])
    assert (event["outcome"], event["cost_nanos"], event["usage"]) == ("cancelled", 0, {})
    assert len(lane.upstream.asked) == asked
    # Its connection is free, and the next call goes by it.
    lane.call([request()], ANSWERS["whole"])
