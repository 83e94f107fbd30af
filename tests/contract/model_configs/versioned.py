"""A configuration with versions, as somebody meets it who changes them."""

from __future__ import annotations

from typing import Any

from tests.contract.model_configs.program import Program


class Versioned:
    """A configuration and its versions."""

    def __init__(self, program: Program, config: dict[str, Any]) -> None:
        self.program = program
        self.config = config
        self.path = f"/model-configs/{config['_id']}/versions"

    async def add(self, version: str, **fields: Any) -> dict[str, Any]:
        answer = await self.program.client.post(self.path, json={"version": version, **fields})
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def change(self, version: dict[str, Any], **fields: Any) -> dict[str, Any]:
        answer = await self.program.client.put(f"{self.path}/{version['_id']}", json=fields)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def list(self) -> list[dict[str, Any]]:
        answer = await self.program.client.get(self.path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def shares(self) -> dict[str, float]:
        return {each["version"]: each["trafficPercent"] for each in await self.list() if each["isActive"]}


async def versioned(program: Program, **fields: Any) -> Versioned:
    return Versioned(program, await program.make(**fields))
