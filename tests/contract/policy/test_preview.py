"""A policy tried on the calls of the last day."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.live_server import eventually
from tests.contract.policy.place import Json, Place


async def preview(place: Place, rule: Json, **fields: Any) -> Json:
    body = {"workspaceId": place.workspace_id, "rule": rule, **fields}
    return await place.make("/policy/preview", body)


async def called(place: Place, count: int, rule: Json) -> Json:
    """What is found as soon as ``count`` calls are in the database."""

    async def look() -> Json | None:
        found = await preview(place, rule)
        return found if found["calls"] >= count else None

    return await eventually(look)


async def test_calls_that_the_rule_would_have_found_are_counted_and_shown(place_on_each: Place) -> None:
    place = place_on_each
    assert (await place.chat()).status_code == 200
    assert (await place.chat()).status_code == 200
    denied = await called(place, 2, {"kind": "allowedProviders", "providers": ["openai"], "mode": "allow"})
    assert (denied["calls"], denied["checked"], denied["violations"], denied["undecided"]) == (2, 2, 2, 0)
    assert [each["explanation"] for each in denied["examples"]] == ["The provider demo is not allowed."] * 2
    assert denied["note"] is None

    kept = await preview(place, {"kind": "allowedProviders", "providers": ["demo"], "mode": "allow"})
    assert (kept["violations"], kept["examples"]) == (0, [])
    # Nothing of it is a policy, and nothing was a violation.
    assert (await place.there.get(f"/policy?workspaceId={place.workspace_id}")).json()["policies"] == []
    assert await place.listed("/policy/violations") == []


async def test_ceilings_are_held_against_what_calls_used(place: Place) -> None:
    await place.chat("Hello " * 50)
    low = await called(place, 1, {"kind": "ceilings", "maxInputTokens": 1})
    high = await preview(place, {"kind": "ceilings", "maxInputTokens": 100_000})
    assert (low["violations"], high["violations"]) == (1, 0)
    assert "could have had" in low["note"]


async def test_texts_are_looked_through_where_they_were_captured(place: Place) -> None:
    rule: Json = {"kind": "patterns", "patterns": ["geheim-[0-9]+"]}
    await place.chat("geheim-1")
    before = await called(place, 1, rule)
    assert (before["calls"], before["checked"], before["violations"]) == (1, 0, 0)

    set_up = await place.there.put("/api/capture", json={"enabled": True, "keepDays": 1})
    assert set_up.status_code == 200
    await place.chat("geheim-2")
    await place.chat("nothing of the kind")

    async def look() -> Json | None:
        found = await preview(place, rule)
        return found if found["checked"] == 2 else None

    found = await eventually(look)
    assert (found["calls"], found["violations"]) == (3, 1)
    assert "geheim" not in str(found["examples"])
    read = await place.there.get("/api/audit?action=capture.read")
    assert read.json()[0]["after"] == {"calls": 2}


async def test_calls_of_one_key_are_tried_alone(place: Place) -> None:
    await place.chat()
    rule: Json = {"kind": "allowedProviders", "providers": ["openai"], "mode": "allow"}
    await called(place, 1, rule)
    other = await place.admin.make_key(place.workspace_id)
    assert (await preview(place, rule, keyId=place.key_id))["calls"] == 1
    assert (await preview(place, rule, keyId=other["id"]))["calls"] == 0


@pytest.mark.parametrize(
    ("rule", "hours", "said"),
    [
        (None, 24, "a model judges"),
        ({"kind": "patterns", "patterns": ["("]}, 24, "rule.patterns[0]"),
        ({"kind": "paidModels"}, 0, "hours"),
        ({"kind": "paidModels"}, 169, "hours"),
    ],
)
async def test_what_cannot_be_tried_says_why(place: Place, rule: Json | None, hours: int, said: str) -> None:
    body = {"workspaceId": place.workspace_id, "rule": rule, "hours": hours}
    answer = await place.there.post("/policy/preview", json=body)
    assert answer.status_code == 400
    assert said in answer.text
