"""Identity providers, as the administrator of the installation manages them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.contract.sign_on.forger import Forger, open_forger
from tests.contract.sign_on.scene import Scene, open_scene
from tests.contract.sign_on.test_bad_tokens import come_back
from trunkline.core.ids import new_id


@pytest.fixture
async def forger() -> AsyncIterator[Forger]:
    async with open_forger() as opened:
        yield opened


async def test_made_changed_and_deleted(scene: Scene, forger: Forger) -> None:
    client = scene.admin.client
    added = await scene.add_provider(forger.issuer)
    path = f"/api/identity-providers/{added['id']}"
    assert added["scopes"] == ["openid", "email", "profile", "groups"]
    assert (await client.get("/api/identity-providers")).json() == [added]
    changed = await client.put(path, json={"name": "Ours", "groupsClaim": "roles"}, headers={"if-match": '"1"'})
    moved = {"revision": 2, "updatedAt": changed.json()["updatedAt"]}
    assert changed.json() == {**added, "name": "Ours", "groupsClaim": "roles", **moved}
    assert (await client.put(path, json={"name": "x"}, headers={"if-match": '"1"'})).status_code == 412
    # What comes back as it went out changes nothing.
    assert (await client.put(path, json=changed.json())).json() == changed.json()
    public = await client.put(path, json={"clientSecret": None})
    assert public.json()["clientSecretMask"] is None
    assert (await client.delete(path)).status_code == 200
    assert (await client.get(path)).status_code == 404
    log = (await client.get("/api/audit?targetType=identity_provider")).json()
    assert [event["action"].partition(".")[2] for event in log] == ["delete", "change", "change", "create"]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"slug": "Not A Slug"}, "slug"),
        ({"issuer": "login.example.com"}, "issuer"),
        ({"issuer": "https://x.example/{tenantid}/v2.0"}, "issuer"),
        ({"issuer": "https://x.example/.well-known/openid-configuration"}, "issuer"),
        ({"issuer": "http://169.254.169.254"}, "issuer"),
        ({"scopes": ["two words"]}, "scopes[0]"),
        ({"groupRoles": [{"group": "g", "workspaceId": new_id(), "role": "member"}]}, "groupRoles[0].workspaceId"),
        ({"groupRoles": [{"group": "g", "workspaceId": new_id(), "role": "owner"}]}, "groupRoles[0].role"),
        ({"defaultRole": {"workspaceId": new_id(), "role": "viewer"}}, "defaultRole.workspaceId"),
    ],
)
async def test_what_is_wrong_is_named(small_scene: Scene, forger: Forger, fields: dict[str, Any], wrong: str) -> None:
    body = {"slug": "corp", "name": "Corp", "issuer": forger.issuer, "clientId": "x", **fields}
    answer = await small_scene.admin.client.post("/api/identity-providers", json=body)
    assert answer.status_code == 400, answer.text
    assert [each["field"] for each in answer.json()["errors"]] == [wrong]


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ({"issuer": "https://evil.example"}, "is of the issuer"),
        ({"token_endpoint": "ftp://x"}, "wrong address"),
        ({"jwks_uri": None}, "no discovery document that can be read"),
    ],
)
async def test_a_discovery_document_that_is_wrong_is_refused(
    small_scene: Scene, forger: Forger, metadata: dict[str, Any], words: str
) -> None:
    forger.metadata = metadata
    body = {"slug": "corp", "name": "Corp", "issuer": forger.issuer, "clientId": "x"}
    answer = await small_scene.admin.client.post("/api/identity-providers", json=body)
    assert answer.status_code == 400
    assert words in answer.json()["message"]


async def test_who_opens_a_workspace_to_a_group_is_an_admin_of_it(small_scene: Scene, forger: Forger) -> None:
    ann = await small_scene.installed.add_user(small_scene.admin, "ann@x.example")
    theirs, personal = await ann.make_workspace(), await small_scene.admin.personal()
    for workspace_id in (theirs, personal):
        roles = [{"group": "g", "workspaceId": workspace_id, "role": "viewer"}]
        body = {"slug": "c", "name": "C", "issuer": forger.issuer, "clientId": "x", "groupRoles": roles}
        answer = await small_scene.admin.client.post("/api/identity-providers", json=body)
        assert [each["field"] for each in answer.json()["errors"]] == ["groupRoles[0].workspaceId"]


async def test_the_secret_goes_to_the_provider_that_it_is_for_alone(small_scene: Scene, forger: Forger) -> None:
    added = await small_scene.add_provider(forger.issuer)
    path = f"/api/identity-providers/{added['id']}"
    async with open_forger() as other:
        answer = await small_scene.admin.client.put(path, json={"issuer": other.issuer})
        assert [each["field"] for each in answer.json()["errors"]] == ["clientSecret"]
        again = await small_scene.admin.client.put(path, json={"issuer": other.issuer, "clientSecret": "another"})
        assert again.json()["issuer"] == other.issuer


async def test_a_provider_that_goes_takes_what_its_groups_gave(small_scene: Scene, forger: Forger) -> None:

    added = await small_scene.add_provider(forger.issuer)
    assert (await come_back(small_scene, forger)).status_code == 303
    members = f"/api/workspaces/{small_scene.team}/members"
    assert len((await small_scene.admin.client.get(members)).json()) == 2
    assert (await small_scene.admin.client.delete(f"/api/identity-providers/{added['id']}")).status_code == 200
    assert len((await small_scene.admin.client.get(members)).json()) == 1


async def test_addresses_of_this_machine_are_refused_where_they_are_everywhere(forger: Forger, tmp_path: Any) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/data/trunkline.db"
    async with open_scene(url, tmp_path / "data", local_upstreams="none") as scene:
        body = {"slug": "corp", "name": "Corp", "issuer": forger.issuer, "clientId": "x"}
        answer = await scene.admin.client.post("/api/identity-providers", json=body)
        assert [each["field"] for each in answer.json()["errors"]] == ["issuer"]
        assert forger.asked == []
