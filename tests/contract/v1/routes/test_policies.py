"""Policies judge each target of a route."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.routes.routed_call import ask, fails
from tests.upstreams.scripted import Scripted
from trunkline.core.errors import Forbidden
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.snapshot import PolicyEntry


class Judge:
    """Forbids some configurations, and remembers which it was asked about."""

    def __init__(self, *forbidden: str) -> None:
        self.forbidden = forbidden
        self.asked: list[str] = []

    def concerns(self, snapshot: Any, actor: Any, candidate: Candidate) -> bool:
        return True

    async def enter(self, call: Any) -> None:
        return

    async def admit(self, call: Any, candidate: Candidate, target: Any) -> None:
        self.asked.append(candidate.entry.name)
        if candidate.entry.name in self.forbidden:
            raise Forbidden(f"The policy forbids {candidate.entry.name}.", code="policy")


POLICY = PolicyEntry(id="p", name="p", content="", risk_type="HIGH", action=2)


def test_policies_judge_each_target_before_it_is_asked(
    serve: Callable[..., CallServer], first: Scripted, second: Scripted
) -> None:
    judge = Judge("a")
    bare = serve(policies=(POLICY,), gates=(judge,))
    assert ask(bare).headers["x-trunkline-configuration"] == "id-b"
    assert judge.asked == ["a", "b"]
    assert first.asked == []
    assert bare.books.last().attempts == ()


def test_a_fallback_is_judged_too(serve: Callable[..., CallServer], first: Scripted, second: Scripted) -> None:
    judge = Judge("b")
    bare = serve(policies=(POLICY,), gates=(judge,))
    first.script = fails("404 Not Found")
    assert ask(bare).status_code == 404, "what was tried is told, as the block is that of another one"
    assert judge.asked == ["a", "b"]
    assert second.asked == []


def test_a_block_of_all_is_told(serve: Callable[..., CallServer], first: Scripted, second: Scripted) -> None:
    bare = serve(policies=(POLICY,), gates=(Judge("a", "b"),))
    answer = ask(bare)
    assert answer.status_code == 403
    assert "forbids a" in answer.json()["error"]["message"]
    assert bare.books.opened == []
