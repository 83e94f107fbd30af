"""Plain calls to routes: the same targets in the same order, the same answers and books as on the general way."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from tests.contract.v1.plain_lane import ANSWERS, Lane, Reader, answer, edited, hang_up, request, same, start
from trunkline.core.errors import UpstreamError
from trunkline.gateway.plain.plain_call import PlainCall
from trunkline.gateway.routing.breaker import Breakers
from trunkline.outbound import Client

STRATEGIES: list[Any] = ["priority", "weighted", "round-robin", "fastest"]
STREAM = request(b'{"model":"gpt","stream":true,"messages":[{"role":"user","content":"Hi"}]}')
EVENTS = answer(b'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\ndata: [DONE]\n\n').replace(
    b"application/json", b"text/event-stream"
)


@pytest.fixture(scope="module")
def _lanes() -> Iterator[dict[str, tuple[Lane, Lane]]]:
    made = {strategy: start(gated=False, strategy=strategy) for strategy in STRATEGIES}
    yield {strategy: next(each) for strategy, each in made.items()}
    for each in made.values():
        next(each, None)


@pytest.fixture
def lanes(_lanes: dict[str, tuple[Lane, Lane]]) -> dict[str, tuple[Lane, Lane]]:
    """By strategy. No target rests, and none has had a turn."""
    for pair in _lanes.values():
        for lane in pair:
            strategies: Any = lane.bare.gateway._strategies
            strategies.breakers._states.clear()
            strategies._turns.clear()
            strategies._speeds._averages.clear()
            strategies._random.seed(7)
    return _lanes


def models(seen: Any) -> list[str]:
    return [msgspec.json.decode(body)["model"] for _, _, body in seen.provider]


def converse(lane: Lane, *turns: tuple[bytes, bytes]) -> list[str]:
    """Send each request when the last one is answered; which models were asked for. The first one finds no connection
    that is free."""
    lane.upstream.asked.clear()
    with socket.create_connection(("127.0.0.1", lane.bare.port)) as client:
        client.settimeout(20)
        reader = Reader(client)
        for sent, told in turns:
            lane._play([told])
            client.sendall(sent)
            assert reader.answer().startswith(b"HTTP/1.1 200 ")
    return [msgspec.json.decode(asked.body)["model"] for asked in lane.upstream.asked]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_they_run_without_a_task(
    lanes: dict[str, tuple[Lane, Lane]], strategy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[PlainCall] = []
    hear = PlainCall.hear
    monkeypatch.setattr(PlainCall, "hear", lambda call: (heard.append(call), hear(call))[1])
    plain, general = lanes[strategy]
    plain.call([request()], ANSWERS["whole"])
    heard.clear()
    converse(plain, *[(request(), answer())] * 4)
    assert len({call.request_id for call in heard}) == 4
    heard.clear()
    converse(general, (request(), answer()))
    assert not heard


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("strategy", ["priority", "round-robin"])
def test_whatever_a_provider_answers(lanes: dict[str, tuple[Lane, Lane]], strategy: str, name: str) -> None:
    seen = same(lanes[strategy], [request()], ANSWERS[name])
    assert seen.client.startswith(b"HTTP/1.1 ")
    assert len(seen.books) == 1
    assert seen.books[0]["route_id"] == "route-gpt"
    assert b"sk-secret" not in seen.client


@pytest.mark.parametrize("strategy", STRATEGIES[:3])
def test_the_order_is_that_of_the_general_way(lanes: dict[str, tuple[Lane, Lane]], strategy: str) -> None:
    plain, general = (converse(lane, *[(request(), answer())] * 12) for lane in lanes[strategy])
    assert plain == general
    assert set(plain) == ({"gpt-4o-mini"} if strategy == "priority" else {"gpt-4o-mini", "gpt-4o"})


def test_targets_take_turns_also_where_some_calls_are_not_plain(lanes: dict[str, tuple[Lane, Lane]]) -> None:
    for lane in lanes["round-robin"]:
        asked = converse(lane, *[(request(), answer()), (STREAM, EVENTS), (STREAM, EVENTS)] * 2)
        assert asked == ["gpt-4o-mini", "gpt-4o"] * 3


def test_a_call_that_turns_out_not_to_be_plain_leaves_its_turn(
    lanes: dict[str, tuple[Lane, Lane]], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody has a connection that is free.
    monkeypatch.setattr(Client, "take", lambda *_: None)
    for lane in lanes["round-robin"]:
        assert converse(lane, *[(request(), answer())] * 4) == ["gpt-4o-mini", "gpt-4o"] * 2


def test_what_another_target_would_have_cost_is_told(lanes: dict[str, tuple[Lane, Lane]]) -> None:
    for lane in lanes["round-robin"]:
        lane.bare.books.events.clear()
        converse(lane, *[(request(), answer())] * 2)
        events = lane.bare.books.events
        assert [(each.configuration_id, each.saved_nanos) for each in events] == [("id-first", None), ("id-second", 0)]


def test_where_the_first_target_fails_the_next_one_serves(lanes: dict[str, tuple[Lane, Lane]]) -> None:
    pair = lanes["priority"]
    seen = same(pair, [request()], [*ANSWERS["limited"], answer()])
    assert models(seen) == ["gpt-4o-mini", "gpt-4o"]
    (event,) = seen.books
    assert event["configuration_id"] == "id-second"
    assert [attempt["configuration_id"] for attempt in event["attempts"]] == ["id-first"]
    assert event["saved_nanos"] == 0
    assert b"\r\nx-trunkline-configuration: id-second\r\n" in seen.client


def test_a_target_that_failed_is_left_alone(lanes: dict[str, tuple[Lane, Lane]]) -> None:
    for lane in lanes["priority"]:
        lane.call([request()], [*ANSWERS["limited"], answer()])
        assert converse(lane, *[(request(), answer())] * 2) == ["gpt-4o", "gpt-4o"]


def test_a_good_answer_that_says_that_nothing_remains_gives_the_target_a_rest(
    lanes: dict[str, tuple[Lane, Lane]],
) -> None:
    limits = [f"x-ratelimit-{each}" for each in ("limit-requests: 9", "remaining-requests: 0", "reset-requests: 60s")]
    spent = answer(edited(), "200 OK", *limits)
    for lane in lanes["priority"]:
        assert converse(lane, (request(), spent), *[(request(), answer())] * 2) == ["gpt-4o-mini", "gpt-4o", "gpt-4o"]


def test_a_target_that_is_tried_after_its_rest_gets_one_call(
    lanes: dict[str, tuple[Lane, Lane]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for lane in lanes["priority"]:
        converse(lane, (request(), answer()))
        monkeypatch.setattr(Breakers, "enter", lambda _, entry: entry.name != "first")
        assert converse(lane, *[(request(), answer())] * 2) == ["gpt-4o", "gpt-4o"]
        monkeypatch.undo()


def test_a_silent_target_leaves_time_for_the_next_one(lanes: dict[str, tuple[Lane, Lane]]) -> None:
    calls: Any = lanes["priority"][0].bare.application.plain_lane
    one, both = (calls._calls.find_timeouts([None] * count) for count in (1, 2))
    assert (one.first_byte, one.total) == (one.total, both.total)
    assert both.first_byte == both.between == both.total / 2


def test_what_answers_counts_for_the_breaker(lanes: dict[str, tuple[Lane, Lane]]) -> None:
    for lane in lanes["priority"]:
        strategies: Any = lane.bare.gateway._strategies
        first, _ = (entry for entry in lane.bare.holder.current.parts["w-1"].configurations.values())
        for _ in range(4):
            strategies.breakers.failed(first, UpstreamError("down", kind="server"))
        converse(lane, (request(), answer()))
        strategies.breakers.failed(first, UpstreamError("down", kind="server"))
        assert strategies.breakers.closed_at(first) == 0


def test_a_client_that_goes_away_stops_the_provider(lanes: dict[str, tuple[Lane, Lane]]) -> None:
    ended: list[tuple[str | None, str]] = []
    for lane in lanes["priority"]:
        hang_up(lane)
        event = lane.bare.books.last()
        ended.append((event.route_id, event.outcome))
    assert ended == [("route-gpt", "cancelled")] * 2
