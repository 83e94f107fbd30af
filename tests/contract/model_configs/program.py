"""A program: an application, what its people change, and what its key calls."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx2

from tests.contract.live_server import LiveServer, eventually
from tests.contract.local_installation import Person


@dataclass
class Program:
    """An application with an id of its own choice, seen by the administrator unless ``client`` is another."""

    live: LiveServer
    admin: Person
    client: httpx2.AsyncClient
    id: str = field(default_factory=lambda: str(uuid4()))

    async def make(self, **fields: Any) -> dict[str, Any]:
        """A configuration of it, as the answer has it."""
        body = {"applicationId": self.id, "name": f"c{uuid4().hex[:8]}", "provider": "demo", "modelId": "demo-chat"}
        answer = await self.client.post("/model-configs", json={**body, **fields})
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def refuse(self, method: str, path: str, body: Any = None, status: int = 400) -> dict[str, str]:
        """The wrong fields of a request that is refused; its message under the empty name."""
        answer = await self.client.request(method, path, json=body)
        assert answer.status_code == status, answer.text
        said = answer.json()
        assert said["statusCode"] == status
        assert set(said) <= {"statusCode", "message", "error", "errors", "requestId"}
        return {"": said["message"], **{error["field"]: error["message"] for error in said.get("errors", [])}}

    async def list(self) -> list[dict[str, Any]]:
        """Its configurations."""
        answer = await self.client.get("/model-configs", params={"applicationId": self.id})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def share(self, upstream: str | None, key: str, **fields: Any) -> dict[str, Any]:
        """A configuration with a key that the whole workspace shares."""
        body = {"name": f"s{uuid4().hex[:8]}", "provider": "openai", "model": "gpt-4", "apiKey": key, "shared": True}
        answer = await self.client.post("/api/configurations", json={**body, "baseUrl": upstream, **fields})
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def caller(self, **fields: Any) -> httpx2.AsyncClient:
        """A client with a key of the application."""
        answer = await self.client.post("/api/keys", json={"name": "A key", "applicationId": self.id, **fields})
        assert answer.status_code == 201, answer.text
        return self.live.client(answer.json()["key"])

    async def call(self, client: httpx2.AsyncClient, model: str = "default", **headers: str) -> httpx2.Response:
        """A call through the gateway."""
        body = {"model": model, "messages": [{"role": "user", "content": "Hello"}]}
        return await client.post("/v1/chat/completions", json=body, headers=headers)

    async def events(self, count: int, **wanted: str) -> list[dict[str, Any]]:
        """The newest calls, as soon as there are as many."""

        async def look() -> list[dict[str, Any]] | None:
            found = (await self.client.get("/api/usage", params=wanted)).json()["events"]
            return found if len(found) >= count else None

        return await eventually(look)

    async def log(self, target: str) -> list[dict[str, Any]]:
        """What the audit log has on one thing, the newest first."""
        answer = await self.client.get("/api/audit", params={"targetId": target})
        assert answer.status_code == 200, answer.text
        return answer.json()


def chat_answer(text: str = "ok") -> dict[str, Any]:
    """A whole answer of OpenAI's chat wire."""
    return {
        "id": "c",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 5, "completion_tokens": 1, "total_tokens": 6},
    }
