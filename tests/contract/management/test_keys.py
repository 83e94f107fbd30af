"""``/api/keys`` and ``/api/applications``."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from tests.contract.live_server import LiveServer
from tests.contract.local_installation import LocalInstallation, Person


@pytest.fixture
async def ann(installed: LocalInstallation, admin: Person) -> Person:
    return await installed.add_user(admin, "ann@example.com")


@pytest.fixture
async def ben(installed: LocalInstallation, admin: Person) -> Person:
    return await installed.add_user(admin, "ben@example.com")


async def test_a_key_is_shown_once(installed: LocalInstallation, ann: Person) -> None:
    made = await ann.make_key(models=["demo", "demo"], expiresAt="2999-01-01T00:00:00+01:00")
    assert made["key"].startswith("tl-")
    assert made["scope"] == "call"
    assert made["models"] == ["demo"]
    assert made["expiresAt"] == "2998-12-31T23:00:00.000Z"
    listed = (await ann.client.get("/api/keys")).json()
    assert [item["id"] for item in listed] == [made["id"]]
    assert listed[0] == {**made, "key": f"tl-…{made['key'][-4:]}"}
    assert (await ann.client.get(f"/api/keys/{made['id']}")).json() == listed[0]


async def test_models_that_are_not_there_are_told_of(installed: LocalInstallation, ann: Person) -> None:
    made = await ann.make_key(models=["nothing"])
    assert "'nothing'" in made["warnings"][0]
    assert (await ann.make_key())["warnings"] == []


async def test_a_deleted_key_stops_at_once(installed: LocalInstallation, ann: Person) -> None:
    made = await ann.make_key(scope="manage")
    client = installed.client(made["key"])
    assert (await client.get("/api/keys")).status_code == 200
    assert (await ann.client.delete(f"/api/keys/{made['id']}")).json() == {"success": True}
    assert (await client.get("/api/keys")).status_code == 401
    assert (await ann.client.delete(f"/api/keys/{made['id']}")).status_code == 404
    assert (await ann.client.get("/api/keys")).json() == []


async def test_a_change_counts_at_once_and_the_key_stays(live: LiveServer) -> None:
    ann = await live.admin()
    mine = {"name": "mine", "provider": "demo", "model": "demo-chat"}
    assert (await ann.client.post("/api/configurations", json=mine)).status_code == 201
    made = await ann.make_key(models=["mine"], expiresAt="2999-01-01T00:00:00Z")
    path, client = f"/api/keys/{made['id']}", live.client(made["key"])
    said = {"model": "mine", "messages": [{"role": "user", "content": "hello"}]}
    assert (await client.post("/v1/chat/completions", json=said)).status_code == 200
    changed = await ann.client.patch(path, json={"name": "New", "models": ["other", "other"], "expiresAt": None})
    assert changed.status_code == 200
    assert changed.json() == {
        **made,
        "key": f"tl-…{made['key'][-4:]}",
        "name": "New",
        "models": ["other"],
        "expiresAt": None,
        "lastUsedAt": changed.json()["lastUsedAt"],
        "warnings": changed.json()["warnings"],
    }
    assert "'other'" in changed.json()["warnings"][0]
    assert (await client.post("/v1/chat/completions", json=said)).status_code == 403
    assert (await ann.client.patch(path, json={"models": []})).json()["models"] == []
    assert (await client.post("/v1/chat/completions", json=said)).status_code == 200
    assert (await ann.client.get(path)).json()["name"] == "New"


async def test_a_change_is_audited_and_nothing_changed_is_not(installed: LocalInstallation, ann: Person) -> None:
    made = await ann.make_key(models=["demo"])
    path = f"/api/keys/{made['id']}"
    for body in ({}, {"name": made["name"], "models": ["demo"]}, {"models": ["demo", "other"]}):
        assert (await ann.client.patch(path, json=body)).status_code == 200
    events = (await ann.client.get("/api/audit?action=keys.change")).json()
    assert [(event["before"], event["after"]) for event in events] == [
        ({"models": ["demo"]}, {"models": ["demo", "other"]})
    ]


async def test_a_key_cannot_widen_keys_or_itself(installed: LocalInstallation, ann: Person) -> None:
    narrow = await ann.make_key(scope="manage", models=["a", "b"], expiresAt="2999-01-01T00:00:00Z")
    other = await ann.make_key(models=["z"])
    client = installed.client(narrow["key"])
    for key in (narrow, other):
        for body in (
            {"models": []},
            {"models": ["a", "c"]},
            {"expiresAt": None},
            {"expiresAt": "2999-01-02T00:00:00Z"},
        ):
            assert (await client.patch(f"/api/keys/{key['id']}", json=body)).status_code == 403, body
        less = {"name": "less", "models": ["a"], "expiresAt": "2998-01-01T00:00:00Z"}
        assert (await client.patch(f"/api/keys/{key['id']}", json=less)).status_code == 200


async def test_keys_of_others_and_revoked_ones_are_not_changed(
    installed: LocalInstallation, ann: Person, ben: Person
) -> None:
    made = await ann.make_key()
    path = f"/api/keys/{made['id']}"
    assert (await ben.client.patch(path, json={"name": "x"})).status_code == 404
    assert (await ann.client.delete(path)).status_code == 200
    assert (await ann.client.patch(path, json={"name": "x"})).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"models": ["m"] * 101}, "models"),
        ({"expiresAt": "2020-01-01T00:00:00Z"}, "expiresAt"),
        ({"scope": "manage"}, "scope"),
        ({"nam": "x"}, "nam"),
    ],
)
async def test_a_wrong_change_is_400(ann: Person, body: dict[str, object], field: str) -> None:
    answer = await ann.client.patch(f"/api/keys/{(await ann.make_key())['id']}", json=body)
    assert answer.status_code == 400
    assert [item["field"] for item in answer.json()["errors"]] == [field]


async def test_admins_see_all_keys_of_the_workspace_and_others_their_own(
    installed: LocalInstallation, ann: Person, ben: Person
) -> None:
    workspace_id = await ann.make_workspace()
    await installed.join(ann, workspace_id, ben, "member")
    hers, his = await ann.make_key(workspace_id), await ben.make_key(workspace_id)
    assert {item["id"] for item in (await ann.at(workspace_id).get("/api/keys")).json()} == {hers["id"], his["id"]}
    assert [item["id"] for item in (await ben.at(workspace_id).get("/api/keys")).json()] == [his["id"]]
    assert (await ben.at(workspace_id).delete(f"/api/keys/{hers['id']}")).status_code == 404
    assert (await ann.at(workspace_id).delete(f"/api/keys/{his['id']}")).status_code == 200


async def test_a_key_may_be_for_another_workspace_of_the_maker(
    installed: LocalInstallation, ann: Person, ben: Person
) -> None:
    workspace_id = await ann.make_workspace()
    made = await ann.client.post("/api/keys", json={"name": "x", "workspaceId": workspace_id})
    assert made.json()["workspaceId"] == workspace_id
    assert (await ben.client.post("/api/keys", json={"name": "x", "workspaceId": workspace_id})).status_code == 404
    await installed.join(ann, workspace_id, ben, "viewer")
    assert (await ben.client.post("/api/keys", json={"name": "x", "workspaceId": workspace_id})).status_code == 403


async def test_a_key_cannot_make_more_than_it_is(installed: LocalInstallation, ann: Person) -> None:
    call = installed.client((await ann.make_key(scope="call"))["key"])
    assert (await call.post("/api/keys", json={"name": "x"})).status_code == 403
    narrow = await ann.make_key(scope="manage", models=["a", "b"], expiresAt="2999-01-01T00:00:00Z")
    client = installed.client(narrow["key"])
    wider = await client.post("/api/keys", json={"name": "x", "models": ["a", "c"]})
    assert wider.status_code == 403
    later = await client.post("/api/keys", json={"name": "x", "expiresAt": "2999-01-02T00:00:00Z"})
    assert later.status_code == 403
    inherited = (await client.post("/api/keys", json={"name": "x"})).json()
    assert (inherited["models"], inherited["expiresAt"]) == (["a", "b"], narrow["expiresAt"])
    elsewhere = await client.post("/api/keys", json={"name": "x", "workspaceId": await ann.make_workspace()})
    assert elsewhere.status_code == 404


async def test_the_key_of_an_application_stays_in_it(installed: LocalInstallation, ann: Person) -> None:
    mine = (await ann.client.post("/api/applications", json={"name": "Mine"})).json()
    other = (await ann.client.post("/api/applications", json={"name": "Other"})).json()
    others_key = await ann.make_key(applicationId=other["id"])
    client = installed.client((await ann.make_key(scope="manage", applicationId=mine["id"]))["key"])
    assert [item["id"] for item in (await client.get("/api/applications")).json()] == [mine["id"]]
    assert (await client.get(f"/api/applications/{other['id']}")).status_code == 404
    assert (await client.put(f"/api/applications/{other['id']}", json={"name": "x"})).status_code == 404
    assert (await client.get(f"/api/keys/{others_key['id']}")).status_code == 404
    assert (await client.delete(f"/api/keys/{others_key['id']}")).status_code == 404
    assert (await client.get(f"/api/keys?applicationId={other['id']}")).json() == []
    made = (await client.post("/api/keys", json={"name": "x"})).json()
    assert made["applicationId"] == mine["id"]
    for method, path in (
        ("POST", "/api/applications"),
        ("PATCH", f"/api/workspaces/{mine['workspaceId']}"),
        ("DELETE", f"/api/applications/{mine['id']}"),
    ):
        assert (await client.request(method, path, json={"name": "x"})).status_code == 403, path
    wrong = await client.post("/api/keys", json={"name": "x", "applicationId": other["id"]})
    assert wrong.status_code == 403


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": "x", "scope": "admin"}, "scope"),
        ({"name": "x", "expiresAt": "2020-01-01T00:00:00Z"}, "expiresAt"),
        ({"name": "x", "expiresAt": "2999-01-01T00:00:00"}, "expiresAt"),
        ({"name": "x", "applicationId": "mine"}, "applicationId"),
        ({"name": "x" * 256}, "name"),
        ({"name": "x", "models": ["m"] * 101}, "models"),
    ],
)
async def test_a_wrong_key_is_400(ann: Person, body: dict[str, object], field: str) -> None:
    answer = await ann.client.post("/api/keys", json=body)
    assert answer.status_code == 400
    assert [item["field"] for item in answer.json()["errors"]] == [field]


async def test_keys_made_at_once_are_all_there(installed: LocalInstallation, ann: Person) -> None:
    made = await asyncio.gather(*(ann.make_key(name=f"Key {number}") for number in range(20)))
    listed = (await ann.client.get("/api/keys")).json()
    assert {item["id"] for item in listed} == {item["id"] for item in made}
    for item in made:
        assert (await installed.client(item["key"]).get("/api/encryption-key")).status_code == 200


async def test_last_use_is_noted(installed: LocalInstallation, ann: Person) -> None:
    made = await ann.make_key(scope="manage")
    await installed.client(made["key"]).get("/api/keys")
    await installed.services.key_use.write()
    assert (await ann.client.get(f"/api/keys/{made['id']}")).json()["lastUsedAt"] is not None


async def test_an_application_is_made_read_changed_and_deleted(installed: LocalInstallation, ann: Person) -> None:
    made = await ann.client.post("/api/applications", json={"name": "Shop"})
    assert made.status_code == 201
    path = f"/api/applications/{made.json()['id']}"
    assert (await ann.client.get(path)).json() == made.json()
    changed = await ann.client.put(path, json={**made.json(), "name": "Store"})
    assert changed.json()["name"] == "Store"
    key = await ann.make_key(scope="manage", applicationId=made.json()["id"])
    assert (await ann.client.delete(path)).json() == {"success": True}
    assert (await installed.client(key["key"]).get("/api/keys")).status_code == 401
    assert (await ann.client.get(path)).status_code == 404


async def test_an_application_may_choose_its_id(installed: LocalInstallation, ann: Person, ben: Person) -> None:
    chosen = str(uuid4())
    made = await ann.client.post("/api/applications", json={"id": chosen.upper(), "name": "Shop"})
    assert made.json()["id"] == chosen
    assert (await ann.client.post("/api/applications", json={"id": chosen, "name": "x"})).status_code == 409
    taken = await ben.client.post("/api/applications", json={"id": chosen, "name": "x"})
    assert taken.status_code == 404
    log = (await ben.client.get("/api/audit?outcome=refused")).json()
    assert [item["action"] for item in log] == ["applications.change"]


async def test_an_application_uses_configurations_that_exist_for_its_maker(admin: Person, ann: Person) -> None:
    mine = (await admin.client.get(f"/api/workspaces/{await admin.personal()}")).json()["defaultConfigurationId"]
    body = {"name": "x", "configurationIds": [mine]}
    made = await admin.client.post("/api/applications", json=body)
    assert made.status_code == 201
    assert made.json()["configurationIds"] == [mine]
    foreign = await ann.client.post("/api/applications", json={**body, "defaultConfigurationId": mine})
    assert foreign.status_code == 400
    assert {item["field"] for item in foreign.json()["errors"]} == {"configurationIds[0]", "defaultConfigurationId"}


async def test_the_encryption_key_is_published(installed: LocalInstallation, ann: Person) -> None:
    for client in (ann.client, installed.client((await ann.make_key(scope="call"))["key"])):
        answer = await client.get("/api/encryption-key")
        assert answer.status_code == 200
        assert set(answer.json()) == {"kid", "kem", "kdf", "aead", "publicKey", "instance"}
        assert (answer.json()["kem"], answer.json()["kdf"], answer.json()["aead"]) == (32, 1, 2)
