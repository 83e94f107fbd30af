"""Running a feature, and reading what comes and what was used."""

from __future__ import annotations

import json
from typing import Any

import httpx2

from tests.contract.features.conftest import FeatureWorkspace

USED = {
    "inputTokens": 12,
    "outputTokens": 5,
    "totalTokens": 17,
    "cachedTokens": 0,
    "reasoningTokens": 0,
    "estimated": False,
}


def read_events(text: str) -> list[tuple[int, str, dict[str, Any]]]:
    """The events of a stream: id, kind, data."""
    found: list[tuple[int, str, dict[str, Any]]] = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if line and not line.startswith(":"))
        if fields:
            found.append((int(fields["id"]), fields["event"], json.loads(fields["data"])))
    return found


async def run(team: FeatureWorkspace, slug: str = "chat-assistant", **body: Any) -> httpx2.Response:
    return await team.member.post(f"/api/features/{slug}/run", json=body)


async def usage(team: FeatureWorkspace, **params: Any) -> dict[str, Any]:
    answer = await team.admin.get("/api/usage", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()
