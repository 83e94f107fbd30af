"""``/api/limits``: making, reading, changing and deleting limits, who may, and how calls meet them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.contract.live_server import LiveServer, eventually, open_live_server
from tests.contract.local_installation import Person

NOBODY = "019a5f0e-7c1b-7d9a-9a53-0f4c8a1b2c3d"


async def make(there: httpx2.AsyncClient, subject: str = "key", amount: int = 2, **fields: Any) -> dict[str, Any]:
    body = {"subject": subject, "measure": "requests", "amount": amount, **fields}
    answer = await there.post("/api/limits", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def make_configuration(there: httpx2.AsyncClient, name: str = "one", **fields: Any) -> str:
    body = {"name": name, "provider": "demo", "model": "demo-chat", "shared": True, **fields}
    answer = await there.post("/api/configurations", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def ask(there: httpx2.AsyncClient, model: str = "one") -> httpx2.Response:
    body = {"model": model, "messages": [{"role": "user", "content": "hello"}]}
    return await there.post("/v1/chat/completions", json=body)


@pytest.fixture
async def admin(live_on_each: LiveServer) -> Person:
    return await live_on_each.admin()


async def test_who_changes_a_limit_can_say_from_which_state(admin: Person) -> None:
    body = {"subject": "workspace", "measure": "requests", "amount": 60}
    made = await admin.client.post("/api/limits", json=body)
    path = made.headers["location"]
    assert (made.headers["etag"], made.json()["revision"]) == ('"1"', 1)
    first = {"If-Match": made.headers["etag"]}
    changed = await admin.client.put(path, json={"amount": 90}, headers=first)
    assert (changed.status_code, changed.headers["etag"], changed.json()["revision"]) == (200, '"2"', 2)
    same = await admin.client.put(path, json={"amount": 90})
    assert same.headers["etag"] == '"2"', "nothing was changed"
    stale = await admin.client.put(path, json={"amount": 30}, headers=first)
    assert stale.status_code == 412
    assert stale.json()["message"] == (
        "The limit was changed meanwhile: it is at revision 2, not 1. Read it again and repeat your change."
    )
    assert (await admin.client.delete(path, headers=first)).status_code == 412
    read = await admin.client.get(path)
    assert (read.json()["amount"], read.headers["etag"]) == (90, '"2"')
    assert (await admin.client.delete(path, headers={"If-Match": '"2"'})).status_code == 200


async def test_a_limit_is_made_read_changed_and_deleted(admin: Person) -> None:
    key = await admin.make_key(name="CI")
    made = await admin.client.post(
        "/api/limits",
        json={"subject": "key", "subjectId": key["id"], "measure": "tokens", "amount": 5_000, "window": "hour"},
    )
    assert made.status_code == 201, made.text
    limit = made.json()
    path = f"/api/limits/{limit['id']}"
    assert made.headers["location"] == path
    said = {name: limit[name] for name in ("subject", "subjectId", "subjectName", "measure", "amount", "window")}
    assert said == {
        "subject": "key", "subjectId": key["id"], "subjectName": "CI", "measure": "tokens", "amount": 5_000,
        "window": "hour",
    }  # fmt: skip
    assert (limit["burst"], limit["byAdmin"], limit["createdBy"]) == (None, True, admin.id)
    assert (await admin.client.get(path)).json() == limit
    changed = await admin.client.put(path, json={**limit, "amount": 900, "burst": 100})
    assert changed.status_code == 200, changed.text
    assert (changed.json()["amount"], changed.json()["burst"]) == (900, 100)
    assert (await admin.client.put(path, json={})).json() == changed.json(), "nothing was changed"
    assert (await admin.client.put(path, json={"burst": None})).json()["burst"] is None
    assert (await admin.client.delete(path)).json() == {"success": True}
    assert (await admin.client.get(path)).status_code == 404
    audited = (await admin.client.get("/api/audit?targetType=limit")).json()
    assert [each["action"] for each in audited] == [
        "limits.delete", "limits.update", "limits.update", "limits.create",
    ]  # fmt: skip
    assert audited[2]["before"] == {"amount": 5_000, "burst": None}


async def test_lists_come_in_pages_and_are_filtered(admin: Person) -> None:
    made = [await make(admin.client, amount=2, window=window) for window in ("second", "minute", "hour")]
    await make(admin.client, "user", measure="parallel")
    first = await admin.client.get("/api/limits?subject=key&limit=2")
    assert [each["id"] for each in first.json()] == [made[2]["id"], made[1]["id"]]
    second = await admin.client.get(first.links["next"]["url"])
    assert [each["id"] for each in second.json()] == [made[0]["id"]]
    assert "next" not in second.links
    assert [each["subject"] for each in (await admin.client.get("/api/limits?measure=parallel")).json()] == ["user"]
    assert (await admin.client.get(f"/api/limits?subjectId={NOBODY}")).json() == []
    assert (await admin.client.get("/api/limits?subject=route")).status_code == 400


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"amount": 0}, "amount", "To stop calls altogether"),
        ({"amount": -5}, "amount", "1 to 1,000,000,000,000"),
        ({"amount": 10**13}, "amount", "1 to 1,000,000,000,000"),
        ({"amount": 2.5}, "amount", ""),
        ({"burst": 3}, "burst", "1 to the amount, 2"),
        ({"burst": 0}, "burst", "1 to the amount"),
        ({"measure": "parallel", "window": "hour"}, "window", "leave it out"),
        ({"measure": "parallel", "burst": 1}, "burst", "leave it out"),
        ({"window": "week"}, "window", ""),
        ({"subject": "route"}, "subject", ""),
        ({"subject": "key", "subjectId": NOBODY}, "subjectId", "no API key"),
        ({"subject": "user", "subjectId": NOBODY}, "subjectId", "no member"),
        ({"subject": "application", "subjectId": NOBODY}, "subjectId", "no application"),
        ({"subject": "configuration", "subjectId": NOBODY}, "subjectId", "no configuration"),
        ({"subject": "feature", "subjectId": "caht"}, "subjectId", "no feature 'caht'"),
        ({"subject": "workspace", "subjectId": NOBODY}, "subjectId", "Leave it out"),
    ],
)
async def test_what_is_no_limit_is_refused_by_the_name_of_its_field(
    live: LiveServer, fields: dict[str, Any], field: str, words: str
) -> None:
    there = (await live.admin()).client
    answer = await there.post("/api/limits", json={"subject": "key", "measure": "requests", "amount": 2, **fields})
    assert answer.status_code == 400, answer.text
    (wrong,) = answer.json()["errors"]
    assert wrong["field"] == field
    assert words in wrong["message"]


async def test_there_is_one_limit_for_the_same(admin: Person) -> None:
    await make(admin.client)
    again = await admin.client.post("/api/limits", json={"subject": "key", "measure": "requests", "amount": 9})
    assert again.status_code == 409
    assert "Change that one" in again.json()["message"]
    await make(admin.client, window="hour")


async def test_whose_traffic_changes_says_who_may_limit_it(live_on_each: LiveServer, admin: Person) -> None:
    place = await admin.make_workspace()
    member = await live_on_each.add_user(admin, "member@example.com")
    await live_on_each.join(admin, place, member, "member")
    there, over = member.at(place), admin.at(place)
    own_key, other_key = await member.make_key(place), await admin.make_key(place)
    shared = await make_configuration(over, "shared")
    private = await make_configuration(there, "private", shared=False)
    for subject, subject_id in (("key", own_key["id"]), ("user", member.id), ("configuration", private)):
        assert not (await make(there, subject, subjectId=subject_id))["byAdmin"]
    for subject in ("workspace", "key", "user", "feature", "configuration", "application"):
        refused = await there.post("/api/limits", json={"subject": subject, "measure": "requests", "amount": 1})
        assert refused.status_code == 403, subject
    for subject, subject_id, status in (
        ("user", admin.id, 403),
        ("configuration", shared, 403),
        ("feature", "chat-assistant", 403),
        ("key", other_key["id"], 400),
    ):
        body = {"subject": subject, "subjectId": subject_id, "measure": "requests", "amount": 1}
        assert (await there.post("/api/limits", json=body)).status_code == status, subject
    # What an admin has set for a member's key is seen there, and not the member's to change.
    imposed = await make(over, "key", subjectId=own_key["id"], window="hour")
    hidden = await make(over, "key", subjectId=other_key["id"])
    path = f"/api/limits/{imposed['id']}"
    assert (await there.get(path)).json()["subjectName"] == own_key["name"]
    assert (await there.put(path, json={"amount": 50})).status_code == 403
    assert (await there.delete(path)).status_code == 403
    assert (await there.get(f"/api/limits/{hidden['id']}")).status_code == 404
    seen = {each["id"] for each in (await there.get("/api/limits")).json()}
    assert imposed["id"] in seen
    assert hidden["id"] not in seen
    # An admin who changes a member's own limit makes it the admins'.
    (own,) = (await over.get(f"/api/limits?subjectId={member.id}")).json()
    assert (await over.put(f"/api/limits/{own['id']}", json={"amount": 7})).json()["byAdmin"] is True
    assert (await there.put(f"/api/limits/{own['id']}", json={"amount": 70})).status_code == 403


async def test_calls_meet_a_limit_at_once_and_no_more_when_it_is_gone(live_on_each: LiveServer, admin: Person) -> None:
    await make_configuration(admin.client)
    key = await admin.make_key()
    program = live_on_each.client(key["key"])
    assert "ratelimit" not in (await ask(program)).headers
    limit = await make(admin.client, amount=2, window="hour")
    answers = [await ask(program) for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert answers[0].headers["ratelimit-policy"] == '"each-key-requests-per-hour";q=2;w=3600'
    assert answers[1].headers["ratelimit"].startswith('"each-key-requests-per-hour";r=0;t=1')
    refused = answers[2]
    assert refused.json()["error"]["code"] == "rate_limit_exceeded"
    assert "2 requests per hour for this API key is reached. Try again in" in refused.json()["error"]["message"]
    assert 1700 < int(refused.headers["retry-after"]) <= 1800
    other = await admin.make_key()
    assert (await ask(live_on_each.client(other["key"]))).status_code == 200, "each key has its own"
    await admin.client.put(f"/api/limits/{limit['id']}", json={"amount": 2_000})
    assert (await ask(program)).status_code == 200
    await admin.client.delete(f"/api/limits/{limit['id']}")
    assert "ratelimit" not in (await ask(program)).headers


async def test_a_limit_ends_with_what_it_is_for(live_on_each: LiveServer, admin: Person) -> None:
    place = await admin.make_workspace()
    member = await live_on_each.add_user(admin, "leaver@example.com")
    await live_on_each.join(admin, place, member, "member")
    there = admin.at(place)
    application = (await there.post("/api/applications", json={"name": "Desk"})).json()["id"]
    ends = {
        "key": (key := (await admin.make_key(place))["id"], f"/api/keys/{key}"),
        "configuration": (one := await make_configuration(there), f"/api/configurations/{one}"),
        "application": (application, f"/api/applications/{application}"),
        "user": (member.id, f"/api/workspaces/{place}/members/{member.id}"),
    }
    for subject, (subject_id, _) in ends.items():
        await make(there, subject, subjectId=subject_id)
    for subject, (_, path) in ends.items():
        assert len((await there.get(f"/api/limits?subject={subject}")).json()) == 1
        assert (await there.delete(path)).status_code == 200
        assert (await there.get(f"/api/limits?subject={subject}")).json() == []


async def test_a_server_that_has_enough_to_do_still_says_that_it_is_healthy(tmp_path: Path) -> None:
    async with open_live_server(tmp_path / "whole", max_calls=1) as live:
        admin = await live.admin()
        await make_configuration(admin.client)
        host, _, port = live.url.removeprefix("http://").partition(":")
        _, writer = await asyncio.open_connection(host, int(port))
        head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {admin.access_token}\r\n"
        writer.write(f"{head}content-length: 50\r\n\r\n".encode())
        await eventually(lambda: find_refusal(admin.client))
        for path in ("/healthz", "/readyz", "/api/limits"):
            assert (await admin.client.get(path)).status_code == 200
        writer.close()
        await eventually(lambda: find_success(admin.client))


async def find_refusal(there: httpx2.AsyncClient) -> bool | None:
    answer = await ask(there)
    return (answer.status_code == 503 and answer.json()["error"]["code"] == "overloaded") or None


async def find_success(there: httpx2.AsyncClient) -> bool | None:
    return (await ask(there)).status_code == 200 or None
