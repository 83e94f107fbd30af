"""The gate of policies: whom policies concern, in which order they are told, and what is written down."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.control.policies.patterns import compile_patterns
from trunkline.core.actor import Actor
from trunkline.core.errors import Forbidden, Unavailable
from trunkline.core.policy import Content, ViolationEvent
from trunkline.core.price import Price, Rate
from trunkline.core.price_override import PriceOverride
from trunkline.gateway.answer import Answer
from trunkline.gateway.context import NOTHING
from trunkline.gateway.gates.judge import Judge
from trunkline.gateway.gates.pending_call import PendingCall
from trunkline.gateway.gates.policy_gate import PolicyGate
from trunkline.gateway.gates.policy_input import find_host, make_policy_input
from trunkline.gateway.gates.policy_set import PolicyBook
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.snapshot import ConfigurationEntry, FeatureEntry, PolicyEntry, Snapshot, WorkspacePart
from trunkline.providers.registry import PROVIDERS

DENY = {"kind": "allowedModels", "models": ["*"], "mode": "deny"}
ENTRY = ConfigurationEntry(id="c", workspace_id="w", owner_id="u", name="C", provider="openai", model="gpt-4o-mini")
ACTOR = Actor(user_id="u", workspace_id="w", role="member", key_id="k", application_id="a")


def policy(name: str, rule: dict[str, Any] | None = None, **fields: Any) -> PolicyEntry:
    base: dict[str, Any] = {"content": "No.", "risk_type": "LOW", "action": 2, "workspace_id": "w", **fields}
    return PolicyEntry(id=f"id-{name}", name=name, rule=rule, **base)


class Notes:
    """A journal in memory."""

    def __init__(self) -> None:
        self.events: list[ViolationEvent] = []
        self.fault: Exception | None = None
        self.written: asyncio.Future[None] | None = None

    def note(self, event_id: bytes, payload: bytes) -> asyncio.Future[None]:
        if self.fault is not None:
            raise self.fault
        self.events.append(msgspec.msgpack.decode(payload, type=ViolationEvent))
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self.written is not None:
            return self.written
        done.set_result(None)
        return done


class Prices:
    def find(self, provider: object, model: str, terms: object = None) -> Price | None:
        return None if model == "unknown" else Price(input=Rate(1_000_000_000), output=Rate(4_000_000_000))


class FakeExchange:
    """A call, and how often somebody looked into it."""

    def __init__(self, *texts: str, **fields: Any) -> None:
        self.looked = 0
        self._content = Content(texts=texts, **fields)

    def content(self) -> Content:
        self.looked += 1
        return self._content

    def guess_tokens(self) -> int:
        return 0


async def never(actor: object, chat: object, request_id: str) -> Answer:
    raise AssertionError("nobody is to be asked")


def make(notes: Notes) -> PolicyGate:
    return PolicyGate(
        notes=notes,
        prices=Prices(),
        providers=PROVIDERS,
        compile_patterns=compile_patterns,
        judge=Judge(never),
        clock=lambda: 5.0,
    )


async def admit(
    notes: Notes,
    *policies: PolicyEntry,
    sent: FakeExchange | None = None,
    everywhere: Any = (),
    operation: Any = "chat",
) -> None:
    part = WorkspacePart(id="w", revision=1, policies=policies)
    candidate = Candidate(ENTRY, "gpt-4o-mini", part)
    await ask(make(notes), Snapshot(policies=tuple(everywhere)), candidate, sent or FakeExchange(), operation)


async def ask(
    gate: PolicyGate, snapshot: Snapshot, candidate: Candidate, sent: FakeExchange, operation: Any = "chat"
) -> None:
    """A call as the gateway brings it: only before a gate that it concerns."""
    if gate.concerns(snapshot, ACTOR, candidate):
        call = PendingCall(snapshot, ACTOR, operation, sent, "r", NOTHING)
        target: Any = None
        assert await gate.admit(call, candidate, target) is None


APPLICATIONS = st.sampled_from([None, "a", "b", "own"])
KEYS = st.sampled_from([None, "k", "l"])


@given(st.lists(st.tuples(st.booleans(), APPLICATIONS, KEYS), max_size=8), APPLICATIONS, APPLICATIONS, KEYS)
def test_who_is_concerned(
    scopes: list[tuple[bool, str | None, str | None]], of_actor: str | None, of_entry: str | None, key: str | None
) -> None:
    made = [
        policy(str(number), workspace_id=None if wide else "w", application_id=application, key_id=key_id)
        for number, (wide, application, key_id) in enumerate(scopes)
    ]
    snapshot = Snapshot(policies=tuple(one for one in made if one.workspace_id is None))
    part = WorkspacePart(id="w", revision=1, policies=tuple(one for one in made if one.workspace_id is not None))
    entry = msgspec.structs.replace(ENTRY, application_id=of_entry)
    actor = msgspec.structs.replace(ACTOR, application_id=of_actor, key_id=key)
    book: Any = PolicyBook(snapshot.policies, part.policies, lambda policies: policies)  # type: ignore[arg-type]
    found = book.find(actor, Candidate(entry, "m", part))
    assert {one.id for one in found} == {
        one.id for one in made if one.application_id in {None, of_actor, of_entry} and one.key_id in {None, key}
    }
    width = [(one.workspace_id is not None, one.key_id is not None, one.application_id is not None) for one in found]
    assert width == sorted(width)


async def test_the_widest_block_is_named_and_each_is_written_down() -> None:
    notes = Notes()
    narrow, wide = policy("narrow", DENY, application_id="a"), policy("wide", DENY, workspace_id=None)
    logged = policy("logged", DENY, action=0)
    with pytest.raises(Forbidden) as caught:
        await admit(notes, narrow, logged, policy("other", DENY, key_id="l"), everywhere=[wide])
    assert caught.value.message == 'Blocked by the policy "wide".'
    assert caught.value.code == "policy_violation"
    assert [event.policy_name for event in notes.events] == ["wide", "logged", "narrow"]
    event = notes.events[0]
    assert (event.at, event.workspace_id, event.user_id, event.key_id) == (5_000_000, "w", "u", "k")
    assert (event.application_id, event.configuration_id, event.host) == ("a", "c", "api.openai.com")
    assert (event.request_id, event.action, event.risk_type) == ("r", 2, "LOW")
    assert len({event.id for event in notes.events}) == 3


async def test_a_question_that_sends_nothing_is_held_to_rules_and_judged_by_no_model() -> None:
    words = (policy("words", None), policy("told", None, action=1))
    await admit(Notes(), *words, operation=None)
    with pytest.raises(Forbidden):
        await admit(Notes(), *words, policy("denied", DENY), operation=None)


async def test_a_body_is_read_only_where_a_policy_needs_it() -> None:
    sent = FakeExchange("hello")
    await admit(Notes(), sent=sent)
    await admit(Notes(), policy("p", {"kind": "allowedProviders", "providers": ["openai"]}), sent=sent)
    assert sent.looked == 0
    looks = ({"kind": "patterns", "patterns": ["x", "y"]}, {"kind": "ceilings", "maxImages": 1})
    await admit(Notes(), *(policy(str(number), rule) for number, rule in enumerate(looks)), sent=sent)
    assert sent.looked == 1


async def test_a_block_holds_whatever_happens_to_its_record() -> None:
    notes = Notes()
    notes.fault = Unavailable("shutting down")
    with pytest.raises(Forbidden):
        await admit(notes, policy("p", DENY))
    await admit(notes, policy("p", DENY, action=1))
    # A disk that fails keeps the record in memory.
    notes.fault = None
    notes.written = asyncio.get_running_loop().create_future()
    notes.written.set_exception(Unavailable("the disk is full"))
    with pytest.raises(Forbidden):
        await admit(notes, policy("p", DENY))


async def test_a_refusal_leaves_after_its_record_is_safe() -> None:
    notes = Notes()
    notes.written = asyncio.get_running_loop().create_future()
    refusal = asyncio.ensure_future(admit(notes, policy("p", DENY)))
    for _ in range(10):
        await asyncio.sleep(0)
    assert notes.events
    assert not refusal.done()
    notes.written.set_result(None)
    with pytest.raises(Forbidden):
        await refusal


@pytest.mark.parametrize("rule", [{"kind": "of a later version"}, {"kind": "patterns", "patterns": ["("]}])
async def test_a_rule_that_nobody_knows_is_as_the_policy_says(rule: dict[str, Any]) -> None:
    notes = Notes()
    await admit(notes, policy("p", rule))
    assert notes.events == []
    with pytest.raises(Forbidden) as caught:
        await admit(notes, policy("p", rule, fail_open=False))
    assert caught.value.code == "policy_undecided"
    assert notes.events[0].explanation == "This version does not know the rule. The policy counts that as broken."


async def test_a_changed_policy_is_compiled_again() -> None:
    gate = make(Notes())
    for rule, blocked in ((DENY, True), ({**DENY, "mode": "allow"}, False), (DENY, True)):
        part = WorkspacePart(id="w", revision=1, policies=(policy("p", rule),))
        candidate = Candidate(ENTRY, "gpt-4o-mini", part)
        for _ in range(2):
            done = await asyncio.gather(ask(gate, Snapshot(), candidate, FakeExchange()), return_exceptions=True)
            assert isinstance(done[0], Forbidden) is blocked


async def test_a_long_text_is_searched_all_the_same() -> None:
    rule = {"kind": "personalData", "kinds": ["email"]}
    with pytest.raises(Forbidden):
        await admit(Notes(), policy("p", rule), sent=FakeExchange("word " * 10_000, "ada@example.com"))


def subject(model: str = "gpt-4o-mini", entry: ConfigurationEntry = ENTRY, feature: Any = None, **content: Any) -> Any:
    candidate = Candidate(entry, model, WorkspacePart(id="w", revision=1), feature=feature)
    return make_policy_input(candidate, Content(**content), PROVIDERS, Prices())


def test_what_a_call_costs_is_estimated_by_all_that_it_allows() -> None:
    # One dollar a million in, four a million out.
    assert subject(input_tokens=10, output_limit=5, answers=2).cost_nanos == 10 * 1000 + 10 * 4000
    assert subject(input_tokens=10).cost_nanos == 10_000
    assert subject("unknown", input_tokens=10).cost_nanos is None


def test_what_the_workspace_pays_itself_counts() -> None:
    amounts = {"input": 0, "output": 5_000_000_000}
    own = PriceOverride(id="p", provider="openai", model="gpt-4o-mini", amounts=amounts, starts_at=10)
    candidate = Candidate(ENTRY, "gpt-4o-mini", WorkspacePart(id="w", revision=1, prices=(own,)))
    content = Content(input_tokens=10, output_limit=5)

    def cost(at: int) -> int | None:
        return make_policy_input(candidate, content, PROVIDERS, Prices(), at).cost_nanos

    assert cost(9) == 10 * 1000 + 5 * 4000
    assert cost(10) == 5 * 5000


def test_what_is_paid() -> None:
    replace = msgspec.structs.replace
    assert subject().paid is True
    assert subject("unknown").paid is None
    assert subject(entry=replace(ENTRY, is_paid=False)).paid is False
    assert subject("unknown", entry=replace(ENTRY, is_paid=True)).paid is True
    free = replace(ENTRY, is_paid=False)
    assert subject(entry=free, models=("gpt-4o",)).paid is True
    assert subject(entry=free, models=("unknown",)).paid is None


def test_a_limit_is_the_calls_else_the_features_else_the_configurations() -> None:
    entry = msgspec.structs.replace(ENTRY, parameters={"maxTokens": 7})
    feature = FeatureEntry(id="f", slug="f", kind="chat", model="m", parameters={"maxTokens": 6})
    assert subject(entry=entry, feature=feature, output_limit=5).content.output_limit == 5
    assert subject(entry=entry, feature=feature).content.output_limit == 6
    assert subject(entry=entry).content.output_limit == 7
    assert subject().content.output_limit is None


def test_hosts() -> None:
    replace = msgspec.structs.replace
    assert find_host(replace(ENTRY, base_url="http://10.1.2.3:8000/v1"), PROVIDERS) == "10.1.2.3"
    assert find_host(replace(ENTRY, provider="gone"), PROVIDERS) == ""
    assert find_host(replace(ENTRY, provider="custom"), PROVIDERS) == ""
