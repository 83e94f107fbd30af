"""Policies in plain language: judged by a model of the workspace, in time or not at all."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.contract.configurations.upstream import Answer, Upstream, UpstreamRequest
from tests.contract.live_server import eventually, open_live_server
from tests.contract.policy.policy_workspace import Json, PolicyWorkspace, make_policy_workspace
from trunkline.core.explanation import WITHHELD

CHAT = "POST /v1/chat/completions"


async def appoint(team: PolicyWorkspace, url: str) -> str:
    """Make what is at ``url`` the workspace's default, and so its judge. Gives its configuration's id."""
    body = {"name": "Judge", "provider": "custom", "model": "judge", "baseUrl": f"{url}/v1", "shared": True}
    judge = await team.make("/api/configurations", body)
    path = f"/api/workspaces/{team.workspace_id}"
    answer = await team.there.patch(path, json={"defaultConfigurationId": judge["id"]})
    assert answer.status_code == 200, answer.text
    return judge["id"]


def say(content: str) -> Answer:
    message = {"role": "assistant", "content": content}
    usage = {"prompt_tokens": 40, "completion_tokens": 8, "total_tokens": 48}
    return Answer(200, {"id": "j", "choices": [{"index": 0, "message": message}], "usage": usage})


def verdict(violates: bool, explanation: str = "It asks for medical advice.") -> Answer:
    return say(json.dumps({"violates": violates, "explanation": explanation}))


def judge_by(word: str, upstream: Upstream, explanation: str = "It asks for medical advice.") -> None:
    """A judge that finds a text wrong that has ``word`` in it."""

    def answer(asked: UpstreamRequest) -> Answer:
        text = json.loads(asked.body)["messages"][-1]["content"]
        return verdict(word in text, explanation)

    upstream.answers[CHAT] = answer


@asynccontextmanager
async def silence() -> AsyncIterator[str]:
    """A provider that takes every request and never answers."""
    held: list[asyncio.StreamWriter] = []

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held.append(writer)
        await reader.read()

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        for writer in held:
            writer.close()


async def test_words_block_what_the_judge_finds(team: PolicyWorkspace, upstream: Upstream) -> None:
    judge_id = await appoint(team, upstream.url)
    judge_by("pills", upstream)
    policy = await team.add(name="No medicine", content="No medical advice may be asked for.")
    # What the judge itself may do is no business of policies.
    await team.add(name="Only demo", rule={"kind": "allowedProviders", "providers": ["demo"]})
    refused = await team.chat("Which pills for Ada?")
    assert refused.status_code == 403
    assert refused.json()["error"]["message"] == 'Blocked by the policy "No medicine".'
    (found,) = await team.violations()
    assert (found["policyId"], found["explanation"]) == (policy["id"], "It asks for medical advice.")

    asked = json.loads(upstream.asked[0].body)
    system, user = asked["messages"]
    assert "No medical advice may be asked for." in system["content"]
    mark, text, end = user["content"].split("\n")
    assert mark == end
    assert mark in system["content"]
    assert text == "Which pills for Ada?"

    assert (await team.chat("How are you?")).status_code == 200
    # The same again is known for a while; the mark is another one each time.
    assert (await team.chat("How are you?")).status_code == 200
    assert (await team.chat("Which pills for Ada?")).status_code == 403
    assert len(upstream.asked) == 2
    assert mark not in json.loads(upstream.asked[1].body)["messages"][-1]["content"]
    changed = await team.there.put(f"/policy/{policy['id']}", json={"content": "Nothing of Ada."})
    assert changed.status_code == 200
    assert (await team.chat("Which pills for Ada?")).status_code == 403
    assert len(upstream.asked) == 3

    async def judged() -> list[Json] | None:
        events: list[Json] = (await team.there.get(f"/api/usage?configurationId={judge_id}")).json()["events"]
        return events if len(events) == 3 else None

    # Its calls are the workspace's, in the name of who asked.
    events = await eventually(judged)
    assert {(event["userId"], event["keyId"], event["outcome"]) for event in events} == {
        (team.admin.id, team.key_id, "ok")
    }


async def test_words_that_log_or_alert_are_judged_behind_the_call(team: PolicyWorkspace, upstream: Upstream) -> None:
    await appoint(team, upstream.url)
    judge_by("pills", upstream)
    await team.add(name="Noted", actionType=0)
    await team.add(name="Told", actionType=1)
    assert (await team.chat("Which pills?", stream=True)).status_code == 200
    found = await team.violations(2)
    assert {(each["policyName"], each["actionType"]) for each in found} == {("Noted", 0), ("Told", 1)}
    assert [each["policyName"] for each in await team.listed("/policy/alerts")] == ["Told"]


async def test_an_explanation_repeats_nothing(team: PolicyWorkspace, upstream: Upstream) -> None:
    await appoint(team, upstream.url)
    judge_by("pills", upstream, "It asks which pills to give to Ada for her knee.")
    await team.add()
    assert (await team.chat("Which pills would you give to Ada for her knee?")).status_code == 403
    (found,) = await team.violations()
    assert found["explanation"] == WITHHELD


async def test_a_judge_that_fails_is_as_the_policy_says(team: PolicyWorkspace, upstream: Upstream) -> None:
    policy = await team.add(name="Judged")

    async def expect(status: int, fail_mode: str, text: str) -> None:
        changed = await team.there.put(f"/policy/{policy['id']}", json={"failMode": fail_mode})
        assert changed.status_code == 200, changed.text
        answer = await team.chat(text)
        assert answer.status_code == status, answer.text
        if status == 403:
            assert answer.json()["error"]["message"].startswith('The policy "Judged" could not be checked')

    await expect(200, "open", "nobody judges")
    await expect(403, "closed", "nobody judges")
    await appoint(team, upstream.url)
    for number, answer in enumerate(
        (
            Answer(401, {"error": {"message": "bad key"}}),
            say("I would rather not."),
            say('{"violates": "no"}'),
            say('{"violates": true} {"violates": false}'),
            say(""),
        )
    ):
        upstream.answers[CHAT] = answer
        await expect(200, "open", f"text {number}")
        await expect(403, "closed", f"text {number}")
    found = await team.violations(6)
    assert len(found) == 6
    assert {each["explanation"].endswith("The policy counts that as broken.") for each in found} == {True}
    # A failure is not remembered.
    upstream.answers[CHAT] = say('```json\n{"violates": false, "explanation": ""}\n```')
    await expect(200, "closed", "text 0")


async def test_a_judge_that_is_slow_is_not_waited_for(tmp_path: Path) -> None:
    async with open_live_server(tmp_path / "whole", policy_judge_seconds=0.1) as live, silence() as url:
        team = await make_policy_workspace(live)
        await appoint(team, url)
        await team.add(name="Behind", actionType=1)
        policy = await team.add(name="Before")
        assert (await team.chat("Hello")).status_code == 200
        closed = await team.there.put(f"/policy/{policy['id']}", json={"failMode": "closed"})
        assert closed.status_code == 200
        assert (await team.chat("Hello")).status_code == 403
        found = await team.violations()
        assert [(each["policyName"], each["explanation"]) for each in found] == [
            ("Before", "The judge did not answer in time. The policy counts that as broken.")
        ]


async def test_who_is_judged_does_not_choose_the_judge(tmp_path: Path, upstream: Upstream) -> None:
    """A configuration of one's own, or of an application, is never asked, whatever its name is."""
    upstream.answers[CHAT] = verdict(False)
    async with open_live_server(tmp_path / "whole", policy_judge="judge") as live:
        team = await make_policy_workspace(live)
        member = await live.add_user(team.admin, "member@example.com")
        await live.join(team.admin, team.workspace_id, member, "member")
        there = member.at(team.workspace_id)
        body: dict[str, Any] = {"name": "judge", "provider": "custom", "model": "m", "baseUrl": f"{upstream.url}/v1"}
        assert (await there.post("/api/configurations", json=body)).status_code == 201
        await team.add(failMode="closed")
        call = {"model": "Try", "messages": [{"role": "user", "content": "Hello"}]}
        assert (await there.post("/v1/chat/completions", json=call)).status_code == 403
        assert upstream.asked == []
        await team.make("/api/configurations", {**body, "shared": True})
        assert (await there.post("/v1/chat/completions", json=call)).status_code == 200
        assert len(upstream.asked) == 1
