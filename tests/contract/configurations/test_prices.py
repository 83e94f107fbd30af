"""Prices of a workspace's own, and corrections of what requests cost."""

from __future__ import annotations

from typing import Any

import pytest

from trunkline.core.ids import new_id

from .conftest import LocalInstallation
from .test_usage import NOW, settle

PRICE: dict[str, Any] = {
    "provider": "openai",
    "model": "gpt-4o-mini",
    "prices": {"input": 0.12, "output": "0.48"},
    "startsAt": "2026-01-01T00:00:00Z",
}


async def test_the_life_of_a_price(installed: LocalInstallation) -> None:
    ann, bob = await installed.team("admin", "member")
    made = await installed.ask(ann, "POST", "/api/prices", PRICE)
    assert made.status_code == 201, made.text
    body = made.json()
    assert (body["prices"], body["tier"], body["endsAt"]) == ({"input": 0.12, "output": 0.48}, "standard", None)
    path = made.headers["location"]
    assert (await installed.ask(bob, "GET", path)).json() == body
    assert (await installed.ask(bob, "DELETE", path)).status_code == 403
    (entry,) = installed.holder.current.parts[ann.workspace_id].prices
    assert entry.amounts == {"input": 120_000_000, "output": 480_000_000}
    changed = await installed.ask(ann, "PUT", path, {**body, "tier": "flex", "prices": {"input": 0}})
    assert (changed.json()["tier"], changed.json()["prices"]) == ("flex", {"input": 0})
    assert installed.holder.current.parts[ann.workspace_id].prices[0].tier == "flex"
    assert [one["id"] for one in (await installed.ask(ann, "GET", "/api/prices")).json()] == [body["id"]]
    assert (await installed.ask(ann, "DELETE", path)).status_code == 200
    assert installed.holder.current.parts[ann.workspace_id].prices == ()
    audit = (await installed.ask(ann, "GET", f"/api/audit?targetId={body['id']}")).json()
    assert {one["action"] for one in audit if one["outcome"] == "ok"} == {
        "prices.create",
        "prices.update",
        "prices.delete",
    }


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"prices": {"input": -0.1}}, "prices.input"),
        ({"prices": {"lightbulb": 1}}, "prices.lightbulb"),
        ({"prices": {"input": 10**9}}, "prices.input"),
        ({"prices": {}}, "prices"),
        ({"provider": "nobody"}, "provider"),
        ({"model": "gpt-nowhere"}, "model"),
        ({"tier": "gold"}, "tier"),
        ({"endsAt": "2025-12-31T00:00:00Z"}, "endsAt"),
        ({"startsAt": "soon"}, "startsAt"),
    ],
)
async def test_what_is_no_price_is_refused(installed: LocalInstallation, change: dict[str, Any], field: str) -> None:
    (ann,) = await installed.team("admin")
    answer = await installed.ask(ann, "POST", "/api/prices", PRICE | change)
    assert answer.status_code == 400, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_a_model_that_is_configured_can_have_a_price(installed: LocalInstallation) -> None:
    (ann,) = await installed.team("admin")
    own = await installed.make(ann, model="my-own-model")
    price = PRICE | {"provider": own["provider"], "model": "my-own-model"}
    made = await installed.ask(ann, "POST", "/api/prices", price)
    assert made.status_code == 201, made.text


async def test_a_correction_is_counted_beside_the_request(installed: LocalInstallation) -> None:
    installed.clock.moment = NOW
    ann, bob = await installed.team("admin", "member")
    await settle(installed, bob, None, request_id="dear", model="m")
    body = {"amountUSD": -0.0005, "reason": "Credit", "requestId": "dear"}
    assert (await installed.ask(bob, "POST", "/api/usage/corrections", body)).status_code == 403
    made = await installed.ask(ann, "POST", "/api/usage/corrections", body)
    assert (made.status_code, made.json()["amountNanos"]) == (201, -500_000)
    general = {"amountUSD": "0.25", "reason": "Invoice", "at": "2025-01-10T00:00:00Z"}
    assert (await installed.ask(ann, "POST", "/api/usage/corrections", general)).status_code == 201
    total = (await installed.ask(ann, "GET", "/api/usage?by=model&interval=day&timeZone=Asia/Kolkata")).json()
    assert (total["requests"], total["costUSD"]) == (1, 0.251)
    assert {part["key"]: part["costNanos"] for part in total["breakdown"]} == {"m": 1_000_000, "": 250_000_000}
    for since, until, cost in (
        ("2025-01-09T23:59:00Z", "2025-01-10T00:01:00Z", 0.25),
        ("2025-01-10T00:00:00Z", "2025-01-10T00:01:00Z", 0.25),
        ("2025-01-09T23:20:00Z", "2025-01-10T00:00:00Z", 0),
    ):
        part = await installed.ask(ann, "GET", f"/api/usage?from={since}&to={until}")
        assert part.json()["costUSD"] == cost, "also of less than a quarter of an hour"
        other = await installed.ask(ann, "GET", f"/api/usage?from={since}&to={until}&model=m")
        assert other.json()["costUSD"] == 0
    (event,) = (await installed.ask(ann, "GET", "/api/requests")).json()
    assert event["costUSD"] == 0.0015
    listed = (await installed.ask(ann, "GET", "/api/usage/corrections")).json()
    assert [(one["reason"], one["eventId"]) for one in listed] == [("Invoice", None), ("Credit", event["id"])]
    own = (await installed.ask(bob, "GET", "/api/usage/report")).json()
    assert own["totals"]["costUSD"] == 0.001


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amountUSD": 0}, "amountUSD"),
        ({"amountUSD": 10**7}, "amountUSD"),
        ({"reason": ""}, "reason"),
        ({"requestId": "nowhere"}, "requestId"),
        ({"at": "2999-01-01T00:00:00Z"}, "at"),
        ({"provider": "nobody"}, "provider"),
        ({"userId": new_id()}, "userId"),
        ({"configurationId": new_id()}, "configurationId"),
    ],
)
async def test_what_is_no_correction_is_refused(
    installed: LocalInstallation, change: dict[str, Any], field: str
) -> None:
    (ann,) = await installed.team("admin")
    body = {"amountUSD": 1, "reason": "x"} | change
    answer = await installed.ask(ann, "POST", "/api/usage/corrections", body)
    assert answer.status_code == 400, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]
