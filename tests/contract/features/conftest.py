"""A whole installation beside an OpenRouter of the test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.contract.features.openrouter import KEY, OpenRouter, start
from tests.contract.live_server import LiveServer, open_live_server
from tests.contract.local_installation import Person


@dataclass
class FeatureWorkspace:
    """An admin and a member of one workspace, and what they ask."""

    live: LiveServer
    openrouter: OpenRouter
    person: Person
    workspace: str
    admin: httpx2.AsyncClient
    member: httpx2.AsyncClient
    member_person: Person

    async def share(self, **fields: Any) -> str:
        """Share a configuration of OpenRouter with the workspace; its id."""
        body = {
            "name": "OpenRouter",
            "provider": "openrouter",
            "model": "openai/gpt-4o",
            "apiKey": KEY,
            "baseUrl": self.openrouter.url,
            "shared": True,
            **fields,
        }
        answer = await self.admin.post("/api/configurations", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    async def put(self, slug: str = "chat-assistant", **fields: Any) -> dict[str, Any]:
        """Change a feature as its admin; the answer."""
        answer = await self.admin.put(f"/api/features/{slug}", json=fields)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def get(self, slug: str = "chat-assistant") -> dict[str, Any]:
        answer = await self.admin.get(f"/api/features/{slug}")
        assert answer.status_code == 200, answer.text
        return answer.json()


async def make_feature_workspace(live: LiveServer, openrouter: OpenRouter) -> FeatureWorkspace:
    person = await live.admin()
    workspace = await person.make_workspace()
    member = await live.add_user(person, "member@example.com")
    await live.join(person, workspace, member, "member")
    return FeatureWorkspace(live, openrouter, person, workspace, person.at(workspace), member.at(workspace), member)


@pytest.fixture
async def openrouter() -> AsyncIterator[OpenRouter]:
    async with start() as running:
        yield running


@pytest.fixture
async def team(openrouter: OpenRouter, tmp_path: Path) -> AsyncIterator[FeatureWorkspace]:
    """On SQLite."""
    async with open_live_server(tmp_path / "whole", tests_per_minute=1000) as live:
        yield await make_feature_workspace(live, openrouter)


@pytest.fixture
async def team_on_each(openrouter: OpenRouter, database_url: str, tmp_path: Path) -> AsyncIterator[FeatureWorkspace]:
    """Once on each kind of database."""
    async with open_live_server(tmp_path / "whole", database_url, tests_per_minute=1000) as live:
        yield await make_feature_workspace(live, openrouter)
