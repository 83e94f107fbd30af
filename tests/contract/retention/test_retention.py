"""``/api/retention``: a workspace keeps things for a shorter time than the installation, never for a longer one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.contract.live_server import LiveServer, open_live_server
from tests.contract.local_installation import Person

NOTHING = dict.fromkeys(("requestsDays", "conversationsDays", "violationsDays", "alertsDays", "auditDays"))


@pytest.fixture
async def admin(live_on_each: LiveServer) -> Person:
    return await live_on_each.admin()


async def test_everything_is_kept_until_somebody_says_otherwise(admin: Person) -> None:
    shown = await admin.client.get("/api/retention")
    assert shown.json() == {**NOTHING, "workspace": NOTHING, "installation": NOTHING}
    changed = await admin.client.put("/api/retention", json={"requestsDays": 90, "auditDays": 365})
    assert changed.status_code == 200, changed.text
    own = {**NOTHING, "requestsDays": 90, "auditDays": 365}
    assert changed.json() == {**own, "workspace": own, "installation": NOTHING}
    assert (await admin.client.get("/api/retention")).json() == changed.json()
    less = await admin.client.put("/api/retention", json={"auditDays": None})
    assert less.json()["workspace"] == {**NOTHING, "requestsDays": 90}
    events = (await admin.client.get("/api/audit?action=retention.change")).json()
    assert [one["action"] for one in events] == ["retention.change"] * 2
    await admin.client.put("/api/retention", json={"requestsDays": 90})
    assert len((await admin.client.get("/api/audit?action=retention.change")).json()) == 2, "nothing changed"


async def test_each_workspace_has_its_own(admin: Person) -> None:
    await admin.client.put("/api/retention", json={"requestsDays": 90})
    other = (await admin.client.post("/api/workspaces", json={"name": "Other"})).json()["id"]
    theirs = await admin.client.get("/api/retention", headers={"X-Trunkline-Workspace": other})
    assert theirs.json()["requestsDays"] is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"requestsDays": 0}, "requestsDays"),
        ({"violationsDays": 40_000}, "violationsDays"),
        ({"auditDays": 29}, "auditDays"),
        ({"conversationsDays": "7"}, "conversationsDays"),
        ({"usageDays": 7}, "usageDays"),
    ],
)
async def test_what_cannot_be_is_refused(admin: Person, body: dict[str, Any], field: str) -> None:
    refused = await admin.client.put("/api/retention", json=body)
    assert refused.status_code == 400
    assert [error["field"] for error in refused.json()["errors"]] == [field]


async def test_nothing_is_kept_longer_than_the_installation_keeps_it(tmp_path: Path) -> None:
    async with open_live_server(tmp_path, keep_requests_days=30, cache_seconds=10 * 86_400) as live:
        admin = await live.admin()
        assert (await admin.client.get("/api/retention")).json()["requestsDays"] == 30
        refused = await admin.client.put("/api/retention", json={"requestsDays": 31})
        assert refused.status_code == 400
        assert "at most 30 days" in refused.json()["errors"][0]["message"]
        changed = await admin.client.put("/api/retention", json={"requestsDays": 7})
        assert (changed.json()["requestsDays"], changed.json()["installation"]["requestsDays"]) == (7, 30)
        back = await admin.client.put("/api/retention", json={"requestsDays": None})
        assert back.json()["requestsDays"] == 30

        caching = {"ttlSeconds": 5 * 86_400}
        body = {"name": "one", "provider": "demo", "model": "demo-chat", "shared": True, "caching": caching}
        assert (await admin.client.post("/api/configurations", json=body)).status_code == 201
        refused = await admin.client.put("/api/retention", json={"conversationsDays": 4})
        assert "ttlSeconds" in refused.json()["errors"][0]["message"]
        assert (await admin.client.put("/api/retention", json={"conversationsDays": 5})).status_code == 200
        body |= {"name": "two", "caching": {"ttlSeconds": 6 * 86_400}}
        refused = await admin.client.post("/api/configurations", json=body)
        assert refused.json()["errors"][0]["field"] == "caching.ttlSeconds"
