"""``/api/alerts``: what fires, who is told of it and when it is over, who sees it, and as it happens."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx2
import pytest

from tests.contract.alerts.receiver import Receiver, receiving
from tests.contract.configurations import upstream as upstreams
from tests.contract.configurations.upstream import Upstream
from tests.contract.live_server import LiveServer, eventually
from tests.contract.local_installation import Person

NOBODY = "019a5f0e-7c1b-7d9a-9a53-0f4c8a1b2c3d"
KEY = "sk-canary-012345678901234567890"


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    async with upstreams.start() as running:
        yield running


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


@pytest.fixture
async def admin(live_on_each: LiveServer) -> Person:
    return await live_on_each.admin()


async def make_configuration(there: httpx2.AsyncClient, upstream: Upstream, **fields: Any) -> str:
    body = {"name": "production", "provider": "openai", "model": "gpt-4", "apiKey": KEY, "baseUrl": upstream.url}
    answer = await there.post("/api/configurations", json={**body, **fields})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def break_down(there: httpx2.AsyncClient, upstream: Upstream, configuration_id: str, status: int = 503) -> None:
    upstream.answer("GET /v1/models", {"error": {"message": "no"}}, status)
    answer = await there.post(f"/api/configurations/{configuration_id}/test?force=true")
    assert answer.json()["success"] is False, answer.text


async def mend(there: httpx2.AsyncClient, upstream: Upstream, configuration_id: str) -> None:
    upstream.answer("GET /v1/models", {"object": "list", "data": [{"id": "gpt-4", "object": "model"}]})
    upstream.answers["POST /v1/chat/completions"] = upstreams.openai_stream()
    answer = await there.post(f"/api/configurations/{configuration_id}/test?force=true")
    assert answer.json()["success"] is True, answer.text


async def make_channel(there: httpx2.AsyncClient, receiver: Receiver, **fields: Any) -> dict[str, Any]:
    body = {"kind": "webhook", "name": "On-call", "url": receiver.url, **fields}
    answer = await there.post("/api/alerts/channels", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def find_rule(there: httpx2.AsyncClient, preset: str) -> dict[str, Any]:
    rules = (await there.get("/api/alerts/rules")).json()
    return next(rule for rule in rules if rule["preset"] == preset)


async def change(there: httpx2.AsyncClient, rule: dict[str, Any], **fields: Any) -> dict[str, Any]:
    answer = await there.put(f"/api/alerts/rules/{rule['id']}", json=fields)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def wait_for(there: httpx2.AsyncClient, **wanted: Any) -> dict[str, Any]:
    """The one alert that is so."""

    async def look() -> dict[str, Any] | None:
        found = (await there.get("/api/alerts")).json()
        assert "canary" not in json.dumps(found)
        return next((one for one in found if wanted.items() <= one.items()), None)

    return await eventually(look)


async def test_without_any_set_up_a_configuration_that_is_down_is_an_alert_until_it_is_mended(
    admin: Person, upstream: Upstream
) -> None:
    made = await make_configuration(admin.client, upstream)
    await break_down(admin.client, upstream, made)
    alert = await wait_for(admin.client, kind="down", state="firing")
    assert (alert["subject"], alert["subjectId"], alert["subjectName"]) == ("configuration", made, "production")
    assert (alert["severity"], alert["ruleName"]) == ("critical", "A configuration is down")
    assert alert["summary"].startswith("The configuration production is down.")
    assert (await admin.client.get(f"/api/alerts/{alert['id']}")).json() == alert
    assert (await admin.client.get("/api/alerts?state=open")).json() == [alert]
    assert (await admin.client.get("/api/alerts?state=resolved")).json() == []
    assert (await admin.client.get("/api/alerts?kind=latency")).json() == []
    series = 'trunkline_open_alerts{kind="down",severity="critical",state="firing"} 1'
    assert series in (await admin.client.get("/metrics")).text
    await mend(admin.client, upstream, made)
    over = await wait_for(admin.client, id=alert["id"], state="resolved")
    assert over["resolvedAt"] >= over["firedAt"] == alert["firedAt"]
    assert len((await admin.client.get("/api/alerts")).json()) == 1
    assert "trunkline_open_alerts{" not in (await admin.client.get("/metrics")).text


async def test_a_rejected_key_is_an_alert_of_its_own(admin: Person, upstream: Upstream) -> None:
    made = await make_configuration(admin.client, upstream)
    await break_down(admin.client, upstream, made, 401)
    alert = await wait_for(admin.client, state="firing")
    assert (alert["kind"], alert["subjectId"]) == ("key_failing", made)


async def test_a_webhook_is_told_once_that_it_fires_and_once_that_it_is_over(
    admin: Person, upstream: Upstream, receiver: Receiver
) -> None:
    channel = await make_channel(admin.client, receiver)
    await change(admin.client, await find_rule(admin.client, "down"), channelIds=[channel["id"]])
    made = await make_configuration(admin.client, upstream)
    await break_down(admin.client, upstream, made)
    alert = await wait_for(admin.client, state="firing")
    await eventually(lambda: _len(receiver.came, 1))
    await mend(admin.client, upstream, made)
    await eventually(lambda: _len(receiver.came, 2))
    assert [notice.kind for notice in receiver.came] == ["alert.firing", "alert.resolved"]
    assert all(notice.is_signed_with(channel["secret"]) for notice in receiver.came)
    assert len({notice.id for notice in receiver.came}) == 2
    told = receiver.came[0].message["data"]
    assert (told["id"], told["state"], told["summary"]) == (alert["id"], "firing", alert["summary"])
    assert receiver.came[1].message["data"]["resolvedAt"]

    async def sent() -> list[Any] | None:
        found = (await admin.client.get(f"/api/alerts/deliveries?alertId={alert['id']}&state=sent")).json()
        return found if len(found) == 2 else None

    deliveries = await eventually(sent)
    assert [each["id"] for each in deliveries] == [notice.id for notice in reversed(receiver.came)]
    assert [(each["notice"], each["status"], each["attempts"]) for each in deliveries] == [
        ("resolved", 204, 1), ("firing", 204, 1),
    ]  # fmt: skip


async def test_what_is_acknowledged_says_by_whom(admin: Person, upstream: Upstream) -> None:
    await break_down(admin.client, upstream, await make_configuration(admin.client, upstream))
    alert = await wait_for(admin.client, state="firing")
    path = f"/api/alerts/{alert['id']}/acknowledge"
    answer = await admin.client.post(path)
    assert (answer.json()["state"], answer.json()["acknowledgedBy"]) == ("acknowledged", admin.id)
    assert (
        'trunkline_open_alerts{kind="down",severity="critical",state="acknowledged"} 1'
        in (await admin.client.get("/metrics")).text
    )
    assert (await admin.client.post(path)).json() == answer.json()
    audited = (await admin.client.get("/api/audit?action=alerts.acknowledge")).json()
    assert [event["targetId"] for event in audited] == [alert["id"]]


async def test_what_is_over_cannot_be_acknowledged(admin: Person, upstream: Upstream) -> None:
    made = await make_configuration(admin.client, upstream)
    await break_down(admin.client, upstream, made)
    alert = await wait_for(admin.client, state="firing")
    await mend(admin.client, upstream, made)
    await wait_for(admin.client, state="resolved")
    assert (await admin.client.post(f"/api/alerts/{alert['id']}/acknowledge")).status_code == 409


async def test_a_rule_that_is_turned_off_ends_its_alerts(admin: Person, upstream: Upstream) -> None:
    await break_down(admin.client, upstream, await make_configuration(admin.client, upstream))
    await wait_for(admin.client, state="firing")
    await change(admin.client, await find_rule(admin.client, "down"), enabled=False)
    await wait_for(admin.client, state="resolved")


async def test_whose_private_configuration_it_is_sees_it_and_nobody_else(
    live_on_each: LiveServer, admin: Person, upstream: Upstream, receiver: Receiver
) -> None:
    place = await admin.make_workspace("Team")
    member, other = [await live_on_each.add_user(admin, f"{name}@example.com") for name in ("member", "other")]
    for person in (member, other):
        await live_on_each.join(admin, place, person, "member")
    channel = await make_channel(admin.at(place), receiver)
    await change(admin.at(place), await find_rule(admin.at(place), "down"), channelIds=[channel["id"]])
    there = member.at(place)
    await break_down(there, upstream, await make_configuration(there, upstream, name="mine"))
    alert = await wait_for(there, state="firing")
    for client in (admin.at(place), other.at(place), other.client):
        assert (await client.get("/api/alerts")).json() == []
        assert (await client.get(f"/api/alerts/{alert['id']}")).status_code == 404
    shared = await make_configuration(there, upstream, name="ours", shared=True)
    await break_down(there, upstream, shared)
    assert (await wait_for(other.at(place), state="firing"))["subjectId"] == shared
    await eventually(lambda: _len(receiver.came, 1))
    assert receiver.came[0].message["data"]["subjectName"] == "ours"


async def test_an_api_key_that_expires_soon(admin: Person) -> None:
    from datetime import UTC, datetime, timedelta

    soon = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    key = await admin.make_key(name="CI", expiresAt=soon)
    rule = await admin.client.post("/api/alerts/rules", json={"kind": "key_expiring", "name": "Keys"})
    assert rule.status_code == 201, rule.text
    assert rule.json()["threshold"] == 7
    alert = await wait_for(admin.client, kind="key_expiring")
    assert (alert["subjectId"], alert["summary"]) == (key["id"], "The API key CI expires in 3 days.")
    assert (await admin.client.delete(f"/api/alerts/rules/{rule.json()['id']}")).status_code == 200
    assert (await wait_for(admin.client, kind="key_expiring"))["state"] == "resolved"


async def test_alerts_are_told_as_they_happen(admin: Person, upstream: Upstream) -> None:
    made = await make_configuration(admin.client, upstream)
    events: list[tuple[str, dict[str, Any]]] = []
    async with admin.client.stream("GET", "/api/alerts/stream", timeout=60) as stream:
        kind = ""
        async for line in stream.aiter_lines():
            if line.startswith("event: "):
                kind = line.removeprefix("event: ")
            if line.startswith("data: "):
                events.append((kind, json.loads(line.removeprefix("data: "))))
                if kind == "ready":
                    await break_down(admin.client, upstream, made)
                elif events[-1][1]["state"] == "firing":
                    await mend(admin.client, upstream, made)
                else:
                    break
    assert [(kind, data.get("state")) for kind, data in events] == [
        ("ready", None), ("alert", "firing"), ("alert", "resolved"),
    ]  # fmt: skip


async def test_a_stream_ends_when_it_was_asked_to(admin: Person) -> None:
    answer = await admin.client.get("/api/alerts/stream?seconds=0")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")


async def test_a_workspace_takes_its_alerts_and_channels_with_it(
    admin: Person, upstream: Upstream, receiver: Receiver
) -> None:
    place = await admin.make_workspace("Team")
    there = admin.at(place)
    channel = await make_channel(there, receiver)
    await change(there, await find_rule(there, "down"), channelIds=[channel["id"]])
    await break_down(there, upstream, await make_configuration(there, upstream, shared=True))
    await wait_for(there, state="firing")
    await eventually(lambda: _len(receiver.came, 1))
    assert (await admin.client.delete(f"/api/workspaces/{place}")).status_code == 200
    await asyncio.sleep(0)
    assert (await admin.client.get("/api/alerts")).json() == []


async def _len(items: list[Any], least: int) -> bool:
    return len(items) >= least
