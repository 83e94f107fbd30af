"""Which calls are plain, and how long what was found out for them is used."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
import pytest
from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import MANAGER, WORKSPACE, configuration, route

from trunkline.core.actor import Actor
from trunkline.core.route_conditions import RouteConditions
from trunkline.core.strategy import Strategy
from trunkline.gateway.plain.plan import Plan
from trunkline.gateway.plain.plans import Plans
from trunkline.gateway.plain.route_plan import RoutePlan
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.snapshot import FeatureEntry, RouteTargetEntry

ACTOR = Actor(user_id=MANAGER, workspace_id=WORKSPACE, role="owner", key_id="k-1")


class Gate:
    """One that is concerned, or not."""

    def __init__(self, concerned: bool) -> None:
        self.concerned = concerned

    def concerns(self, *_: object) -> bool:
        return self.concerned


@pytest.fixture
async def server() -> AsyncIterator[CallServer]:
    own = configuration("own", "openai", model="gpt-4o-mini", api_key="sk-own-key-0123456789", shared=True)
    other = configuration("claude", "anthropic", model="claude-sonnet-5", api_key="sk-ant-0123456789", shared=True)
    lacking = configuration("lacking", "openai", model="gpt-4o-mini", shared=True)
    feature = FeatureEntry(id="f-1", slug="ask", kind="chat", model="x", target="own")
    strategies: list[Strategy] = ["priority", "weighted", "round-robin", "fastest", "cheapest", "least-busy"]
    routes = [route(each, "own", "claude", strategy=each) for each in strategies]
    some = RouteTargetEntry(configuration_id="id-claude", conditions=RouteConditions(tags=("a",)))
    later = RouteTargetEntry(configuration_id="id-claude", fallback_for="contextWindow")
    routes += [route("for-some", "own", some), route("kept", "own", later), route("broken", "own", "lacking")]
    async with CallServer([own, other, lacking], routes=routes, features=[feature]).open() as opened:
        yield opened


def find(plans: Plans, name: str) -> Plan:
    plan = plans.find(ACTOR, name)
    assert isinstance(plan, Plan)
    return plan


def plans_of(server: CallServer, *gates: Any) -> Plans:
    calls: Any = server.application.plain_lane
    plans: Plans = calls._calls._plans
    plans._gates = gates
    return plans


def test_a_plan_is_kept_as_long_as_the_snapshot_stands(server: CallServer) -> None:
    plans = plans_of(server)
    plan = find(plans, "own")
    assert (plan.opened.requested_model, plan.opened.model, plan.opened.user_id) == ("own", "gpt-4o-mini", MANAGER)
    assert plans.find(ACTOR, "own") is plan
    server.holder.current = msgspec.structs.replace(server.holder.current, revision=7)
    assert plans.find(ACTOR, "own") is not plan


def test_a_plan_goes_with_its_opened_credential(server: CallServer) -> None:
    plans = plans_of(server)
    plan = find(plans, "own")
    plan.target.until = 0.0
    again = find(plans, "own")
    assert plan is not again
    assert again.target is not plan.target


def test_an_idle_plan_is_forgotten_with_the_targets(server: CallServer) -> None:
    plans = plans_of(server)
    assert plans.find(ACTOR, "own") is not None
    server.calls.targets.forget_expired()
    assert plans._kept == {}, "its head holds the credential in plain"


def test_another_key_has_another_plan(server: CallServer) -> None:
    plans = plans_of(server)
    theirs, mine = plans.find(msgspec.structs.replace(ACTOR, key_id="k-2"), "own"), find(plans, "own")
    assert isinstance(theirs, Plan)
    assert (theirs.opened.key_id, mine.opened.key_id) == ("k-2", "k-1")


def test_calls_that_are_translated_have_one(server: CallServer) -> None:
    plan = find(plans_of(server), "claude")
    assert plan.edit(b'{"model":"claude","messages":[{"role":"user","content":"Hi"}]}') is None, "nothing passes"
    head = plan.write_head(12)
    assert head.startswith(b"POST /v1/messages HTTP/1.1\r\nHost: api.anthropic.com\r\n")
    assert b"\r\nanthropic-version: " in head


@pytest.mark.parametrize("name", ["feature/ask", "lacking", "unknown"])
def test_what_needs_more_than_its_provider_has_none(server: CallServer, name: str) -> None:
    assert plans_of(server).find(ACTOR, name) is None


@pytest.mark.parametrize("name", ["priority", "weighted", "round-robin", "fastest"])
def test_a_route_has_one_for_each_target(server: CallServer, name: str) -> None:
    plans = plans_of(server)
    plan = plans.find(ACTOR, name)
    assert isinstance(plan, RoutePlan)
    assert [each.candidate.entry.name for each in plan.plans] == ["own", "claude"]
    assert [each.compared for each in plan.plans] == [False, True]
    assert plans.find(ACTOR, name) is plan
    for candidate in plan.order():
        assert plan.find(candidate).candidate is candidate


def test_a_route_goes_with_the_credential_of_any_target(server: CallServer) -> None:
    plans = plans_of(server)
    plan = plans.find(ACTOR, "priority")
    assert isinstance(plan, RoutePlan)
    plan.plans[1].target.until = 0.0
    again = plans.find(ACTOR, "priority")
    assert isinstance(again, RoutePlan)
    assert again is not plan


@pytest.mark.parametrize("name", ["cheapest", "least-busy", "for-some", "kept", "broken"])
def test_a_route_whose_order_depends_on_the_call_has_none(server: CallServer, name: str) -> None:
    assert plans_of(server).find(ACTOR, name) is None


def test_a_gate_that_concerns_one_target_leaves_the_route_none(server: CallServer) -> None:
    class OfClaude(Gate):
        def concerns(self, *given: object) -> bool:
            return any(isinstance(one, Candidate) and one.entry.name == "claude" for one in given)

        def bind(self, *_: object) -> Callable[[object], bool]:
            return lambda _: True

        async def enter(self, *_: object) -> None: ...

        async def admit(self, *_: object) -> None: ...

    plans = plans_of(server, OfClaude(True))
    assert plans.find(ACTOR, "claude") is not None
    assert plans.find(ACTOR, "priority") is None


def test_a_gate_that_is_concerned_leaves_none(server: CallServer) -> None:
    assert plans_of(server, Gate(False)).find(ACTOR, "own") is not None
    server.holder.current = msgspec.structs.replace(server.holder.current, revision=8)
    assert plans_of(server, Gate(False), Gate(True)).find(ACTOR, "own") is None


def test_the_head_is_what_the_client_of_providers_writes(server: CallServer) -> None:
    plan = find(plans_of(server), "own")
    head = plan.write_head(12)
    assert head.startswith(b"POST /v1/chat/completions HTTP/1.1\r\nHost: api.openai.com\r\n")
    assert b"\r\nContent-Length: 12\r\n" in head
    assert b"Bearer sk-own-key-0123456789" in head
    assert head.endswith(b"\r\n\r\n")
    assert head.count(b"Content-Length") == 1
