"""A workspace whose calls are held to policies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx2

from tests.contract.live_server import LiveServer, eventually
from tests.contract.local_installation import Person

Json = dict[str, Any]


@dataclass
class PolicyWorkspace:
    """A workspace of the administrator's, with a configuration ``Try`` and a key that calls it."""

    live: LiveServer
    admin: Person
    workspace_id: str
    there: httpx2.AsyncClient
    caller: httpx2.AsyncClient
    key_id: str

    async def make(self, path: str, body: Json) -> Json:
        """Something new in the workspace."""
        answer = await self.there.post(path, json=body)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()

    async def add(self, **fields: Any) -> Json:
        """A policy of the workspace that blocks, unless ``fields`` say otherwise."""
        body: Json = {
            "name": "House rule",
            "content": "Nothing secret may be sent.",
            "riskType": "HIGH",
            "actionType": 2,
            "workspaceId": self.workspace_id,
            **fields,
        }
        return (await self.make("/policy", body))["policy"]

    async def chat(self, text: str = "Hello", **fields: Any) -> httpx2.Response:
        """A chat call of the program."""
        body = {"model": "Try", "messages": [{"role": "user", "content": text}], **fields}
        return await self.caller.post("/v1/chat/completions", json=body)

    async def listed(self, path: str) -> list[Json]:
        """The violations at ``path`` as of now."""
        answer = await self.there.get(path)
        assert answer.status_code == 200, answer.text
        found: list[Json] = answer.json()["violations"]
        assert answer.json()["total"] == len(found)
        return found

    async def violations(self, count: int = 1, path: str = "/policy/violations") -> list[Json]:
        """The workspace's violations, as soon as there are so many."""

        async def look() -> list[Json] | None:
            found = await self.listed(path)
            return found if len(found) >= count else None

        return await eventually(look)


async def make_policy_workspace(live: LiveServer) -> PolicyWorkspace:
    """A workspace with a configuration of the demo provider, which needs neither key nor network."""
    admin = await live.admin()
    workspace_id = await admin.make_workspace()
    there = admin.at(workspace_id)
    key = await admin.make_key(workspace_id)
    team = PolicyWorkspace(live, admin, workspace_id, there, live.client(key["key"]), key["id"])
    await team.make("/api/configurations", {"name": "Try", "provider": "demo", "model": "demo-chat", "shared": True})
    return team
