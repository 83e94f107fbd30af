"""Plain calls and gates: what is held, told and refused is the same as on the general way."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.contract.v1.plain_lane import ANSWERS, HEADERS, TRACE, Lane, Reader, hang_up, request, same, start
from trunkline.core.errors import Unavailable


@pytest.fixture(scope="module")
def _gated_lanes() -> Iterator[tuple[Lane, Lane]]:
    yield from start(gated=True)


@pytest.fixture
def gated(_gated_lanes: tuple[Lane, Lane]) -> tuple[Lane, Lane]:
    """As ``lanes``, with a gate that holds something for each call."""
    for lane in _gated_lanes:
        lane.gate.reset()
    return _gated_lanes


@pytest.mark.parametrize("name", ANSWERS)
def test_what_gates_hold_and_tell_whatever_a_provider_answers(gated: tuple[Lane, Lane], name: str) -> None:
    seen = same(gated, [request()], ANSWERS[name])
    assert b"\r\nx-places: 1\r\nx-admitted: yes\r\n" in seen.client
    for lane in gated:
        event = lane.bare.books.last()
        assert lane.gate.ended == [("ok", 114_000), (event.outcome, event.cost_nanos)]
    assert [lane.gate.now > 0 for lane in gated] == [True, False]


def test_the_books_say_under_which_leases_a_call_holds_what(gated: tuple[Lane, Lane]) -> None:
    for lease in ("l-1", "l-2"):
        for lane in gated:
            lane.gate.lease = lease
        body = b'{"model":"gpt","messages":[{"role":"user","content":"Hi"}]}'
        (book,) = same(gated, [request(body, *HEADERS["trace"])], ANSWERS["whole"]).books
        assert (book["leases"], book["held_nanos"], book["trace"]) == ({"b-1": lease}, 200_000, TRACE)
        for lane in gated:
            opened = lane.bare.books.opened[-1]
            assert (opened.leases, opened.held_nanos, opened.trace) == ({"b-1": lease}, 200_000, TRACE)


def test_a_call_that_holds_something_is_written_down_shortly(gated: tuple[Lane, Lane]) -> None:
    short = [lane.bare.books.short for lane in gated]
    same(gated, [request()], ANSWERS["whole"])
    assert [lane.bare.books.short > before for lane, before in zip(gated, short, strict=True)] == [True, False]


def test_a_gate_refuses(gated: tuple[Lane, Lane]) -> None:
    # The first call of each lane makes its connection warm.
    told = [refuse(lane) for lane in gated]
    assert told[0] == told[1]
    assert told[0].startswith(b"HTTP/1.1 429 ")
    assert b"\r\nretry-after: 7\r\n" in told[0]
    assert b"\r\nx-places: 0\r\n" in told[0]
    assert told[0].count(b"x-places") == 1
    for lane in gated:
        assert lane.gate.ended == [("ok", 114_000)], "nothing is held for a call that is refused"


def refuse(lane: Lane) -> bytes:
    lane.call([request()], ANSWERS["whole"])
    lane.gate.ended.pop()
    lane.gate.places = False
    with socket.create_connection(("127.0.0.1", lane.bare.port)) as client:
        client.sendall(request())
        return Reader(client).answer()


@pytest.mark.parametrize("why", ["waits", "fault"])
def test_a_gate_that_cannot_say_at_once_is_asked_on_the_general_way(gated: tuple[Lane, Lane], why: str) -> None:
    for lane in gated:
        lane.call([request()], ANSWERS["whole"])
        lane.gate.ended.clear()
        if why == "waits":
            lane.gate.waits = True
        else:
            lane.gate.fault = RuntimeError("a fault")
    told: list[bytes] = []
    for lane in gated:
        with socket.create_connection(("127.0.0.1", lane.bare.port)) as client:
            client.sendall(request())
            told.append(Reader(client).answer())
    assert told[0] == told[1]
    assert told[0].startswith(b"HTTP/1.1 200 " if why == "waits" else b"HTTP/1.1 500 ")
    last = ("ok", 114_000) if why == "waits" else ("void", None)
    assert gated[0].gate.ended == [("void", None), last], "what was held at first is given back"
    assert gated[1].gate.ended == [last]


def test_what_is_held_is_settled_when_a_client_goes_away(gated: tuple[Lane, Lane]) -> None:
    for lane in gated:
        hang_up(lane)
        lane.bare.books.last()
    ends = [lane.gate.ended for lane in gated]
    assert ends[0] == ends[1]
    assert [outcome for outcome, _ in ends[0]] == ["ok", "ok", "cancelled"]


def test_what_is_held_is_settled_when_the_books_cannot_be_written(gated: tuple[Lane, Lane]) -> None:
    seen: list[bytes] = []
    for lane in gated:
        lane.call([request()], ANSWERS["whole"])
        lane.gate.ended.clear()
        lane.bare.books.settle_fault = Unavailable("The disk is full.")
        with socket.create_connection(("127.0.0.1", lane.bare.port)) as client:
            client.sendall(request())
            seen.append(Reader(client).answer())
        lane.bare.books.settle_fault = None
    assert seen[0] == seen[1]
    assert seen[0].startswith(b"HTTP/1.1 503 ")
    assert b"\r\nx-places: 1\r\nx-admitted: yes\r\n" in seen[0]
    assert [lane.gate.ended for lane in gated] == [[("ok", 114_000)]] * 2
