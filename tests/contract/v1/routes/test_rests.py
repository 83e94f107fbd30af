"""Targets that rest after failures, and what ends that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import msgspec

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY, route
from tests.contract.v1.routes.routed_call import CLAUDE, GOOD, ask, fails
from tests.upstreams.scripted import Scripted, in_turn, whole
from trunkline.gateway.snapshot import WorkspacePart


def test_a_target_that_keeps_failing_rests(serve: Callable[..., CallServer], first: Scripted, second: Scripted) -> None:
    bare = serve()
    first.script = fails("500 Internal Server Error")
    for _ in range(6):
        assert ask(bare).status_code == 200
    assert len(first.asked) == 5, "five failures in a row are enough"
    assert bare.books.last().attempts == ()


def change(bare: CallServer, name: str, **fields: Any) -> None:
    """A change of a configuration, as the snapshot brings it."""
    snapshot = bare.holder.current
    (part,) = snapshot.parts.values()
    assert isinstance(part, WorkspacePart)
    entry = part.configurations[f"id-{name}"]
    changed = msgspec.structs.replace(entry, revision=entry.revision + 1, **fields)
    new = msgspec.structs.replace(part, configurations={**part.configurations, entry.id: changed})
    bare.holder.current = msgspec.structs.replace(snapshot, parts={part.id: new})


def test_a_rejected_credential_rests_until_its_configuration_changes(
    serve: Callable[..., CallServer], first: Scripted, second: Scripted
) -> None:
    bare = serve()
    first.script = fails("401 Unauthorized")
    for _ in range(3):
        assert ask(bare).headers["x-trunkline-configuration"] == "id-b"
    assert len(first.asked) == 1
    change(bare, "a")
    first.script = whole(GOOD)
    assert ask(bare).headers["x-trunkline-configuration"] == "id-a"


def test_a_rate_limit_is_a_pause(serve: Callable[..., CallServer], first: Scripted, second: Scripted) -> None:
    bare = serve()
    first.script = fails("429 Too Many Requests", more="retry-after: 60\r\n")
    for _ in range(3):
        assert ask(bare).headers["x-trunkline-configuration"] == "id-b"
    assert len(first.asked) == 1


def test_a_target_that_has_nothing_left_rests_before_it_must_say_so(
    serve: Callable[..., CallServer], first: Scripted, second: Scripted
) -> None:
    bare = serve(routes=[route("both", "a", "b"), route("alone", "a")])
    used_up = ("x-ratelimit-limit-requests: 2", "x-ratelimit-remaining-requests: 0", "x-ratelimit-reset-requests: 1m0s")
    first.script = whole(GOOD, more="".join(f"{line}\r\n" for line in used_up))
    assert [ask(bare).headers["x-trunkline-configuration"] for _ in range(3)] == ["id-a", "id-b", "id-b"]
    assert len(first.asked) == 1
    assert ask(bare, "alone").status_code == 200, "where there is no other it is asked all the same"
    assert ask(bare, "a").status_code == 200


def test_the_last_target_is_always_tried(serve: Callable[..., CallServer], first: Scripted, second: Scripted) -> None:
    bare = serve(routes=[route("both", "a", "b"), route("alone", "a")])
    first.script = fails("401 Unauthorized")
    second.script = fails("401 Unauthorized")
    assert ask(bare).status_code == 502
    first.script = whole(GOOD)
    second.script = whole(CLAUDE)
    assert ask(bare).status_code == 200, "all rest, and one is tried nevertheless"
    assert ask(bare, "alone").status_code == 200


def test_a_call_by_its_own_name_asks_no_breaker(
    serve: Callable[..., CallServer], first: Scripted, second: Scripted
) -> None:
    bare = serve()
    first.script = fails("401 Unauthorized")
    ask(bare)
    assert ask(bare, "a").status_code == 502
    assert len(first.asked) == 2


def test_one_hiccup_stays_with_its_target(serve: Callable[..., CallServer], first: Scripted, second: Scripted) -> None:
    bare = serve()
    first.script = in_turn(fails("503 Service Unavailable"), whole(GOOD))
    answer = ask(bare)
    assert answer.headers["x-trunkline-configuration"] == "id-a"
    assert len(bare.books.last().attempts) == 1
    assert second.asked == []


def test_a_request_that_goes_nowhere_is_no_probe(
    serve: Callable[..., CallServer], first: Scripted, second: Scripted
) -> None:
    now = [1000.0]
    bare = serve(ticks=lambda: now[0])
    first.script = fails("401 Unauthorized")
    ask(bare)
    now[0] += 301
    first.script = whole(GOOD)
    body = {"model": "both", "query": "x", "documents": ["y"]}
    headers = {"Authorization": f"Bearer {KEY}"}
    wrong = httpx2.post(f"{bare.url}/v1/rerank", json=body, headers=headers, timeout=20, trust_env=False)
    assert wrong.status_code == 400, "neither ranks"
    assert ask(bare).headers["x-trunkline-configuration"] == "id-a"
