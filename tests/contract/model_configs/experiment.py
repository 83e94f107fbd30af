"""An experiment through the API: its versions, its calls and its figures."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2

from tests.contract.live_server import eventually
from tests.contract.model_configs.program import Program


async def add_version(program: Program, config_id: str, version: str, percent: float, **fields: Any) -> dict[str, Any]:
    body = {"version": version, "trafficPercent": percent, **fields}
    answer = await program.client.post(f"/model-configs/{config_id}/versions", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def list_versions(program: Program, config_id: str) -> dict[str, dict[str, Any]]:
    answer = await program.client.get(f"/model-configs/{config_id}/versions")
    return {version["version"]: version for version in answer.json()}


async def look(program: Program, config_id: str, **query: Any) -> dict[str, Any]:
    answer = await program.client.get(f"/model-configs/{config_id}/experiment", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def call_as(
    program: Program, caller: httpx2.AsyncClient, users: list[str], config: dict[str, Any]
) -> dict[str, str]:
    """Which version served each user."""
    served: dict[str, str] = {}

    async def call(user: str) -> None:
        answer = await program.call(caller, config["_id"], **{"X-User-Id": user})
        served[user] = answer.headers.get("x-trunkline-version", "")

    for at in range(0, len(users), 10):
        await asyncio.gather(*(call(user) for user in users[at : at + 10]))
    return served


async def count(program: Program, config_id: str, requests: int) -> dict[str, Any]:
    """The experiment, as soon as it has counted so many."""

    async def counted() -> dict[str, Any] | None:
        found = await look(program, config_id)
        return found if sum(version["requests"] for version in found["versions"]) >= requests else None

    return await eventually(counted)
