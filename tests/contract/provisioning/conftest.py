"""A provider with a token, and what it sends."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.contract.provisioning.idle_issuer import serve_issuer
from tests.contract.sign_on.scene import Scene, open_scene


@pytest.fixture(scope="session")
def issuer() -> Iterator[str]:
    with serve_issuer() as address:
        yield address


@dataclass
class Sender:
    """The provider as a client. ``path`` is that of its record."""

    scene: Scene
    client: httpx2.AsyncClient
    path: str

    async def send_user(self, name: str = "ann", **fields: Any) -> dict[str, Any]:
        """A new user, as Okta sends one."""
        body = {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": f"{name}@corp.example",
            "name": {"givenName": name.title(), "familyName": "Lee"},
            "emails": [{"primary": True, "value": f"{name}@corp.example", "type": "work"}],
            "displayName": f"{name.title()} Lee",
            "locale": "en-US",
            "externalId": f"00u-{name}",
            "groups": [],
            "password": "1mz050nq",
            "active": True,
            **fields,
        }
        answer = await self.client.post("/scim/v2/Users", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def send_group(self, name: str, *members: str) -> dict[str, Any]:
        """A new group."""
        body = {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
            "displayName": name,
            "members": [{"value": each} for each in members],
        }
        answer = await self.client.post("/scim/v2/Groups", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def patch(self, path: str, *operations: dict[str, Any]) -> httpx2.Response:
        """Change parts."""
        body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": list(operations)}
        return await self.client.patch(f"/scim/v2/{path}", json=body)

    async def members(self) -> dict[str, str]:
        """Who has which role in the team, by their addresses."""
        found = (await self.scene.admin.client.get(f"/api/workspaces/{self.scene.team}/members")).json()
        return {each["email"]: each["role"] for each in found if each["email"] != self.scene.admin.email}

    async def find_user(self, email: str) -> dict[str, Any]:
        """The account of that address, as the administrator sees it."""
        users = (await self.scene.admin.client.get("/api/users")).json()
        return next(each for each in users if each["email"] == email)


@pytest.fixture
async def sender(database_url: str, tmp_path: Path, issuer: str) -> AsyncIterator[Sender]:
    """On each kind of database. Its group ``staff`` is a member of the team, ``leads`` an admin."""
    async with open_scene(database_url, tmp_path / "data") as scene:
        roles = [
            {"group": "staff", "workspaceId": scene.team, "role": "member"},
            {"group": "leads", "workspaceId": scene.team, "role": "admin"},
        ]
        added = await scene.add_provider(issuer, groupRoles=roles)
        path = f"/api/identity-providers/{added['id']}"
        made = await scene.admin.client.post(f"{path}/scim-token")
        assert made.status_code == 201, made.text
        yield Sender(scene, scene.installed.client(made.json()["token"]), path)
