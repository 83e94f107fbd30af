"""``/api/applications``: whose they are, what they may use, and what stays when one is deleted."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from tests.contract.live_server import LiveServer
from trunkline.storage.database import Database

SECRET = "sk-test-0123456789abcdef"


async def make(there: httpx2.AsyncClient, name: str = "app") -> tuple[dict[str, Any], str]:
    """An application and its path."""
    made = await there.post("/api/applications", json={"name": name})
    assert made.status_code == 201, made.text
    return made.json(), f"/api/applications/{made.json()['id']}"


async def configure(there: httpx2.AsyncClient, name: str, **fields: Any) -> dict[str, Any]:
    body = {"name": name, "provider": "demo", "model": "demo-chat", "shared": True, **fields}
    made = await there.post("/api/configurations", json=body)
    assert made.status_code == 201, made.text
    return made.json()


async def ask(caller: httpx2.AsyncClient) -> httpx2.Response:
    body = {"model": "default", "messages": [{"role": "user", "content": "hello"}]}
    return await caller.post("/v1/chat/completions", json=body)


@pytest.fixture
async def team(live: LiveServer) -> tuple[httpx2.AsyncClient, httpx2.AsyncClient]:
    """An owner and a member in the workspace that they share."""
    admin = await live.admin()
    workspace_id = await admin.make_workspace()
    member = await live.add_user(admin, "member@example.com")
    await live.join(admin, workspace_id, member, "member")
    return admin.at(workspace_id), member.at(workspace_id)


async def test_a_default_is_one_that_the_applications_keys_can_use(live: LiveServer) -> None:
    admin = await live.admin()
    application, path = await make(admin.client)
    key = await admin.make_key(applicationId=application["id"], scope="call")
    caller = live.client(key["key"])
    private = await configure(admin.client, "private", shared=False)
    refused = await admin.client.put(path, json={"defaultConfigurationId": private["id"]})
    assert refused.status_code == 400
    assert "share it" in refused.json()["message"]
    own = await configure(admin.client, "own", shared=False, applicationId=application["id"])
    shared = await configure(admin.client, "shared")
    for chosen in (own, shared):
        assert (await admin.client.put(path, json={"defaultConfigurationId": chosen["id"]})).status_code == 200
        assert (await ask(caller)).headers["x-trunkline-configuration"] == chosen["id"]
    # What is there already may come back, whatever has become of it since.
    await admin.client.put(f"/api/configurations/{shared['id']}", json={"shared": False})
    assert (await admin.client.put(path, json=(await admin.client.get(path)).json())).status_code == 200


async def test_all_that_it_is_made_with_is_in_the_audit_log(live: LiveServer) -> None:
    admin = await live.admin()
    one = await configure(admin.client, "one")
    body = {"name": "app", "configurationIds": [one["id"]], "defaultConfigurationId": one["id"]}
    made = (await admin.client.post("/api/applications", json=body)).json()
    events = (await admin.client.get("/api/audit", params={"targetId": made["id"]})).json()
    assert [event["action"] for event in events] == ["applications.change", "applications.create"]
    assert events[1]["after"] == {"name": "app"}
    assert events[0]["after"] == {"configurationIds": [one["id"]], "defaultConfigurationId": one["id"]}


async def test_a_name_is_one_line(live: LiveServer) -> None:
    admin = await live.admin()
    _, path = await make(admin.client, "  trimmed ")
    assert (await admin.client.get(path)).json()["name"] == "trimmed"
    for name in ("two\nlines", "", " ", "x" * 256):
        for answer in (
            await admin.client.post("/api/applications", json={"name": name}),
            await admin.client.put(path, json={"name": name}),
        ):
            assert answer.status_code == 400
            assert [error["field"] for error in answer.json()["errors"]] == ["name"]


async def test_what_others_have_in_it_is_for_an_admin_to_delete(
    team: tuple[httpx2.AsyncClient, httpx2.AsyncClient],
) -> None:
    leading, inside = team
    application, path = await make(inside)
    await configure(inside, "own", applicationId=application["id"])
    body = {"name": "k", "applicationId": application["id"]}
    key = (await leading.post("/api/keys", json=body)).json()
    refused = await inside.delete(path)
    assert refused.status_code == 403
    assert "an admin" in refused.json()["message"]
    assert (await leading.delete(f"/api/keys/{key['id']}")).status_code == 200
    theirs = await configure(leading, "theirs", applicationId=application["id"])
    assert (await inside.delete(path)).status_code == 403
    assert (await leading.get(f"/api/configurations/{theirs['id']}")).status_code == 200
    assert (await leading.delete(path)).status_code == 200
    _, path = await make(inside, "another")
    assert (await inside.delete(path)).status_code == 200


async def test_it_stays_while_others_need_its_configurations(live: LiveServer) -> None:
    admin = await live.admin()
    application, path = await make(admin.client)
    lender = await configure(
        admin.client, "lender", provider="openai", model="gpt-4", apiKey=SECRET, applicationId=application["id"]
    )
    other, _ = await make(admin.client, "other")
    body = {"applicationId": other["id"], "name": "borrower", "provider": "openai", "modelId": "gpt-4"}
    credential = lender["apiKeyInfo"]["credentialId"]
    borrower = (await admin.client.post("/model-configs", json={**body, "credentialId": credential})).json()
    refused = await admin.client.delete(path)
    assert refused.status_code == 409
    assert "'borrower' borrows its key" in refused.json()["message"]
    given_up = await admin.client.put(f"/model-configs/{borrower['_id']}", json={"credentialId": None})
    assert given_up.status_code == 200, given_up.text
    assert (await admin.client.delete(path)).status_code == 200


async def test_the_histories_of_its_configurations_go_with_it(live_on_each: LiveServer, database_url: str) -> None:
    admin = await live_on_each.admin()
    application, path = await make(admin.client)
    one = await configure(admin.client, "one", applicationId=application["id"])
    database = Database(database_url)
    query = text("SELECT count(*) FROM revisions WHERE subject_id = :id").bindparams(id=one["id"])
    async with database.read() as tx:
        assert await tx.scalar(query) == 1
    assert (await admin.client.delete(path)).status_code == 200
    async with database.read() as tx:
        assert await tx.scalar(query) == 0
    await database.close()


async def test_a_default_and_the_end_of_its_configuration_at_once(live_on_each: LiveServer) -> None:
    admin = await live_on_each.admin()
    _, path = await make(admin.client)
    for number in range(4):
        one = await configure(admin.client, f"c{number}")
        chosen, deleted = await asyncio.gather(
            admin.client.put(path, json={"defaultConfigurationId": one["id"]}),
            admin.client.delete(f"/api/configurations/{one['id']}"),
        )
        assert (chosen.status_code, deleted.status_code) in {(200, 409), (400, 200)}, chosen.text + deleted.text
        await admin.client.put(path, json={"defaultConfigurationId": None})


async def test_what_serves_an_application_is_its_makers_and_the_admins_to_say(live: LiveServer) -> None:
    """All who hold its keys would be served by what another member chose, at an address of their choice."""
    admin = await live.admin()
    workspace_id = await admin.make_workspace()
    maker, other = [await live.add_user(admin, f"{name}@example.com") for name in ("maker", "other")]
    for person in (maker, other):
        await live.join(admin, workspace_id, person, "member")
    _, path = await make(maker.at(workspace_id))
    shared = await configure(admin.at(workspace_id), "shared")
    key = await other.make_key(workspace_id, applicationId=path.rpartition("/")[2], scope="manage")
    for intruder in (other.at(workspace_id), live.client(key["key"])):
        for change in ({"defaultConfigurationId": shared["id"]}, {"configurationIds": []}, {"name": "mine"}):
            refused = await intruder.put(path, json=change)
            assert refused.status_code == 403, refused.text
            assert "whoever made it" in refused.json()["message"]
        assert (await intruder.delete(path)).status_code == 403
    for person in (maker, admin):
        changed = await person.at(workspace_id).put(path, json={"defaultConfigurationId": shared["id"]})
        assert changed.status_code == 200, changed.text


async def test_a_member_puts_no_default_and_no_name_in_the_way_of_an_applications_calls(live: LiveServer) -> None:
    admin = await live.admin()
    workspace_id = await admin.make_workspace()
    member = await live.add_user(admin, "member@example.com")
    await live.join(admin, workspace_id, member, "member")
    owner, there = admin.at(workspace_id), member.at(workspace_id)
    application, path = await make(owner)
    await configure(owner, "prod")
    config = {"applicationId": application["id"], "provider": "openai", "modelId": "gpt-4o"}
    mine = await there.post("/model-configs", json={**config, "name": "mine"})
    assert (mine.status_code, mine.json()["isDefault"]) == (201, False)
    for body in ({**config, "name": "default", "isDefault": True}, {**config, "name": "prod"}):
        refused = await there.post("/model-configs", json=body)
        assert refused.status_code == 403, refused.text
    assert (await there.patch(f"/model-configs/{mine.json()['_id']}/default")).status_code == 403
    assert (await owner.get(path)).json()["defaultConfigurationId"] is None
    assert (await owner.post("/model-configs", json={**config, "name": "prod"})).json()["isDefault"]
