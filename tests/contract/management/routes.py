"""Making configurations and routes over HTTP, and asking them."""

from __future__ import annotations

from typing import Any

import httpx2

NOBODY = "019a5f0e-7c1b-7d9a-9a53-0f4c8a1b2c3d"


async def make_configuration(there: httpx2.AsyncClient, name: str, **fields: Any) -> dict[str, Any]:
    body = {"name": name, "provider": "demo", "model": "demo-chat", "shared": True, **fields}
    answer = await there.post("/api/configurations", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def make_route(there: httpx2.AsyncClient, name: str, *ids: str, **fields: Any) -> dict[str, Any]:
    body = {"name": name, "targets": [{"configurationId": each} for each in ids], **fields}
    answer = await there.post("/api/routes", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def fields_of(answer: httpx2.Response) -> list[str]:
    assert answer.status_code == 400, answer.text
    return [wrong["field"] for wrong in answer.json()["errors"]]


async def ask(there: httpx2.AsyncClient, model: str) -> httpx2.Response:
    body = {"model": model, "messages": [{"role": "user", "content": "hello"}]}
    return await there.post("/v1/chat/completions", json=body)
