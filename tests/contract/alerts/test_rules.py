"""``/api/alerts/rules`` and ``/api/alerts/preview``: what is there, what is taken and refused, and who may."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from tests.contract.live_server import LiveServer, eventually
from tests.contract.local_installation import Person

NOBODY = "019a5f0e-7c1b-7d9a-9a53-0f4c8a1b2c3d"


@pytest.fixture
async def admin(live: LiveServer) -> Person:
    return await live.admin()


async def make(there: httpx2.AsyncClient, kind: str = "error_rate", **fields: Any) -> dict[str, Any]:
    answer = await there.post("/api/alerts/rules", json={"kind": kind, **fields})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_what_is_left_out_is_as_usual_for_its_kind(admin: Person) -> None:
    rule = await make(admin.client)
    shown = {name: rule[name] for name in ("name", "threshold", "windowMinutes", "leastCalls", "forSeconds")}
    assert shown == {"name": "Error rate", "threshold": 10, "windowMinutes": 15, "leastCalls": 20, "forSeconds": 0}
    assert (rule["severity"], rule["enabled"], rule["channelIds"], rule["preset"]) == ("warning", True, [], None)
    assert (await admin.client.get(f"/api/alerts/rules/{rule['id']}")).json() == rule


async def test_the_rules_of_every_workspace_come_first_and_are_paged_with_the_others(admin: Person) -> None:
    made = [(await make(admin.client))["id"] for _ in range(2)]
    listed = (await admin.client.get("/api/alerts/rules")).json()
    presets = ["down", "key_failing", "budget_80", "budget_100", "journal"]
    assert [rule["preset"] for rule in listed] == [*presets, None, None]
    assert [rule["id"] for rule in listed[5:]] == made[::-1]
    paged: list[Any] = []
    path = "/api/alerts/rules?limit=3"
    while path:
        answer = await admin.client.get(path)
        assert len(answer.json()) <= 3
        paged += answer.json()
        path = answer.links.get("next", {}).get("url", "")
    assert paged == listed


async def test_one_of_every_workspace_is_changed_and_turned_off_but_not_deleted(admin: Person) -> None:
    (rule,) = [each for each in (await admin.client.get("/api/alerts/rules")).json() if each["preset"] == "budget_80"]
    path = f"/api/alerts/rules/{rule['id']}"
    assert (rule["revision"], rule["createdAt"]) == (0, None)
    changed = (await admin.client.put(path, json={"threshold": 90, "enabled": False})).json()
    assert (changed["id"], changed["preset"], changed["threshold"], changed["enabled"], changed["revision"]) == (
        rule["id"], "budget_80", 90, False, 1,
    )  # fmt: skip
    assert (await admin.client.get(path)).json() == changed
    assert len((await admin.client.get("/api/alerts/rules")).json()) == 5
    assert (await admin.client.delete(path)).status_code == 409


async def test_quiet_hours_and_repeats_are_set_and_taken_away(admin: Person) -> None:
    rule = await make(admin.client, "down", quietHours={"start": "22:00", "end": "07:00"}, repeatMinutes=60)
    assert rule["quietHours"] == {"start": "22:00", "end": "07:00", "timeZone": "UTC", "holdCritical": False}
    path = f"/api/alerts/rules/{rule['id']}"
    assert (await admin.client.put(path, json={"name": "Night"})).json()["repeatMinutes"] == 60
    cleared = (await admin.client.put(path, json={"quietHours": None, "repeatMinutes": None})).json()
    assert (cleared["quietHours"], cleared["repeatMinutes"], cleared["revision"]) == (None, None, 3)
    stale = await admin.client.put(path, json={"name": "x"}, headers={"if-match": '"1"'})
    assert stale.status_code == 412
    assert [event["action"] for event in (await admin.client.get("/api/audit?targetType=alert_rule")).json()] == [
        "alert_rules.update", "alert_rules.update", "alert_rules.create",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "kind"),
        ({"kind": "moon"}, "kind"),
        ({"kind": "error_rate", "threshold": 101}, "threshold"),
        ({"kind": "error_rate", "threshold": -1}, "threshold"),
        ({"kind": "error_rate", "windowMinutes": 7}, "windowMinutes"),
        ({"kind": "down", "quietHours": {"start": "22:00", "end": "07:00", "timeZone": "Mars"}}, "quietHours.timeZone"),
        ({"kind": "down", "quietHours": {"start": "25:00", "end": "07:00"}}, "quietHours.start"),
        ({"kind": "down", "severity": "terrible"}, "severity"),
        ({"kind": "down", "channelIds": [NOBODY]}, "channelIds[0]"),
        ({"kind": "down", "subject": "configuration", "subjectId": NOBODY}, "subjectId"),
        ({"kind": "down", "subject": "provider", "subjectId": "nobody"}, "subjectId"),
        ({"kind": "down", "subject": "budget", "subjectId": NOBODY}, "subject"),
        ({"kind": "budget_used", "subject": "budget", "subjectId": NOBODY}, "subjectId"),
        ({"kind": "down", "repeatMinutes": 1}, "repeatMinutes"),
    ],
)
async def test_what_is_wrong_is_named(admin: Person, body: dict[str, Any], field: str) -> None:
    for path in ("/api/alerts/rules", "/api/alerts/preview"):
        answer = await admin.client.post(path, json=body)
        assert answer.status_code == 400, answer.text
        assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_of_all_that_is_wrong_each_is_named(admin: Person) -> None:
    body = {"kind": "error_rate", "threshold": 0, "windowMinutes": 1, "channelIds": [NOBODY]}
    answer = await admin.client.post("/api/alerts/rules", json=body)
    assert [error["field"] for error in answer.json()["errors"]] == ["threshold", "windowMinutes", "channelIds[0]"]


async def test_the_installations_rules_are_its_administrators(live: LiveServer, admin: Person) -> None:
    rule = await make(admin.client, "journal_not_shipping", threshold=120)
    assert rule["workspaceId"] is None
    other = await live.add_user(admin, "other@example.com")
    assert (await other.client.post("/api/alerts/rules", json={"kind": "journal_not_shipping"})).status_code == 403
    assert (await other.client.get(f"/api/alerts/rules/{rule['id']}")).status_code == 404
    assert "journal" not in [each["preset"] for each in (await other.client.get("/api/alerts/rules")).json()]


async def test_a_preview_tells_when_it_would_have_fired(admin: Person) -> None:
    there = admin.client
    made = await there.post("/api/configurations", json={"name": "one", "provider": "demo", "model": "demo-chat"})
    body = {"model": "one", "messages": [{"role": "user", "content": "hello"}]}
    for _ in range(3):
        assert (await there.post("/v1/chat/completions", json=body)).status_code == 200
    asked = {"kind": "latency", "threshold": 1, "leastCalls": 3, "days": 1}

    async def look() -> dict[str, Any] | None:
        answer = await there.post("/api/alerts/preview", json=asked)
        assert answer.status_code == 200, answer.text
        return answer.json() if answer.json()["count"] else None

    found = await eventually(look)
    (firing,) = found["firings"]
    assert (firing["subjectId"], firing["subjectName"], firing["until"]) == (made.json()["id"], "one", None)
    none = (await there.post("/api/alerts/preview", json={**asked, "leastCalls": 4})).json()
    assert (none["count"], none["firings"]) == (0, [])


async def test_of_what_keeps_no_history_there_is_no_preview(admin: Person) -> None:
    for body, field in (({"kind": "journal_not_shipping"}, "kind"), ({"kind": "down", "days": 32}, "days")):
        answer = await admin.client.post("/api/alerts/preview", json=body)
        assert [error["field"] for error in answer.json()["errors"]] == [field]
