"""Requests one by one: listed, looked into, followed, and taken away as files."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest

from tests.bookkeeping import keep
from trunkline.core.chat import Usage
from trunkline.core.ids import new_id
from trunkline.core.policy import ViolationEvent
from trunkline.core.usage_event import Attempt

from .conftest import LocalInstallation, Person
from .test_usage import NOW, settle


@pytest.fixture(autouse=True)
def mid_january(installed: LocalInstallation) -> None:
    installed.clock.moment = NOW


async def test_requests_are_listed_page_by_page(installed: LocalInstallation, ann: Person) -> None:
    made = [await settle(installed, ann, None, at=NOW - timedelta(days=40 * at), tags=("a",)) for at in range(3)]
    await settle(installed, ann, None, outcome="error")
    first = await installed.ask(ann, "GET", "/api/requests?limit=2&tag=a")
    ids = [one["id"] for one in first.json()]
    second = await installed.ask(ann, "GET", first.headers["link"].partition("<")[2].partition(">")[0])
    assert ids + [one["id"] for one in second.json()] == [one.id for one in made]
    assert first.json()[0]["tags"] == ["a"]
    assert len((await installed.ask(ann, "GET", "/api/requests?outcome=error")).json()) == 1
    assert len((await installed.ask(ann, "GET", "/api/requests?from=2025-01-01")).json()) == 2


async def test_the_whole_life_of_a_request(installed: LocalInstallation, ann: Person) -> None:
    made = await installed.make(ann, name="mine")
    failed = Attempt(
        configuration_id=made["id"],
        provider="openai",
        model="gpt-4",
        status=503,
        error="server",
        reason="Overloaded.",
        began_us=2_000,
        duration_us=40_000,
        waited_us=500_000,
    )
    event = await settle(
        installed, ann, made["id"], request_id="req-life", first_token_us=700_000, attempts=(failed,), cost_nanos=5
    )
    violation = ViolationEvent(
        id=new_id(),
        at=event.opened_at,
        policy_id=new_id(),
        policy_name="No secrets",
        workspace_id=ann.workspace_id,
        user_id=ann.id,
        risk_type="HIGH",
        action=1,
        explanation="It named one.",
        request_id="req-life",
        provider="openai",
        model="gpt-4",
    )
    await keep(installed.database, [violation])
    body = (await installed.ask(ann, "GET", "/api/requests/req-life")).json()
    assert body["id"] == event.id
    assert body["names"]["configuration"] == "mine"
    assert body["tokens"] == {"input": 100, "output": 20}
    (attempt,) = body["attemptList"]
    assert (attempt["status"], attempt["beganMs"], attempt["durationMs"], attempt["waitedMs"]) == (503, 2, 40, 500)
    assert [(one["policyName"], one["actionType"]) for one in body["verdicts"]] == [("No secrets", 1)]
    assert body["firstTokenMs"] == 700
    # Its cost is none that a price of today gives.
    assert body["price"] is None


async def test_a_request_is_found_by_its_own_id_too(installed: LocalInstallation, ann: Person) -> None:
    now = datetime.now(UTC)
    event = await settle(installed, ann, None, at=now, request_id="one")
    judged = await settle(installed, ann, None, at=now + timedelta(seconds=1), request_id="one", purpose="judge")
    assert (await installed.ask(ann, "GET", f"/api/requests/{judged.id}")).json()["purpose"] == "judge"
    whole = (await installed.ask(ann, "GET", "/api/requests/one")).json()
    assert (whole["id"], whole["related"]) == (event.id, [judged.id])


async def test_a_request_of_somebody_else_is_not_there(installed: LocalInstallation) -> None:
    ann, bob = await installed.team("admin", "member")
    await settle(installed, ann, None, request_id="hers")
    assert (await installed.ask(ann, "GET", "/api/requests/hers")).status_code == 200
    assert (await installed.ask(bob, "GET", "/api/requests/hers")).status_code == 404
    assert (await installed.ask(bob, "GET", "/api/requests")).json() == []
    assert (await installed.ask(bob, "GET", "/api/requests/export?format=json")).json() == []


async def test_an_export_is_the_list(installed: LocalInstallation) -> None:
    (ann,) = await installed.team("admin")
    for at in range(3):
        await settle(installed, ann, None, at=NOW - timedelta(seconds=at), model='=HYPERLINK("x"),\n', tags=("a", "b"))
    listed = (await installed.ask(ann, "GET", "/api/requests")).json()
    exported = await installed.ask(ann, "GET", "/api/requests/export?format=json")
    assert exported.json() == listed
    assert exported.headers["content-disposition"] == 'attachment; filename="requests.json"'
    table = await installed.ask(ann, "GET", "/api/requests/export")
    assert table.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(table.text, newline="")))
    assert [row["id"] for row in rows] == [one["id"] for one in listed]
    assert rows[0]["model"] == '\'=HYPERLINK("x"),\n'
    assert (rows[0]["tags"], rows[0]["costUSD"], rows[0]["fromCache"]) == ("a,b", "0.0015", "false")
    noted = (await installed.ask(ann, "GET", "/api/audit?action=requests.export")).json()
    assert [(one["actorId"], one["after"]["format"]) for one in noted] == [(ann.id, "csv"), (ann.id, "json")]


async def test_exported_figures_are_those_of_the_report(installed: LocalInstallation) -> None:
    (ann,) = await installed.team("admin")
    for day in (1, 1, 15):
        at = datetime(2025, 1, day, 23, tzinfo=UTC)
        await settle(installed, ann, None, at=at, model=f"m{day}", duration_us=1)
    query = "timeZone=Asia/Tokyo&by=model"
    rows = (await installed.ask(ann, "GET", f"/api/usage/export?{query}&format=json")).json()
    assert [(row["from"], row["key"], row["requestCount"], row["costNanos"]) for row in rows] == [
        ("2025-01-01T15:00:00.000Z", "m1", 2, 3_000_000),
        ("2025-01-15T15:00:00.000Z", "m15", 1, 1_500_000),
    ]
    table = await installed.ask(ann, "GET", f"/api/usage/export?{query}")
    assert [row["key"] for row in csv.DictReader(io.StringIO(table.text))] == ["m1", "m15"]
    report = (await installed.ask(ann, "GET", "/api/usage/report?timeZone=Asia/Tokyo")).json()
    assert [day["date"] for day in report["byDay"]] == ["2025-01-02", "2025-01-16"]
    refused = await installed.ask(ann, "GET", "/api/usage/export?by=colour")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "by")


async def test_what_a_figure_sums_up_is_what_is_listed(installed: LocalInstallation) -> None:
    (ann,) = await installed.team("admin")
    await settle(installed, ann, None, feature="assistant", tags=("a",))
    await settle(installed, ann, None, feature="assistant", cost_nanos=None)
    await settle(installed, ann, None, cost_nanos=None, usage=Usage())
    await settle(installed, ann, None, operation="embedding", price_missing=("webSearches",))
    for query, found in (
        ("unpriced=true", 2),
        ("unpriced=false", 2),
        ("without=feature", 2),
        ("without=feature&without=tag", 2),
        ("without=tag&feature=assistant", 1),
        ("without=key", 4),
        ("operation=embedding", 1),
    ):
        listed = (await installed.ask(ann, "GET", f"/api/requests?{query}")).json()
        figures = (await installed.ask(ann, "GET", f"/api/usage?by=model&limit=1&{query}")).json()
        exact = (await installed.ask(ann, "GET", f"/api/usage?from=2025-01-15T12:29:59Z&{query}")).json()
        assert (len(listed), figures["requests"], exact["requests"]) == (found, found, found), query
    parts = (await installed.ask(ann, "GET", "/api/usage?by=feature")).json()["breakdown"]
    assert {part["key"]: part["requestCount"] for part in parts} == {"assistant": 2, None: 2}
    refused = await installed.ask(ann, "GET", "/api/requests?without=colour")
    assert refused.status_code == 400


async def test_parts_say_how_long_their_requests_took(installed: LocalInstallation, ann: Person) -> None:
    for at in range(20):
        await settle(installed, ann, None, tags=("a", "b"), duration_us=(at + 1) * 1_000)
    await settle(installed, ann, None, tags=("b",), duration_us=1_000_000)
    await settle(installed, ann, None, tags=("b",), duration_us=9_000_000, outcome="error")
    parts = (await installed.ask(ann, "GET", "/api/usage?by=tag&percentiles=true")).json()["breakdown"]
    assert {part["key"]: (part["p50Ms"], part["p95Ms"]) for part in parts} == {"a": (10, 19), "b": (11, 20)}
    parts = (await installed.ask(ann, "GET", "/api/usage?by=tag")).json()["breakdown"]
    assert [part["p50Ms"] for part in parts] == [None, None]


@pytest.mark.parametrize("field", ["requestId", "conversationId"])
async def test_sums_are_not_of_one_request(installed: LocalInstallation, ann: Person, field: str) -> None:
    answer = await installed.ask(ann, "GET", f"/api/usage/export?{field}={new_id()}")
    assert (answer.status_code, answer.json()["message"].partition(":")[0]) == (400, field)
