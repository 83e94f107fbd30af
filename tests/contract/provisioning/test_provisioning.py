"""A provider sends users and groups, in the words of Okta and Microsoft Entra ID."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.local_installation import PASSWORD
from tests.contract.provisioning.conftest import Sender


async def test_a_user_comes_changes_and_goes(sender: Sender) -> None:
    sent = await sender.send_user()
    assert sent["meta"]["location"] == f"http://trunkline.test/scim/v2/Users/{sent['id']}"
    assert sent["meta"]["version"] == 'W/"1"'
    assert "password" not in sent
    assert (await sender.find_user("ann@corp.example"))["name"] == "Ann Lee"
    path = f"/scim/v2/Users/{sent['id']}"
    assert (await sender.client.get(path)).json() == sent
    again = await sender.client.post(
        "/scim/v2/Users", json={"schemas": sent["schemas"], "userName": "ANN@corp.example"}
    )
    assert (again.status_code, again.json()["scimType"]) == (409, "uniqueness")
    moved = {**sent, "userName": "ann.lee@corp.example", "emails": [{"value": "ann.lee@corp.example"}]}
    assert (await sender.client.put(path, json=moved)).status_code == 200
    assert (await sender.find_user("ann.lee@corp.example"))["disabledAt"] is None
    assert (await sender.client.delete(path)).status_code == 204
    assert (await sender.client.get(path)).status_code == 404
    assert (await sender.find_user("ann.lee@corp.example"))["disabledAt"] is not None
    # Sent anew, it is the same account.
    await sender.send_user(userName="ann.lee@corp.example", emails=[{"value": "ann.lee@corp.example"}])
    assert (await sender.find_user("ann.lee@corp.example"))["disabledAt"] is None
    assert len((await sender.scene.admin.client.get("/api/users")).json()) == 2


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "value": {"active": False}},
        {"op": "Replace", "path": "active", "value": "False"},
        {"op": "replace", "path": "active", "value": False},
    ],
    ids=["Okta", "Entra", "standard"],
)
async def test_who_is_deactivated_loses_sessions_and_keys_at_once(sender: Sender, operation: dict[str, Any]) -> None:
    sent = await sender.send_user()
    await sender.send_group("staff", sent["id"])
    user = await sender.find_user("ann@corp.example")
    admin = sender.scene.admin.client
    assert (await admin.patch(f"/api/users/{user['id']}", json={"password": PASSWORD})).status_code == 200
    ann = await sender.scene.installed.log_in("ann@corp.example")
    key = await ann.make_key(sender.scene.team, scope="manage")
    by_key = sender.scene.installed.client(key["key"])
    assert (await by_key.get("/api/auth/me")).status_code == 200
    assert (await sender.patch(f"Users/{sent['id']}", operation)).status_code in {200, 204}
    assert (await by_key.get("/api/auth/me")).status_code == 401
    assert (await ann.client.get("/api/auth/me")).status_code == 401
    refreshed = await ann.client.post("/api/auth/refresh", json={"refreshToken": ann.refresh_token})
    assert refreshed.status_code == 401
    back = await sender.patch(f"Users/{sent['id']}", {"op": "replace", "path": "active", "value": True})
    assert back.status_code in {200, 204}
    await sender.scene.installed.log_in("ann@corp.example")
    log = (await admin.get("/api/audit?action=users.change")).json()
    told = [event["after"] for event in log if "disabled" in (event["after"] or {})]
    assert told == [
        {"disabled": False, "identityProvider": "corp"},
        {"disabled": True, "identityProvider": "corp"},
    ]


async def test_who_was_disabled_by_people_stays_so(sender: Sender) -> None:
    sent = await sender.send_user()
    user = await sender.find_user("ann@corp.example")
    path = f"/api/users/{user['id']}"
    assert (await sender.scene.admin.client.patch(path, json={"disabled": True})).status_code == 200
    await sender.patch(f"Users/{sent['id']}", {"op": "replace", "path": "active", "value": True})
    await sender.patch(f"Users/{sent['id']}", {"op": "replace", "path": "displayName", "value": "Ann"})
    assert (await sender.find_user("ann@corp.example"))["disabledAt"] is not None


async def test_roles_follow_groups(sender: Sender) -> None:
    ann, bob = await sender.send_user(), await sender.send_user("bob")
    assert await sender.members() == {}
    staff = await sender.send_group("staff", ann["id"])
    assert await sender.members() == {"ann@corp.example": "member"}
    path = f"Groups/{staff['id']}"
    # Okta
    await sender.patch(path, {"op": "add", "path": "members", "value": [{"value": bob["id"]}]})
    assert await sender.members() == {"ann@corp.example": "member", "bob@corp.example": "member"}
    await sender.patch(path, {"op": "remove", "path": f'members[value eq "{ann["id"]}"]'})
    assert await sender.members() == {"bob@corp.example": "member"}
    # Entra
    await sender.patch(path, {"op": "Remove", "path": "members", "value": [{"value": bob["id"]}]})
    assert await sender.members() == {}
    await sender.patch(path, {"op": "Add", "path": "members", "value": [{"value": ann["id"]}]})
    leads = await sender.send_group("leads", ann["id"])
    assert await sender.members() == {"ann@corp.example": "admin"}
    await sender.patch(f"Groups/{leads['id']}", {"op": "replace", "value": {"displayName": "others"}})
    assert await sender.members() == {"ann@corp.example": "member"}
    assert (await sender.client.delete(f"/scim/v2/{path}")).status_code == 204
    assert await sender.members() == {}
    shown = (await sender.client.get(f"/scim/v2/Groups/{leads['id']}")).json()
    assert [each["value"] for each in shown["members"]] == [ann["id"]]


async def test_a_group_with_somebody_unknown_changes_nothing(sender: Sender) -> None:
    ann = await sender.send_user()
    staff = await sender.send_group("staff")
    added = [{"value": ann["id"]}, {"value": "nobody"}]
    answer = await sender.patch(f"Groups/{staff['id']}", {"op": "add", "path": "members", "value": added})
    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidValue")
    assert "nobody" in answer.json()["detail"]
    assert await sender.members() == {}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ('userName eq "ANN@corp.example"', ["ann"]),
        ('externalId eq "00u-bob"', ["bob"]),
        ('externalId eq "00U-BOB"', []),
        ('userName eq "ann@corp.example" and externalId eq "00u-bob"', []),
        ('userName sw "b"', ["bob"]),
        ('userName eq "ann@corp.example" or userName eq "bob@corp.example"', ["ann", "bob"]),
        ("active eq true", ["ann", "bob", "cleo"]),
        ('emails[type eq "work"].value co "cleo"', ["cleo"]),
    ],
)
async def test_users_are_found(sender: Sender, query: str, names: list[str]) -> None:
    for name in ("ann", "bob", "cleo"):
        await sender.send_user(name)
    answer = await sender.client.get("/scim/v2/Users", params={"filter": query})
    assert answer.status_code == 200, answer.text
    assert answer.json()["totalResults"] == len(names)
    found = [each["userName"].partition("@")[0] for each in answer.json().get("Resources", [])]
    assert found == names


async def test_lists_come_in_pages(sender: Sender) -> None:
    for name in ("ann", "bob", "cleo"):
        await sender.send_user(name)
    await sender.send_group("Staff")
    first = (await sender.client.get("/scim/v2/Users", params={"count": 2})).json()
    second = (await sender.client.get("/scim/v2/Users", params={"startIndex": 3, "count": 2})).json()
    assert [first["totalResults"], len(first["Resources"]), len(second["Resources"])] == [3, 2, 1]
    none = (await sender.client.get("/scim/v2/Users", params={"count": 0})).json()
    assert (none["totalResults"], none.get("Resources", [])) == (3, [])
    groups = await sender.client.get("/scim/v2/Groups", params={"filter": 'displayName eq "STAFF"'})
    assert groups.json()["totalResults"] == 1


async def test_accounts_of_others_are_not_taken(sender: Sender) -> None:
    body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "admin@example.com"}
    answer = await sender.client.post("/scim/v2/Users", json=body)
    assert (answer.status_code, answer.json()["scimType"]) == (409, "uniqueness")
    linking = await sender.scene.admin.client.put(sender.path, json={"linksByEmail": True})
    assert linking.status_code == 200
    linked = await sender.client.post("/scim/v2/Users", json=body)
    assert linked.status_code == 201
    # The last administrator stays one, whoever says what.
    refused = await sender.patch(f"Users/{linked.json()['id']}", {"op": "replace", "path": "active", "value": False})
    assert refused.status_code == 409
    assert "last administrator" in refused.json()["detail"]
    await sender.scene.installed.log_in("admin@example.com")


async def test_an_account_without_an_address_is_refused(sender: Sender) -> None:
    body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ann"}
    answer = await sender.client.post("/scim/v2/Users", json=body)
    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidValue")


@pytest.mark.parametrize("emails", [{}, {"Emails": []}, {"emails": None}])
async def test_a_user_name_that_is_an_address_is_one(sender: Sender, emails: dict[str, Any]) -> None:
    body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ann@corp.example", **emails}
    answer = await sender.client.post("/scim/v2/Users", json=body)
    assert answer.status_code == 201, answer.text
    sent = answer.json()
    assert [each["value"] for each in sent["emails"]] == ["ann@corp.example"]
    assert "active" not in sent, "nobody said so"
    put = {**body, "userName": "ann.lee@corp.example", "active": False}
    changed = await sender.client.put(f"/scim/v2/Users/{sent['id']}", json=put)
    assert changed.status_code == 200, changed.text
    assert changed.json()["emails"][0]["value"] == "ann.lee@corp.example"
    assert changed.json()["active"] is False
    assert (await sender.find_user("ann.lee@corp.example"))["disabledAt"] is not None


async def test_only_the_token_of_a_provider_in_use_opens_it(sender: Sender) -> None:
    installed, admin = sender.scene.installed, sender.scene.admin
    for credential in (None, "tls-wrong", admin.access_token, (await admin.make_key(scope="manage"))["key"]):
        answer = await installed.client(credential).get("/scim/v2/Users")
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    token = sender.client.headers["authorization"].removeprefix("Bearer ")
    assert (await installed.client(token).get("/api/users")).status_code == 401
    shown = await admin.client.get(sender.path)
    assert token not in shown.text + (await admin.client.get("/api/audit")).text
    assert shown.json()["scimTokenMask"] == f"tls-…{token[-4:]}"
    assert (await admin.client.put(sender.path, json={"enabled": False})).status_code == 200
    assert (await sender.client.get("/scim/v2/Users")).status_code == 401
    assert (await admin.client.put(sender.path, json={"enabled": True})).status_code == 200
    fresh = (await admin.client.post(f"{sender.path}/scim-token")).json()["token"]
    assert (await sender.client.get("/scim/v2/Users")).status_code == 401
    assert (await installed.client(fresh).get("/scim/v2/Users")).status_code == 200
    assert (await admin.client.delete(f"{sender.path}/scim-token")).status_code == 200
    assert (await installed.client(fresh).get("/scim/v2/Users")).status_code == 401
    assert (await admin.client.delete(f"{sender.path}/scim-token")).status_code == 404


async def test_providers_do_not_see_each_others_users(sender: Sender, issuer: str) -> None:
    sent = await sender.send_user()
    staff = await sender.send_group("staff", sent["id"])
    admin = sender.scene.admin.client
    added = await sender.scene.add_provider(issuer, slug="other")
    token = (await admin.post(f"/api/identity-providers/{added['id']}/scim-token")).json()["token"]
    other = sender.scene.installed.client(token)
    assert (await other.get("/scim/v2/Users")).json()["totalResults"] == 0
    assert (await other.get("/scim/v2/Groups")).json()["totalResults"] == 0
    for path in (f"Users/{sent['id']}", f"Groups/{staff['id']}"):
        assert (await other.get(f"/scim/v2/{path}")).status_code == 404
        assert (await other.delete(f"/scim/v2/{path}")).status_code == 404


async def test_what_is_sent_wrong_is_told_in_the_form_of_the_protocol(sender: Sender) -> None:
    for path, body in (("Users", b"{"), ("Users", b"[]"), ("Groups", b'{"schemas": []}')):
        answer = await sender.client.post(
            f"/scim/v2/{path}", content=body, headers={"content-type": "application/scim+json"}
        )
        assert answer.status_code == 400, answer.text
        assert answer.json()["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    nonsense = await sender.client.get("/scim/v2/Users", params={"filter": "userName eq"})
    assert (nonsense.status_code, nonsense.json()["scimType"]) == (400, "invalidFilter")
    assert (await sender.client.get("/scim/v2/Nothing")).status_code == 404
