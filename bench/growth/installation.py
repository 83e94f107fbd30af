"""An installation in this process, wired as the real one is, and somebody who uses it."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bench.growth.asgi_client import AsgiClient
from bench.growth.bulk import Bulk
from bench.growth.filling import Filling
from bench.growth.size import Size
from trunkline.app.preparation import prepare
from trunkline.app.resources import Resources, open_ring
from trunkline.app.server import open_server
from trunkline.control.audit_chain.seal import AuditSeal
from trunkline.core.secret import Secret
from trunkline.settings import Settings

EMAIL = "owner@example.com"
PASSWORD = "correct horse battery staple"
TEXT = "Good morning, how are you? " * 40


class Installation:
    """``ask`` asks as the person in the large workspace."""

    def __init__(self, client: AsgiClient, key: str, filling: Filling) -> None:
        self.ask = client.ask
        self.filling = filling
        self._bearer = f"Bearer {key}"

    async def call(self, model: str, expected: int = 200) -> None:
        """A chat."""
        body = {"model": model, "messages": [{"role": "user", "content": TEXT}], "max_tokens": 100}
        await self.ask("POST", "/v1/chat/completions", body, expected, authorization=self._bearer)

    async def list_models(self) -> None:
        """What a program asks that offers a choice."""
        await self.ask("GET", "/v1/models", authorization=self._bearer)


async def read_seal(settings: Settings) -> AuditSeal:
    """What makes an event of the audit log one of this installation's."""
    resources = Resources.of(settings)
    try:
        return AuditSeal(await open_ring(resources))
    finally:
        await resources.database.close()


async def sign_in(client: AsgiClient) -> Any:
    """As the administrator, for the next requests. To fill a large installation takes longer than that lasts."""
    person = json.loads(await client.ask("POST", "/api/auth/login", {"email": EMAIL, "password": PASSWORD}))
    client.headers["authorization"] = f"Bearer {person['accessToken']}"
    return person


@asynccontextmanager
async def open_installation(folder: Path, url: str | None, size: Size) -> AsyncGenerator[Installation]:
    """A new one in an empty folder and database (None: SQLite in the folder), of that size."""
    settings = Settings(
        data_dir=folder,
        database_url=Secret(url) if url is not None else None,
        admin_email=EMAIL,
        admin_password=Secret(PASSWORD),
        writes_per_minute=1_000_000,
    )
    await prepare(settings)
    async with open_server(settings) as server:
        client = AsgiClient(server, {})
        person = await sign_in(client)
        workspace = json.loads(await client.ask("POST", "/api/workspaces", {"name": "Large"}, 201))["id"]
        client.headers["x-trunkline-workspace"] = workspace
        demo = {"name": "demo", "provider": "demo", "model": "demo-chat", "shared": True}
        await client.ask("POST", "/api/configurations", demo, 201)
        bulk = Bulk(settings.effective_database_url)
        filling = Filling(bulk, await read_seal(settings), workspace, person["user"]["id"])
        await filling.fill(size)
    await bulk.close()
    async with open_server(settings) as server:
        client = AsgiClient(server, client.headers)
        await sign_in(client)
        # The server begins with its copy of the snapshot; what answers a change knows all that was filled in.
        key = json.loads(await client.ask("POST", "/api/keys", {"name": "bench"}, 201))["key"]
        yield Installation(client, key, filling)
