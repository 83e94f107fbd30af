"""Installations with somebody in them who makes batches."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
import openai
import pytest

from tests.contract.live_server import LiveServer, eventually
from tests.contract.local_installation import Person

COUNTED = "requestCount"


@dataclass
class Shop:
    """A workspace with configurations, and clients of it. ``models`` are their names."""

    live: LiveServer
    admin: Person
    workspace_id: str
    there: httpx2.AsyncClient
    key: str
    clients: list[Any] = field(default_factory=list)

    @property
    def openai(self) -> openai.AsyncOpenAI:
        """OpenAI's own client."""
        return self.openai_with(self.key)

    def openai_with(self, key: str) -> openai.AsyncOpenAI:
        """The same with another key."""
        client = openai.AsyncOpenAI(api_key=key, base_url=f"{self.live.url}/v1", max_retries=0)
        self.clients.append(client)
        return client

    async def configure(self, name: str, provider: str = "demo", model: str = "demo-chat", **fields: Any) -> str:
        """A configuration that all of the workspace share. Its id."""
        body = {"name": name, "provider": provider, "model": model, "shared": True, **fields}
        answer = await self.there.post("/api/configurations", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    async def make_key(self, **fields: Any) -> str:
        """Another key of the workspace."""
        return (await self.admin.make_key(self.workspace_id, **fields))["key"]

    async def list_calls(self, count: int) -> list[dict[str, Any]]:
        """The calls in the books, when there are so many of them."""

        async def look() -> list[dict[str, Any]] | None:
            found = (await self.there.get("/api/requests?limit=100")).json()
            return found if len(found) >= count else None

        return await eventually(look)


@pytest.fixture
async def shop(live_on_each: LiveServer) -> AsyncIterator[Shop]:
    """A workspace with the provider ``demo``, which runs no batches."""
    async with open_shop(live_on_each) as shop:
        yield shop


@asynccontextmanager
async def open_shop(live: LiveServer) -> AsyncIterator[Shop]:
    """A workspace of ``live``."""
    admin = await live.admin()
    workspace_id = await admin.make_workspace("Shop")
    made = await admin.make_key(workspace_id)
    shop = Shop(live, admin, workspace_id, admin.at(workspace_id), made["key"])
    yield shop
    for client in shop.clients:
        await client.close()


def write_lines(bodies: Sequence[dict[str, Any]], url: str = "/v1/chat/completions") -> bytes:
    """The file of an OpenAI batch: ``r-1``, ``r-2`` …"""
    return b"".join(
        json.dumps({"custom_id": f"r-{number}", "method": "POST", "url": url, "body": body}).encode() + b"\n"
        for number, body in enumerate(bodies, 1)
    )


def ask(text: str, model: str = "one", **fields: Any) -> dict[str, Any]:
    """A request for a chat completion."""
    return {"model": model, "messages": [{"role": "user", "content": text}], **fields}
