"""The judge: who it is, what it is asked, what of its answer counts, and what is remembered."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.core.actor import Actor
from trunkline.core.errors import Unavailable
from trunkline.core.policy import Content, Finding, ViolationEvent
from trunkline.gateway.answer import Answer
from trunkline.gateway.exchanges.chat import Chat
from trunkline.gateway.gates import judge_queue as judging_module
from trunkline.gateway.gates.judge import LONGEST_TEXT, Judge, find_judge, read_verdict
from trunkline.gateway.gates.judge_queue import Case, JudgeQueue
from trunkline.gateway.snapshot import ConfigurationEntry, PolicyEntry, RouteEntry, WorkspacePart

ACTOR = Actor(user_id="u", workspace_id="w", role="member", application_id="app", models=("Try",), key_id="k")
POLICY = PolicyEntry(id="p", name="P", content="No pills.", risk_type="LOW", action=2)


def entry(name: str, **fields: Any) -> ConfigurationEntry:
    base: dict[str, Any] = {"owner_id": "owner", "provider": "demo", "model": "m", "shared": True, **fields}
    return ConfigurationEntry(id=f"id-{name}", workspace_id="w", name=name.partition("#")[0], **base)


def part(*entries: ConfigurationEntry, **fields: Any) -> WorkspacePart:
    members = {"owner": "owner", "u": "member"}
    return WorkspacePart(id="w", revision=1, members=members, configurations={one.id: one for one in entries}, **fields)  # pyright: ignore[reportArgumentType] - roles


def told(content: object) -> bytes:
    return json.dumps({"choices": [{"message": {"content": content}}]}).encode()


def test_default_is_the_workspaces_shared_default() -> None:
    shared, own = entry("a"), entry("b", shared=False, owner_id="u")
    assert find_judge(part(shared, default_configuration_id="id-a"), "default") == "id-a"
    assert find_judge(part(shared), "default") is None
    assert find_judge(part(own, default_configuration_id="id-b"), "default") is None
    assert find_judge(part(own, default_configuration_id="id-b", personal_of="u"), "default") == "id-b"


def test_a_name_is_a_route_or_shared_those_of_admins_first() -> None:
    route = RouteEntry(id="r", name="judge", strategy="priority", targets=())
    of_member, of_owner = entry("judge#1", owner_id="u", created_at=1), entry("judge#2", created_at=2)
    assert find_judge(part(of_member, routes={"judge": route}), "judge") == "judge"
    assert find_judge(part(of_member, of_owner), "judge") == "id-judge#2"
    assert find_judge(part(of_member), "judge") == "id-judge#1"
    for unfit in (
        entry("judge", shared=False, owner_id="u"),
        entry("judge", application_id="app"),
        entry("judge", is_active=False),
        entry("judge", model=None),
    ):
        assert find_judge(part(unfit), "judge") is None


@pytest.mark.parametrize(
    ("content", "violates"),
    [
        ('{"violates": true, "explanation": "x"}', True),
        ('```json\n{"violates": false}\n```', False),
        ('Sure! {"violates": true, "explanation": "a {b} c"} Done.', True),
        ('{"violates": 1}', None),
        ('{"violates": "true"}', None),
        ('{"explanation": "x"}', None),
        ('{"violates": true}{"violates": false}', None),
        ("true", None),
        ("} {", None),
        ("", None),
        (None, None),
        ([{"type": "text", "text": '{"violates": true}'}], None),
        ('{"violates": true, "explanation": null}', None),
    ],
)
def test_verdicts(content: object, violates: bool | None) -> None:
    verdict = read_verdict(told(content))
    assert (verdict.violates if verdict else None) is violates


@given(
    st.binary(max_size=60) | st.text(max_size=60).map(told) | st.text(alphabet='{}[]",:truefals', max_size=40).map(told)
)
def test_anything_else_is_no_verdict(body: bytes) -> None:
    verdict = read_verdict(body)
    assert verdict is None or isinstance(verdict.violates, bool)


class FakeModel:
    """What the judge asks, and what it is told."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.calls: list[tuple[Actor, str]] = []
        self.now = 0.0
        self.judge = Judge(self.ask, limit=1, ticks=lambda: self.now)

    async def ask(self, actor: Actor, chat: Chat, request_id: str) -> Answer:
        self.calls.append((actor, "\n".join(chat.content().texts)))
        answer = self.answers.pop(0) if self.answers else '{"violates": false}'
        if isinstance(answer, Exception):
            raise answer
        if answer is None:
            await asyncio.Event().wait()
        return Answer(200, [], body=told(answer))

    async def __call__(
        self, text: str, *, policy: PolicyEntry = POLICY, workspace: str = "w", **content: Any
    ) -> Finding:
        place = msgspec.structs.replace(part(entry("a"), default_configuration_id="id-a"), id=workspace)
        seen = Content(texts=(text,), **content)
        return await self.judge.judge(ACTOR, place, policy, seen, "r", limit=0.01)


async def test_a_verdict_is_remembered_for_the_same_text_rule_and_workspace() -> None:
    asked = FakeModel(*['{"violates": true, "explanation": "Bad."}'] * 6)
    assert await asked("x") == Finding(True, "Bad.")
    assert await asked("x") == Finding(True, "Bad.")
    assert len(asked.calls) == 1
    await asked("y")
    await asked("x", policy=msgspec.structs.replace(POLICY, content="No x."))
    await asked("x", policy=msgspec.structs.replace(POLICY, id="q"))
    await asked("x", workspace="other")
    assert len(asked.calls) == 5
    asked.now = 61
    await asked("x")
    assert len(asked.calls) == 6


async def test_it_is_asked_for_the_workspace_and_not_as_the_application() -> None:
    asked = FakeModel()
    await asked("hello")
    actor, _ = asked.calls[0]
    assert (actor.application_id, actor.models) == (None, ())
    assert (actor.user_id, actor.key_id, actor.workspace_id) == ("u", "k", "w")


async def test_failures_are_undecided_and_not_remembered() -> None:
    asked = FakeModel(Unavailable("down"), None, "nonsense", '{"violates": false}')
    words = [(await asked("x")).explanation for _ in range(3)]
    assert words == [
        "The judge could not be asked (unavailable)",
        "The judge did not answer in time",
        "The judge gave no verdict",
    ]
    assert await asked("x") == Finding(False)


async def test_what_cannot_be_read_whole_is_not_judged() -> None:
    asked = FakeModel()
    assert (await asked("x" * (LONGEST_TEXT + 1))).broken is None
    assert (await asked("x", whole=False)).broken is None
    assert asked.calls == []


@given(st.text(max_size=40))
async def test_the_text_stands_between_marks_that_it_cannot_know(text: str) -> None:
    asked = FakeModel()
    await asked(text)
    await asked(text + "!")
    marks: set[str] = set()
    for (_, sent), judged in zip(asked.calls, (text, text + "!"), strict=True):
        mark = sent.splitlines()[-1]
        assert sent.endswith(f"\n{mark}\n{judged}\n{mark}") or judged == ""
        assert mark not in judged
        marks.add(mark)
    assert len(marks) == 2


def case(text: str = "x", policy: PolicyEntry = POLICY) -> Case:
    event = ViolationEvent(
        id="", at=0, policy_id="p", policy_name="P", workspace_id="w", user_id="u", risk_type="LOW", action=1,
        explanation="", request_id="r", provider="demo", model="m",
    )  # fmt: skip
    place = part(entry("a"), default_configuration_id="id-a")
    return Case(ACTOR, place, policy, Content(texts=(text,)), event)


async def test_the_queue_is_bounded_and_a_fault_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging_module, "WAITING_CHARACTERS", 10)
    found: list[tuple[str, bool | None]] = []
    asked = FakeModel(ValueError("a fault of ours"), '{"violates": true}')
    queue = JudgeQueue(asked.judge, lambda judged, finding: found.append((judged.content.texts[0], finding.broken)))
    for text in ("1", "2", "longer than 10"):
        queue.add(case(text))
    assert found == [("longer than 10", None)]
    running = asyncio.ensure_future(queue.run())
    await queue.drain(5)
    assert found[1:] == [("2", True)]
    # What is judged takes no room any more.
    for _ in range(12):
        queue.add(case("3"))
        await queue.drain(5)
    assert found[2:] == [("3", False)] * 12
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_draining_does_not_wait_for_ever() -> None:
    queue = JudgeQueue(FakeModel().judge, lambda judged, finding: None)
    queue.add(case())
    await queue.drain(0.01)
