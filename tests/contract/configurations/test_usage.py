"""What was used: figures of a configuration, a user's report, and the calls themselves."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.bookkeeping import keep
from trunkline.core.chat import Usage
from trunkline.core.ids import new_id
from trunkline.core.rate_reading import RateReading
from trunkline.core.usage_event import Attempt, UsageEvent

from .conftest import LocalInstallation, Person

NOW = datetime(2025, 1, 15, 12, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def mid_january(installed: LocalInstallation) -> None:
    installed.clock.moment = NOW


async def settle(
    installed: LocalInstallation, who: Person, configuration_id: str | None, at: datetime = NOW, **fields: Any
) -> UsageEvent:
    base: dict[str, Any] = {
        "id": new_id(),
        "opened_at": int(at.timestamp() * 1_000_000),
        "request_id": "req-1",
        "operation": "chat",
        "workspace_id": who.workspace_id,
        "user_id": who.id,
        "configuration_id": configuration_id,
        "provider": "openai",
        "model": "gpt-4",
        "usage": Usage(input=100, output=20),
        "cost_nanos": 1_500_000,
        "duration_us": 840_000,
        "attempts": (Attempt(configuration_id=configuration_id, provider="openai", model="gpt-4", status=200),),
    }
    event = UsageEvent(**{**base, **fields})
    await keep(installed.database, [event])
    return event


async def test_unused_is_zeros_and_nulls(installed: LocalInstallation, ann: Person) -> None:
    made = await installed.make(ann)
    answer = await installed.ask(ann, "GET", f"/api/configurations/{made['id']}/usage")
    assert answer.json() == {
        "configurationId": made["id"],
        "period": "month",
        "periodStart": "2025-01-01",
        "periodEnd": "2025-01-31",
        "requestCount": 0,
        "tokenCount": 0,
        "inputTokens": 0,
        "outputTokens": 0,
        "costUSD": 0.0,
        "unpricedCount": 0,
        "errorCount": 0,
        "averageLatency": 0,
        "errorRate": 0.0,
        "lastUsed": None,
        "rateLimit": None,
    }


async def test_figures_of_a_period(installed: LocalInstallation, ann: Person) -> None:
    made = await installed.make(ann)
    for _ in range(3):
        await settle(installed, ann, made["id"])
    await settle(installed, ann, made["id"], outcome="error", usage=Usage(), cost_nanos=None, duration_us=40_000)
    await settle(installed, ann, made["id"], at=datetime(2025, 1, 2, tzinfo=UTC))
    await settle(installed, ann, made["id"], at=datetime(2024, 12, 31, 23, 59, tzinfo=UTC))
    path = f"/api/configurations/{made['id']}/usage"
    month = (await installed.ask(ann, "GET", path)).json()
    assert (month["requestCount"], month["tokenCount"], month["costUSD"]) == (5, 480, 0.006)
    assert (month["errorRate"], month["averageLatency"], month["lastUsed"]) == (0.2, 680, "2025-01-15T12:30:00.000Z")
    counts = {}
    for period in ("day", "week", "month", "all"):
        body = (await installed.ask(ann, "GET", f"{path}?period={period}")).json()
        counts[period] = (body["requestCount"], body["periodStart"], body["periodEnd"])
    assert counts == {
        "day": (4, "2025-01-15", "2025-01-15"),
        "week": (4, "2025-01-13", "2025-01-19"),
        "month": (5, "2025-01-01", "2025-01-31"),
        "all": (6, "2024-12-31", "2025-01-15"),
    }


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("from=2025-01-15&to=2025-01-15", 2),
        ("from=2025-01-14", 3),
        ("to=2025-01-14", 1),
        ("from=2025-01-15T12:00:00Z&to=2025-01-15T12:30:00.000001Z", 1),
        ("from=2025-01-15T13:30:01%2B01:00", 1),
    ],
)
async def test_spans_are_exact(installed: LocalInstallation, ann: Person, query: str, count: int) -> None:
    made = await installed.make(ann)
    for at in (NOW, datetime(2025, 1, 15, 13, 0, tzinfo=UTC), datetime(2025, 1, 14, tzinfo=UTC)):
        await settle(installed, ann, made["id"], at=at)
    body = (await installed.ask(ann, "GET", f"/api/configurations/{made['id']}/usage?{query}")).json()
    assert body["requestCount"] == count, body
    assert body["period"] is None


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("period=year", "period"),
        ("period=day&from=2025-01-01", "period"),
        ("from=yesterday", "from"),
        ("from=2025-01-02&to=2025-01-01", "from"),
        ("to=2025-01-01T00:00:00", "to"),
        ("to=9999-12-31", "to"),
        ("to=9998-01-01T00:00:00Z", "to"),
        ("from=9999-12-31T23:59:59.999999Z", "from"),
        ("from=0001-01-01T00:00:00Z", "from"),
    ],
)
async def test_spans_that_make_no_sense_are_refused(
    installed: LocalInstallation, ann: Person, query: str, field: str
) -> None:
    made = await installed.make(ann)
    for path in (f"/api/configurations/{made['id']}/usage", "/api/usage/report", "/api/usage"):
        answer = await installed.ask(ann, "GET", f"{path}?{query}")
        assert answer.status_code == 400, path
        assert answer.json()["errors"][0]["field"] == field


async def test_answers_are_kept_for_a_moment(installed: LocalInstallation, ann: Person) -> None:
    made = await installed.make(ann)
    path = f"/api/configurations/{made['id']}/usage"
    assert (await installed.ask(ann, "GET", path)).json()["requestCount"] == 0
    await settle(installed, ann, made["id"])
    assert (await installed.ask(ann, "GET", path)).json()["requestCount"] == 0
    installed.clock.pass_by(seconds=1.1)
    assert (await installed.ask(ann, "GET", path)).json()["requestCount"] == 1
    other = await installed.person()
    assert (await installed.ask(other, "GET", path)).status_code == 404


async def test_the_providers_last_word_on_its_limits(installed: LocalInstallation, ann: Person) -> None:
    made = await installed.make(ann)
    reading = {"limitRequests": "500", "remainingRequests": "499", "resetRequests": "1s", "limitTokens": "30000"}
    at = int(NOW.timestamp()) * 1_000_000
    told = [(made["id"], at, reading), (made["id"], at - 1, {"limitRequests": "1"}), ("gone", at, reading)]
    for configuration_id, moment, said in told:
        await keep(
            installed.database,
            [RateReading(id=new_id(), at=moment, configuration_id=configuration_id, reading=said)],
        )
    body = (await installed.ask(ann, "GET", f"/api/configurations/{made['id']}/usage")).json()
    assert body["rateLimit"] == {
        "limit": 500,
        "remaining": 499,
        "reset": "1s",
        "tokens": {"limit": 30000, "remaining": None, "reset": None},
        "readAt": "2025-01-15T12:30:00Z",
    }


async def test_a_users_report(installed: LocalInstallation) -> None:
    ann, bob = await installed.team("owner", "member")
    one, two = await installed.make(ann, name="one", shared=True), await installed.make(ann, name="two")
    await settle(installed, ann, one["id"])
    await settle(installed, ann, two["id"], model="gpt-4o", cost_nanos=9_000_000)
    await settle(installed, ann, None, at=datetime(2025, 1, 3, tzinfo=UTC), cost_nanos=None)
    await settle(installed, bob, one["id"])
    body = (await installed.ask(ann, "GET", "/api/usage/report?period=month")).json()
    assert (body["userId"], body["period"]) == (ann.id, "month")
    assert (body["totals"]["requestCount"], body["totals"]["costUSD"], body["totals"]["unpricedCount"]) == (
        3,
        0.0105,
        1,
    )
    assert [(part["name"], part["configurationId"], part["requestCount"]) for part in body["byConfiguration"]] == [
        ("two", two["id"], 1),
        ("one", one["id"], 1),
        (None, "", 1),
    ]
    assert [(part["model"], part["requestCount"]) for part in body["byModel"]] == [("gpt-4o", 1), ("gpt-4", 2)]
    assert [(part["date"], part["requestCount"]) for part in body["byDay"]] == [("2025-01-03", 1), ("2025-01-15", 2)]
    shared = (await installed.ask(bob, "GET", f"/api/configurations/{one['id']}/usage")).json()
    assert shared["requestCount"] == 2


async def test_calls_are_listed_with_their_sums(installed: LocalInstallation) -> None:
    ann, bob = await installed.team("admin", "member")
    made = await installed.make(ann)
    mine = [await settle(installed, ann, made["id"], at=NOW.replace(second=second)) for second in range(3)]
    await settle(installed, bob, None, outcome="error", error="rate_limit", status=429, usage=Usage(), cost_nanos=None)
    everything = (await installed.ask(ann, "GET", "/api/usage")).json()
    assert (everything["requests"], everything["errors"], everything["costUSD"]) == (4, 1, 0.0045)
    assert everything["tokens"] == {"input": 300, "output": 60, "total": 360}
    assert everything["from"] == "2025-01-01T00:00:00.000Z"
    own = (await installed.ask(bob, "GET", "/api/usage")).json()
    assert [(event["outcome"], event["status"], event["error"], event["costUSD"]) for event in own["events"]] == [
        ("error", 429, "rate_limit", None)
    ]
    assert own["requests"] == 1
    first = await installed.ask(ann, "GET", f"/api/usage?configurationId={made['id']}&limit=2")
    ids = [event["id"] for event in first.json()["events"]]
    assert first.json()["requests"] == 3
    second = await installed.ask(ann, "GET", first.headers["link"].partition("<")[2].partition(">")[0])
    ids += [event["id"] for event in second.json()["events"]]
    assert ids == [event.id for event in reversed(mine)]
    assert "link" not in second.headers
    assert (await installed.ask(ann, "GET", "/api/usage?model=other")).json()["requests"] == 0
    assert (await installed.ask(ann, "GET", "/api/usage?cursor=bm9uc2Vuc2U")).status_code == 400
    (stranger,) = await installed.team("owner")
    assert (await installed.ask(stranger, "GET", f"/api/usage?configurationId={made['id']}")).json()["events"] == []


async def test_an_applications_key_sees_that_applications_calls(installed: LocalInstallation, ann: Person) -> None:
    application_id = await installed.application(ann)
    key = await installed.key(ann, application_id=application_id)
    await settle(installed, ann, None)
    await settle(installed, ann, None, application_id=application_id)
    body = (await installed.ask(key, "GET", "/api/usage")).json()
    assert (body["requests"], len(body["events"])) == (1, 1)


async def test_administrators_see_the_report_of_somebody_else(installed: LocalInstallation) -> None:
    ann, bob = await installed.team("admin", "member")
    await settle(installed, ann, None)
    await settle(installed, ann, None, user_id=bob.id)
    await settle(installed, ann, None, user_id=bob.id)
    path = "/api/usage/report?period=day&userId="
    report = (await installed.ask(ann, "GET", path + bob.id)).json()
    assert (report["userId"], report["totals"]["requestCount"]) == (bob.id, 2)
    assert (await installed.ask(bob, "GET", path + bob.id)).json()["totals"]["requestCount"] == 2
    refused = await installed.ask(bob, "GET", path + ann.id)
    assert refused.status_code == 403
    assert "Only administrators" in refused.json()["message"]


async def test_figures_apart_over_time_and_beside_the_month_before(installed: LocalInstallation) -> None:
    (ann,) = await installed.team("admin")
    made = await installed.make(ann, name="one")
    for day, model in ((1, "a"), (1, "b"), (15, "b")):
        await settle(installed, ann, made["id"], at=datetime(2025, 1, day, 20, tzinfo=UTC), model=model, tags=("x",))
    await settle(installed, ann, made["id"], at=datetime(2024, 12, 3, tzinfo=UTC), model="b")
    await settle(installed, ann, made["id"], at=datetime(2024, 12, 31, 18, 30, tzinfo=UTC), model="c")
    query = "period=month&timeZone=Asia/Kolkata&interval=day&by=model&compare=previous"
    body = (await installed.ask(ann, "GET", f"/api/usage?{query}")).json()
    assert body["from"] == "2024-12-31T18:30:00.000Z"
    assert [(part["from"], part["requestCount"]) for part in body["series"] if part["requestCount"]] == [
        ("2024-12-31T18:30:00.000Z", 1),
        ("2025-01-01T18:30:00.000Z", 2),
        ("2025-01-15T18:30:00.000Z", 1),
    ]
    assert len(body["series"]) == 31
    assert [(part["key"], part["requestCount"], part["costNanos"]) for part in body["breakdown"]] == [
        ("b", 2, 3_000_000),
        ("a", 1, 1_500_000),
        ("c", 1, 1_500_000),
    ]
    assert [part["requestCount"] for part in body["breakdown"][0]["series"]].count(1) == 2
    assert body["breakdown"][0]["previous"]["requestCount"] == 1
    # As much of December as has passed of January.
    assert (body["previous"]["to"], body["previous"]["requestCount"]) == ("2024-12-15T12:30:00.000Z", 1)
    top = (await installed.ask(ann, "GET", "/api/usage?by=configuration&top=1")).json()
    assert [(part["key"], part["name"]) for part in top["breakdown"]] == [(made["id"], "one")]
    tagged = (await installed.ask(ann, "GET", "/api/usage?by=model&top=1&tag=x")).json()
    assert (tagged["requests"], tagged["other"]["requestCount"]) == (3, 1)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("by=colour", "by"),
        ("interval=minute", "interval"),
        ("interval=hour&from=2020-01-01", "interval"),
        ("compare=next", "compare"),
        ("compare=previous&period=all", "compare"),
        ("timeZone=Mars/Olympus", "timeZone"),
        ("by=model&requestId=r", "by"),
        ("top=0&by=model", "top"),
    ],
)
async def test_what_cannot_be_told_apart_is_refused(
    installed: LocalInstallation, ann: Person, query: str, field: str
) -> None:
    answer = await installed.ask(ann, "GET", f"/api/usage?{query}")
    assert answer.status_code == 400, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]
