"""Who may what, where: workspaces keep to themselves, roles and keys within their rights."""

from __future__ import annotations

import pytest

from tests.contract.live_server import LiveServer
from tests.contract.local_installation import Person

from .scene import NOBODYS, done, entry, failed, listed, make, shown


async def team_of(live: LiveServer, admin: Person, *roles: str) -> tuple[str, dict[str, Person]]:
    team = await admin.make_workspace("Team")
    people: dict[str, Person] = {}
    for role in roles:
        people[role] = await live.add_user(admin, f"the-{role}@example.com")
        await live.join(admin, team, people[role], role)
    return team, people


async def test_roles_and_endpoints(live_on_each: LiveServer) -> None:
    admin = await live_on_each.admin()
    team, people = await team_of(live_on_each, admin, "viewer", "member", "admin")
    made = await make(admin.client, team)
    mine = await make(people["member"].client, team, name="Mine")
    for role, person in people.items():
        client = person.client
        assert {item["id"] for item in await listed(client, f"?workspaceId={team}")} >= {made, mine}
        assert (await client.get("/ai/llm/available")).status_code == 200
        assert (await client.get(f"/ai/llm/stats?aiLlmId={made}")).status_code == 200
        created = await client.post("/ai/llm", json=entry(team, name=f"By {role}"))
        changed = await client.put(f"/ai/llm/{made}", json={"name": f"Seen by {role}"})
        validated = await client.post(f"/ai/llm/{made}/validate")
        own = await client.put(f"/ai/llm/{mine}", json={"name": f"Mine, {role}"})
        if role == "viewer":
            for answer in (created, changed, validated, own, await client.delete(f"/ai/llm/{made}")):
                assert "viewer" in failed(answer, 403)
        elif role == "member":
            assert (created.status_code, validated.status_code, own.status_code) == (200, 200, 200)
            for answer in (changed, await client.delete(f"/ai/llm/{made}")):
                failed(answer, 403)
        else:
            assert {answer.status_code for answer in (created, changed, validated, own)} == {200}
            done(await client.delete(f"/ai/llm/{mine}"))
            done(await client.delete(f"/ai/llm/{made}"))


async def test_workspaces_know_nothing_of_each_other(live_on_each: LiveServer) -> None:
    admin = await live_on_each.admin()
    stranger = await live_on_each.add_user(admin, "stranger@example.com")
    team = await admin.make_workspace("Secret team")
    made = await make(admin.client, team, name="Secret entry")
    client = stranger.client
    assert [item["name"] for item in await listed(client)] == []
    for place in (team, NOBODYS, "workspace-123", "", "%20", "x" * 255):
        assert await listed(client, f"?workspaceId={place}") == [], place
    for answer in (
        await client.put(f"/ai/llm/{made}", json={"name": "mine now"}),
        await client.delete(f"/ai/llm/{made}"),
        await client.post(f"/ai/llm/{made}/validate"),
        await client.get(f"/ai/llm/stats?aiLlmId={made}"),
    ):
        failed(answer, 404)
    # A workspace that is not theirs and one that nobody has are the same to them.
    messages = {
        failed(await client.post("/ai/llm", json=entry(place)), 403).replace(place, "…")
        for place in (team, NOBODYS, "workspace-123")
    }
    assert len(messages) == 1
    assert (await shown(admin.client, made))["name"] == "Secret entry"
    # What was tried is in their own log, not in the other workspace's.
    log = (await client.get("/api/audit?outcome=refused")).json()
    assert {event["action"] for event in log} == {"configurations.change", "configurations.test", "usage.read"}
    assert (await admin.at(team).get("/api/audit?outcome=refused")).json() == []


async def test_the_list_spans_all_of_ones_workspaces(live: LiveServer) -> None:
    admin = await live.admin()
    ann = await live.add_user(admin, "ann@example.com")
    first, second = await admin.make_workspace("First"), await admin.make_workspace("Second")
    for place in (first, second):
        await live.join(admin, place, ann, "member")
    await make(admin.client, first, name="One")
    await make(admin.client, second, name="Two")
    await make(ann.client, await ann.personal(), name="Own")
    assert [item["name"] for item in await listed(ann.client)] == ["Own", "Two", "One"]
    assert [item["name"] for item in await listed(ann.client, f"?workspaceId={first}")] == ["One"]
    assert [item["name"] for item in await listed(ann.client, f"?workspaceId={first.upper()}")] == ["One"]
    # Who names a workspace in the header asks there alone.
    assert [item["name"] for item in await listed(ann.at(second))] == ["Two"]
    assert await listed(ann.at(second), f"?workspaceId={first}") == []
    failed(await ann.at(second).post("/ai/llm", json=entry(first, name="Else")), 403)
    # A configuration that somebody keeps to themselves is theirs alone.
    private = {"name": "Private", "provider": "demo", "model": "demo-chat"}
    assert (await admin.at(first).post("/api/configurations", json=private)).status_code == 201
    assert [item["name"] for item in await listed(admin.client, f"?workspaceId={first}")] == ["Private", "One"]
    assert [item["name"] for item in await listed(ann.client, f"?workspaceId={first}")] == ["One"]


async def test_who_leaves_sees_nothing_more(live_on_each: LiveServer) -> None:
    admin = await live_on_each.admin()
    team, people = await team_of(live_on_each, admin, "member")
    member = people["member"]
    made = await make(member.client, team)
    key = live_on_each.client((await member.make_key(team, scope="manage"))["key"])
    assert [item["id"] for item in await listed(key)] == [made]
    removed = await admin.client.delete(f"/api/workspaces/{team}/members/{member.id}")
    assert removed.status_code == 200
    assert await listed(member.client) == []
    failed(await member.client.put(f"/ai/llm/{made}", json={"name": "still here"}), 404)
    failed(await member.client.post("/ai/llm", json=entry(team, name="again")), 403)
    failed(await member.client.get(f"/ai/llm/stats?aiLlmId={made}"), 404)
    for answer in (await key.get("/ai/llm"), await key.delete(f"/ai/llm/{made}")):
        failed(answer, 401)
    assert (await shown(admin.client, made))["name"] == "Production OpenAI"


async def test_a_key_works_in_its_own_workspace(live: LiveServer) -> None:
    admin = await live.admin()
    team, other = await admin.make_workspace("A"), await admin.make_workspace("B")
    elsewhere = await make(admin.client, other, name="Elsewhere")
    key = live.client((await admin.make_key(team, scope="manage"))["key"])
    made = await make(key, team)
    assert [item["id"] for item in await listed(key)] == [made]
    assert await listed(key, f"?workspaceId={other}") == []
    failed(await key.post("/ai/llm", json=entry(other)), 403)
    for answer in (
        await key.put(f"/ai/llm/{elsewhere}", json={"name": "x"}),
        await key.delete(f"/ai/llm/{elsewhere}"),
        await key.post(f"/ai/llm/{elsewhere}/validate"),
        await key.get(f"/ai/llm/stats?aiLlmId={elsewhere}"),
    ):
        failed(answer, 404)
    done(await key.put(f"/ai/llm/{made}", json={"name": "By a key"}))
    done(await key.delete(f"/ai/llm/{made}"))
    caller = live.client((await admin.make_key(team, scope="call"))["key"])
    for answer in (
        await caller.get("/ai/llm"),
        await caller.get("/ai/llm/stats"),
        await caller.get("/ai/llm/available"),
    ):
        failed(answer, 403)


async def test_the_key_of_an_application_knows_of_that_one_alone(live: LiveServer) -> None:
    admin = await live.admin()
    team = await admin.make_workspace()
    there = admin.at(team)
    shared = await make(admin.client, team)
    ids = [(await there.post("/api/applications", json={"name": name})).json()["id"] for name in ("one", "two")]
    for each in ids:
        await there.put(f"/api/applications/{each}", json={"configurationIds": [shared]})
    key = live.client((await admin.make_key(team, scope="manage", applicationId=ids[0]))["key"])
    (found,) = await listed(key)
    assert [repo["id"] for repo in found["repos"]] == [ids[0]]
    failed(await key.put(f"/ai/llm/{shared}", json={"name": "x"}), 403)
    own = await make(key, team)
    assert [repo["id"] for repo in (await shown(key, own))["repos"]] == [ids[0]]


async def test_refusals_are_noted_where_they_happened(live: LiveServer) -> None:
    admin = await live.admin()
    team, people = await team_of(live, admin, "viewer")
    made = await make(admin.client, team)
    failed(await people["viewer"].client.put(f"/ai/llm/{made}", json={"name": "x"}), 403)
    log = (await admin.at(team).get("/api/audit?outcome=refused")).json()
    assert [(event["action"], event["targetId"]) for event in log] == [("configurations.change", made)]


@pytest.mark.parametrize("header", ["x-api-key", "x-goog-api-key"])
async def test_any_header_of_a_key_is_read(live: LiveServer, header: str) -> None:
    admin = await live.admin()
    key = (await admin.make_key(scope="manage"))["key"]
    assert (await live.client(**{header: key}).get("/ai/llm")).status_code == 200
    failed(await live.client(**{header: key + "x"}).get("/ai/llm"), 401)
