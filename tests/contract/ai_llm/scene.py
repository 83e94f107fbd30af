"""What the suites of this face start from: a team, its entries, and a provider on this machine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from tests.contract.live_server import LiveServer
from trunkline.app.resources import Resources
from trunkline.storage.database import Database

SECRET = "sk-proj-canary-0123456789abcdefghij-x7Qd"
OPENAI = "https://api.openai.com/v1"
NOBODYS = "019a5f0e-7c1b-7d9a-9a53-0f4c8a1b2c3d"


def entry(workspace_id: str, **fields: Any) -> dict[str, Any]:
    """The body of a new entry."""
    return {
        "name": "Production OpenAI",
        "aiType": "OPENAI",
        "endpoint": OPENAI,
        "secret": SECRET,
        "workspaceId": workspace_id,
        **fields,
    }


async def make(client: httpx2.AsyncClient, workspace_id: str, **fields: Any) -> str:
    """A new entry's id."""
    answer = await client.post("/ai/llm", json=entry(workspace_id, **fields))
    assert answer.status_code == 200, answer.text
    return answer.json()["aiLlmId"]


async def listed(client: httpx2.AsyncClient, query: str = "") -> list[dict[str, Any]]:
    """The entries that a client sees."""
    answer = await client.get(f"/ai/llm{query}")
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"success", "aiLlms"}
    assert answer.json()["success"] is True
    return answer.json()["aiLlms"]


async def shown(client: httpx2.AsyncClient, ai_llm_id: str) -> dict[str, Any]:
    """One of them."""
    (found,) = [item for item in await listed(client) if item["id"] == ai_llm_id]
    return found


def failed(answer: httpx2.Response, status: int) -> str:
    """The message of a failure, which has this face's shape and that status."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert set(body) == {"success", "message"}, body
    assert body["success"] is False
    assert body["message"]
    return body["message"]


def done(answer: httpx2.Response) -> str:
    """The message of a success."""
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert set(body) == {"success", "message"}, body
    assert body["success"] is True
    return body["message"]


@asynccontextmanager
async def database_of(live: LiveServer) -> AsyncIterator[Database]:
    """The installation's own database."""
    database = Resources.of(live.settings).database
    yield database
    await database.close()
