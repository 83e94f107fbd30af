"""``/api/workspaces``: workspaces, members, invitations."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.local_installation import PASSWORD, LocalInstallation, Person, open_local_installation


@pytest.fixture
async def ann(installed: LocalInstallation, admin: Person) -> Person:
    return await installed.add_user(admin, "ann@example.com")


@pytest.fixture
async def ben(installed: LocalInstallation, admin: Person) -> Person:
    return await installed.add_user(admin, "ben@example.com")


async def test_a_workspace_is_made_read_renamed_and_deleted(installed: LocalInstallation, ann: Person) -> None:
    made = await ann.client.post("/api/workspaces", json={"name": " Team "})
    assert made.status_code == 201
    assert (made.json()["name"], made.json()["role"], made.json()["personal"]) == ("Team", "owner", False)
    path = f"/api/workspaces/{made.json()['id']}"
    assert (await ann.client.get(path)).json() == made.json()
    renamed = await ann.client.patch(path, json={**made.json(), "name": "Crew"})
    assert renamed.json()["name"] == "Crew"
    assert (await ann.client.delete(path)).json() == {"success": True}
    assert (await ann.client.get(path)).status_code == 404
    assert made.json()["id"] not in installed.holder.current.parts


async def test_a_personal_workspace_cannot_be_deleted_or_shared(ann: Person) -> None:
    path = f"/api/workspaces/{await ann.personal()}"
    assert (await ann.client.delete(path)).status_code == 409
    invited = await ann.client.post(f"{path}/invitations", json={"email": "x@example.com"})
    assert invited.status_code == 409


async def test_deleting_a_workspace_takes_all_with_it(installed: LocalInstallation, ann: Person, ben: Person) -> None:
    workspace_id = await ann.make_workspace()
    await installed.join(ann, workspace_id, ben, "member")
    key = await ben.make_key(workspace_id, scope="manage")
    application = await ann.at(workspace_id).post("/api/applications", json={"name": "x"})
    assert application.status_code == 201
    assert (await ann.client.delete(f"/api/workspaces/{workspace_id}")).status_code == 200
    assert (await installed.client(key["key"]).get("/api/auth/me")).status_code == 401
    assert (await ben.at(workspace_id).get("/api/keys")).status_code == 404


async def test_an_unknown_default_is_400(ann: Person) -> None:
    workspace_id = await ann.make_workspace()
    body = {"defaultConfigurationId": "019a5f0e-7c1b-7d9a-9a53-0f4c8a1b2c3d"}
    answer = await ann.client.patch(f"/api/workspaces/{workspace_id}", json=body)
    assert answer.status_code == 400
    assert [item["field"] for item in answer.json()["errors"]] == ["defaultConfigurationId"]


async def test_the_default_can_be_taken_away_and_given_back(installed: LocalInstallation, admin: Person) -> None:
    path = f"/api/workspaces/{await admin.personal()}"
    default = (await admin.client.get(path)).json()["defaultConfigurationId"]
    assert default is not None
    gone = await admin.client.patch(path, json={"defaultConfigurationId": None})
    assert gone.json()["defaultConfigurationId"] is None
    assert installed.holder.current.parts[gone.json()["id"]].default_configuration_id is None
    assert (await admin.client.patch(path, json={"name": "Mine"})).json()["defaultConfigurationId"] is None
    back = await admin.client.patch(path, json={"defaultConfigurationId": default})
    assert back.json()["defaultConfigurationId"] == default


async def test_somebody_with_an_account_accepts_signed_in(
    installed: LocalInstallation, ann: Person, ben: Person
) -> None:
    workspace_id = await ann.make_workspace()
    path = f"/api/workspaces/{workspace_id}/invitations"
    invitation = (await ann.client.post(path, json={"email": "BEN@example.com", "role": "viewer"})).json()
    assert (invitation["email"], invitation["role"]) == ("ben@example.com", "viewer")
    listed = (await ann.client.get(path)).json()
    assert [item["id"] for item in listed] == [invitation["id"]]
    assert "token" not in listed[0]
    body = {"token": invitation["token"]}
    assert (await ann.client.post("/api/auth/invitations/accept", json=body)).status_code == 403
    stranger = {**body, "name": "Ben", "password": PASSWORD}
    assert (await installed.client().post("/api/auth/invitations/accept", json=stranger)).status_code == 409
    accepted = await ben.client.post("/api/auth/invitations/accept", json=body)
    assert accepted.status_code == 200
    assert accepted.json()["workspace"]["role"] == "viewer"
    assert accepted.json()["session"] is None
    assert (await ben.at(workspace_id).get("/api/keys")).status_code == 200
    again = await ben.client.post("/api/auth/invitations/accept", json=body)
    assert again.status_code == 400
    assert (await ann.client.get(path)).json() == []
    member = await ann.client.post(path, json={"email": "ben@example.com"})
    assert member.status_code == 409


async def test_somebody_new_makes_an_account_by_accepting(installed: LocalInstallation, ann: Person) -> None:
    workspace_id = await ann.make_workspace()
    path = f"/api/workspaces/{workspace_id}/invitations"
    token = (await ann.client.post(path, json={"email": "new@example.com"})).json()["token"]
    client = installed.client()
    missing = await client.post("/api/auth/invitations/accept", json={"token": token})
    assert missing.status_code == 400
    assert {item["field"] for item in missing.json()["errors"]} == {"name", "password"}
    body = {"token": token, "name": "New", "password": PASSWORD}
    accepted = await client.post("/api/auth/invitations/accept", json=body)
    assert accepted.status_code == 200
    new = Person.read(installed, accepted.json()["session"])
    assert (new.email, accepted.json()["workspace"]["id"]) == ("new@example.com", workspace_id)
    me = (await new.client.get("/api/auth/me")).json()
    assert sorted((item["role"], item["personal"]) for item in me["workspaces"]) == [
        ("member", False),
        ("owner", True),
    ]


async def test_an_invitation_is_void_when_taken_back_or_replaced(
    installed: LocalInstallation, ann: Person, ben: Person
) -> None:
    path = f"/api/workspaces/{await ann.make_workspace()}/invitations"
    first = (await ann.client.post(path, json={"email": "ben@example.com"})).json()
    second = (await ann.client.post(path, json={"email": "ben@example.com"})).json()
    assert (await ann.client.delete(f"{path}/{second['id']}")).json() == {"success": True}
    assert (await ann.client.delete(f"{path}/{second['id']}")).status_code == 404
    for token in (first["token"], second["token"]):
        answer = await ben.client.post("/api/auth/invitations/accept", json={"token": token})
        assert answer.status_code == 400
        assert token not in answer.text


async def test_only_owners_deal_with_owners(installed: LocalInstallation, ann: Person, ben: Person) -> None:
    workspace_id = await ann.make_workspace()
    await installed.join(ann, workspace_id, ben, "admin")
    path = f"/api/workspaces/{workspace_id}"
    assert (await ben.client.patch(f"{path}/members/{ben.id}", json={"role": "owner"})).status_code == 403
    assert (await ben.client.patch(f"{path}/members/{ann.id}", json={"role": "member"})).status_code == 403
    assert (await ben.client.delete(f"{path}/members/{ann.id}")).status_code == 403
    invited = await ben.client.post(f"{path}/invitations", json={"email": "x@example.com", "role": "owner"})
    assert invited.status_code == 403
    assert (await ben.client.delete(path)).status_code == 403


async def test_the_last_owner_stays(installed: LocalInstallation, ann: Person, ben: Person) -> None:
    workspace_id = await ann.make_workspace()
    await installed.join(ann, workspace_id, ben, "member")
    path = f"/api/workspaces/{workspace_id}/members"
    assert (await ann.client.delete(f"{path}/{ann.id}")).status_code == 409
    assert (await ann.client.patch(f"{path}/{ann.id}", json={"role": "admin"})).status_code == 409
    assert (await ann.client.patch(f"{path}/{ben.id}", json={"role": "owner"})).json()["role"] == "owner"
    assert (await ann.client.delete(f"{path}/{ann.id}")).json() == {"success": True}
    assert (await ann.client.get(path)).status_code == 404
    assert [item["userId"] for item in (await ben.client.get(path)).json()] == [ben.id]


async def test_a_member_may_leave_and_their_keys_stop(installed: LocalInstallation, ann: Person, ben: Person) -> None:
    workspace_id = await ann.make_workspace()
    await installed.join(ann, workspace_id, ben, "viewer")
    path = f"/api/workspaces/{workspace_id}/members"
    assert (await ann.client.patch(f"{path}/{ben.id}", json={"role": "member"})).status_code == 200
    key = await ben.make_key(workspace_id, scope="manage")
    assert (await ben.client.delete(f"{path}/{ben.id}")).status_code == 200
    assert (await installed.client(key["key"]).get("/api/auth/me")).status_code == 401
    await installed.join(ann, workspace_id, ben, "member")
    assert (await installed.client(key["key"]).get("/api/auth/me")).status_code == 401


async def test_a_weaker_role_weakens_keys_at_once(installed: LocalInstallation, ann: Person, ben: Person) -> None:
    workspace_id = await ann.make_workspace()
    await installed.join(ann, workspace_id, ben, "member")
    client = installed.client((await ben.make_key(workspace_id, scope="manage"))["key"])
    assert (await client.post("/api/applications", json={"name": "x"})).status_code == 201
    await ann.client.patch(f"/api/workspaces/{workspace_id}/members/{ben.id}", json={"role": "viewer"})
    assert (await client.post("/api/applications", json={"name": "y"})).status_code == 403


async def test_sign_up_makes_an_account_where_it_is_open(database_url: str, tmp_path: Path) -> None:
    async with open_local_installation(database_url, tmp_path / "data", signup="open") as installed:
        body = {"email": "new@example.com", "password": PASSWORD, "name": "New"}
        answer = await installed.client().post("/api/auth/signup", json=body)
        assert answer.status_code == 201
        new = Person.read(installed, answer.json())
        assert (await new.client.get("/api/users")).status_code == 403
        assert (await installed.client().post("/api/auth/signup", json=body)).status_code == 409
        weak = await installed.client().post(
            "/api/auth/signup", json={**body, "email": "b@b.de", "password": "12345678"}
        )
        assert weak.status_code == 400
