"""A program that keeps its user's models in one document: its user, its requests, and how it encrypts keys."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from tests.contract.configurations import upstream as upstreams
from tests.contract.configurations.upstream import Upstream
from tests.contract.live_server import LiveServer, open_live_server
from tests.contract.local_installation import Person
from trunkline.app import calls
from trunkline.providers import registry

CREATE = "/api/v1/create/ai-model-config"
GET = "/api/v1/get/ai-model-config"
UPDATE = "/api/v1/update/ai-model-config"
KEY = "sk-proj-canary-0123456789abcdefghij-x7Qd"
OPENAI = "https://api.openai.com:443"


def model(provider: str = "Demo", name: str = "demo-chat", **fields: Any) -> dict[str, Any]:
    """A model of a document; one that needs neither key nor network."""
    return {"provider": provider, "type": "chat", "model": name, "isPaid": False, **fields}


def document(*models: dict[str, Any], prompt: str = "Answer briefly.") -> dict[str, Any]:
    return {"models": list(models), "system_prompt": prompt}


@dataclass
class Program:
    """A program of one user."""

    person: Person
    client: httpx2.AsyncClient
    before: set[str]
    """The configurations that were there already."""

    async def create(self, *models: dict[str, Any], **rest: Any) -> dict[str, Any]:
        answer = await self.client.post(CREATE, json=document(*models, **rest))
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def update(self, *models: dict[str, Any], **rest: Any) -> dict[str, Any]:
        answer = await self.client.put(UPDATE, json=document(*models, **rest))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def get(self, *, keys: bool = False) -> dict[str, Any]:
        answer = await self.client.get(GET, params={"includeEncryptedKeys": "true"} if keys else {})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def configurations(self) -> list[dict[str, Any]]:
        """Those that came since, the oldest first."""
        listed = (await self.client.get("/api/configurations")).json()
        return [each for each in reversed(listed) if each["id"] not in self.before]

    async def change(self, configuration_id: str, **fields: Any) -> dict[str, Any]:
        """Change a configuration through its own face."""
        answer = await self.client.put(f"/api/configurations/{configuration_id}", json=fields)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def seal(self, key: str = KEY, origin: str = OPENAI, workspace: str | None = None) -> str:
        """The key as a browser seals it: HPKE over what ``GET /api/encryption-key`` says, for this user and place."""
        published = (await self.client.get("/api/encryption-key")).json()
        public = X25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(published["publicKey"] + "="))
        workspace = workspace or await self.person.personal()
        bound = ["trunkline/1", published["instance"], published["kid"], self.person.id, workspace, origin]
        info = json.dumps(bound, separators=(",", ":")).encode()
        sealed = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM).encrypt(key.encode(), public, info)
        return f"tl1.{published['kid']}.{base64.urlsafe_b64encode(sealed).rstrip(b'=').decode()}"

    async def call(self, name: str, **fields: Any) -> httpx2.Response:
        """Call a model as any client of the gateway does."""
        key = await self.person.make_key()
        body = {"model": name, "messages": [{"role": "user", "content": "Hello"}], **fields}
        return await self.person.installed.client(key["key"]).post("/v1/chat/completions", json=body)


async def program_of(person: Person) -> Program:
    before = {each["id"] for each in (await person.client.get("/api/configurations")).json()}
    return Program(person, person.client, before)


@pytest.fixture
async def program(live: LiveServer) -> Program:
    """On SQLite."""
    return await program_of(await live.admin())


@pytest.fixture
async def program_on_each(live_on_each: LiveServer) -> Program:
    """On each kind of database."""
    return await program_of(await live_on_each.admin())


@pytest.fixture
async def openai() -> AsyncIterator[Upstream]:
    """A server of this test's that plays OpenAI."""
    async with upstreams.start() as upstream:
        upstream.answer(
            "POST /v1/chat/completions",
            {
                "id": "c",
                "object": "chat.completion",
                "created": 1,
                "model": "gpt-4",
                "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi."}, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7},
            },
        )
        yield upstream


@pytest.fixture
async def played(
    openai: Upstream, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Program]:
    """A program on an installation for which OpenAI is that server."""
    row = msgspec.structs.replace(registry.PROVIDERS["openai"], base_url=f"{openai.url}/v1")
    monkeypatch.setitem(registry._BY_NAME, "openai", row)
    monkeypatch.setattr(calls, "PROVIDERS", {**registry.PROVIDERS, "openai": row})
    async with open_live_server(tmp_path / "whole", database_url) as live:
        yield await program_of(await live.admin())
