"""A policy tried on the calls of the last day."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.live_server import eventually
from tests.contract.policy.policy_workspace import Json, PolicyWorkspace


async def preview(team: PolicyWorkspace, rule: Json, **fields: Any) -> Json:
    body = {"workspaceId": team.workspace_id, "rule": rule, **fields}
    return await team.make("/policy/preview", body)


async def called(team: PolicyWorkspace, count: int, rule: Json) -> Json:
    """What is found as soon as ``count`` calls are in the database."""

    async def look() -> Json | None:
        found = await preview(team, rule)
        return found if found["calls"] >= count else None

    return await eventually(look)


async def test_calls_that_the_rule_would_have_found_are_counted_and_shown(team_on_each: PolicyWorkspace) -> None:
    team = team_on_each
    assert (await team.chat()).status_code == 200
    assert (await team.chat()).status_code == 200
    denied = await called(team, 2, {"kind": "allowedProviders", "providers": ["openai"], "mode": "allow"})
    assert (denied["calls"], denied["checked"], denied["violations"], denied["undecided"]) == (2, 2, 2, 0)
    assert [each["explanation"] for each in denied["examples"]] == ["The provider demo is not allowed."] * 2
    assert denied["note"] is None

    kept = await preview(team, {"kind": "allowedProviders", "providers": ["demo"], "mode": "allow"})
    assert (kept["violations"], kept["examples"]) == (0, [])
    # Nothing of it is a policy, and nothing was a violation.
    assert (await team.there.get(f"/policy?workspaceId={team.workspace_id}")).json()["policies"] == []
    assert await team.listed("/policy/violations") == []


async def test_ceilings_are_held_against_what_calls_used(team: PolicyWorkspace) -> None:
    await team.chat("Hello " * 50)
    low = await called(team, 1, {"kind": "ceilings", "maxInputTokens": 1})
    high = await preview(team, {"kind": "ceilings", "maxInputTokens": 100_000})
    assert (low["violations"], high["violations"]) == (1, 0)
    assert "could have had" in low["note"]


async def test_texts_are_looked_through_where_they_were_captured(team: PolicyWorkspace) -> None:
    rule: Json = {"kind": "patterns", "patterns": ["geheim-[0-9]+"]}
    await team.chat("geheim-1")
    before = await called(team, 1, rule)
    assert (before["calls"], before["checked"], before["violations"]) == (1, 0, 0)

    set_up = await team.there.put("/api/capture", json={"enabled": True, "keepDays": 1})
    assert set_up.status_code == 200
    await team.chat("geheim-2")
    await team.chat("nothing of the kind")

    async def look() -> Json | None:
        found = await preview(team, rule)
        return found if found["checked"] == 2 else None

    found = await eventually(look)
    assert (found["calls"], found["violations"]) == (3, 1)
    assert "geheim" not in str(found["examples"])
    read = await team.there.get("/api/audit?action=capture.read")
    assert read.json()[0]["after"] == {"calls": 2}


async def test_calls_of_one_key_are_tried_alone(team: PolicyWorkspace) -> None:
    await team.chat()
    rule: Json = {"kind": "allowedProviders", "providers": ["openai"], "mode": "allow"}
    await called(team, 1, rule)
    other = await team.admin.make_key(team.workspace_id)
    assert (await preview(team, rule, keyId=team.key_id))["calls"] == 1
    assert (await preview(team, rule, keyId=other["id"]))["calls"] == 0


@pytest.mark.parametrize(
    ("rule", "hours", "said"),
    [
        (None, 24, "a model judges"),
        ({"kind": "patterns", "patterns": ["("]}, 24, "rule.patterns[0]"),
        ({"kind": "paidModels"}, 0, "hours"),
        ({"kind": "paidModels"}, 169, "hours"),
    ],
)
async def test_what_cannot_be_tried_says_why(team: PolicyWorkspace, rule: Json | None, hours: int, said: str) -> None:
    body = {"workspaceId": team.workspace_id, "rule": rule, "hours": hours}
    answer = await team.there.post("/policy/preview", json=body)
    assert answer.status_code == 400
    assert said in answer.text
