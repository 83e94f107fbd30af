"""``/api/budgets``: making, reading, changing and deleting budgets, and what is refused."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Mapping
from typing import Any

import pytest

from tests.bookkeeping import keep
from tests.contract.live_server import LiveServer
from tests.contract.local_installation import Person
from tests.unit.control.usage.settled import event
from trunkline.control.budgets.authority import LeaseAuthority
from trunkline.core.chat import Usage
from trunkline.core.price import NANOS_PER_USD
from trunkline.gateway.budgets.authority import LeaseQuestion, Need
from trunkline.storage.database import Database

NOBODY = "019a5f0e-7c1b-7d9a-9a53-0f4c8a1b2c3d"
TRY: dict[str, Any] = {"name": "Ours", "amount": "10", "period": "month"}


@pytest.fixture
async def admin(live_on_each: LiveServer) -> Person:
    return await live_on_each.admin()


async def test_a_budget_is_made_read_changed_and_deleted(admin: Person) -> None:
    made = await admin.client.post("/api/budgets", json={**TRY, "timeZone": "Europe/Berlin", "thresholds": [80, 50]})
    assert made.status_code == 201, made.text
    budget = made.json()
    assert (budget["amount"], budget["spent"], budget["reserved"], budget["left"]) == ("10", "0", "0", "10")
    assert (budget["subject"], budget["hard"], budget["thresholds"]) == ("workspace", True, [50, 80])
    path = made.headers["location"]
    assert (await admin.client.get(path)).json() == budget
    changed = await admin.client.put(
        path, json={"amount": 0.5, "hard": False, "defaultPrice": {"input": 3, "output": "15"}}
    )
    assert changed.status_code == 200, changed.text
    assert (changed.json()["amount"], changed.json()["hard"]) == ("0.5", False)
    assert changed.json()["defaultPrice"] == {"input": "3", "output": "15"}
    assert (await admin.client.put(path, json={"defaultPrice": None})).json()["defaultPrice"] is None
    assert (await admin.client.post("/api/budgets", json=TRY)).status_code == 409
    assert [one["name"] for one in (await admin.client.get("/api/budgets")).json()] == ["Ours"]
    assert (await admin.client.delete(path)).status_code == 200
    assert (await admin.client.get(path)).status_code == 404


async def test_calls_of_the_period_count_that_were_made_before(live_on_each: LiveServer, admin: Person) -> None:
    place = (await admin.client.get("/api/auth/me")).json()["actor"]["workspaceId"]
    user, at = admin.id, int(time.time() * 1_000_000)
    calls = [
        event(place, opened_at=at, user_id=user, cost_nanos=7),
        event(place, opened_at=at, user_id=NOBODY, cost_nanos=5, tags=("night", "x_y")),
        event(place, opened_at=at, user_id=user, cost_nanos=None, usage=Usage(input=2, output=1)),
        event(NOBODY, opened_at=at, cost_nanos=1_000),
    ]
    database = Database(live_on_each.settings.effective_database_url)
    # Beside the server, as the intake does: it would wait here for what the server itself is about to write.
    await asyncio.to_thread(lambda: asyncio.run(keep(database, calls)))
    await database.close()
    spent: dict[str, str] = {}
    for number, fields in enumerate(
        (
            {},
            {"subject": "user", "subjectId": user},
            {"subject": "tag", "subjectId": "night"},
            {"subject": "tag", "subjectId": "xzy"},
            {"defaultPrice": {"input": "1", "output": "1"}},
        )
    ):
        answer = await admin.client.post("/api/budgets", json={**TRY, "name": f"{number}", **fields})
        assert answer.status_code == 201, answer.text
        spent[f"{number}"] = answer.json()["spent"]
    assert list(spent.values()) == ["0.000000012", "0.000000007", "0.000000005", "0", "0.000003012"]


async def test_of_a_budget_that_becomes_soft_nothing_is_reserved_any_more(
    live_on_each: LiveServer, admin: Person
) -> None:
    made = await admin.client.post("/api/budgets", json=TRY)
    path, budget_id = made.headers["location"], made.json()["id"]
    database = Database(live_on_each.settings.effective_database_url)
    authority = LeaseAuthority(database, recall=give_nothing_back)
    question = LeaseQuestion("a process", int(time.time() * 1_000_000), {}, [{budget_id: Need(NANOS_PER_USD, 1)}])
    await authority.lease(question)
    await database.close()
    budget = (await admin.client.get(path)).json()
    assert (budget["reserved"], budget["left"]) == ("1", "9")
    for hard, reserved in ((False, "0"), (True, "1")):
        changed = (await admin.client.put(path, json={"hard": hard})).json()
        assert (changed["reserved"], (await admin.client.get(path)).json()["reserved"]) == (reserved, reserved)
        assert float(changed["left"]) == 10 - float(reserved)


async def give_nothing_back(holder: str, budget_ids: Collection[str]) -> Mapping[str, int]:
    return {}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"currency": "EUR"}, "currency"),
        ({"timeZone": "Mars/Olympus"}, "timeZone"),
        ({"amount": 0}, "amount"),
        ({"amount": -1}, "amount"),
        ({"amount": "much"}, "amount"),
        ({"amount": 10**15}, "amount"),
        ({"amount": "0.0000000001"}, "amount"),
        ({"amount": True}, "amount"),
        ({"period": "year"}, "period"),
        ({"subject": "planet"}, "subject"),
        ({"subject": "key"}, "subjectId"),
        ({"subject": "key", "subjectId": NOBODY}, "subjectId"),
        ({"subject": "user", "subjectId": NOBODY}, "subjectId"),
        ({"subject": "application", "subjectId": NOBODY}, "subjectId"),
        ({"subject": "feature", "subjectId": "no-such"}, "subjectId"),
        ({"subject": "tag", "subjectId": "two words"}, "subjectId"),
        ({"thresholds": [0]}, "thresholds[0]"),
        ({"defaultPrice": {"input": "-1", "output": "1"}}, "defaultPrice.input"),
        ({"sum": 1}, "sum"),
    ],
)
async def test_what_is_no_budget_is_refused_by_the_name_of_its_field(
    admin: Person, fields: dict[str, Any], field: str
) -> None:
    answer = await admin.client.post("/api/budgets", json={**TRY, **fields})
    assert answer.status_code == 400, answer.text
    assert f"{field}" in answer.text
