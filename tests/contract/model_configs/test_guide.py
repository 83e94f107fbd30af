"""What the guide shows works as it is written."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.contract.model_configs.program import Program

GUIDE = (Path(__file__).parents[3] / "docs/guide/model-configs.md").read_text(encoding="utf-8")
COMMAND = re.compile(
    r"curl (?:-s )?(?:-X (?P<method>\w+) )?\$TRUNKLINE_URL"
    r"(?P<path>\S+).*?-d '(?P<body>.*?)'(?: \| jq -r \._id\))?\n```",
    re.DOTALL,
)


async def test_the_commands_of_the_guide(local: Program) -> None:
    commands = [found.groupdict() for found in COMMAND.finditer(GUIDE)]
    assert [command["path"] for command in commands] == [
        "/model-configs",
        "/v1/chat/completions",
        "/model-configs/$ID/versions",
    ]
    config = ""
    for command in commands:
        body = json.loads(command["body"].replace("'$APP'", local.id))
        asking = await local.caller() if command["path"].startswith("/v1/") else local.client
        answer = await asking.post(command["path"].replace("$ID", config), json=body)
        assert answer.status_code in {200, 201}, answer.text
        config = config or answer.json()["_id"]
    versions = (await local.client.get(f"/model-configs/{config}/versions")).json()
    assert [(each["version"], each["trafficPercent"]) for each in versions] == [("v1", 70), ("v2", 30)]


async def test_the_guide_shows_the_defaults_that_are_shown(local: Program) -> None:
    shown = (await local.make())["settings"]
    for name in ("temperature", "maxTokens", "topP"):
        row = re.search(rf"\| `{name}` \|[^|]*\| (\S+) \|", GUIDE)
        assert row is not None
        assert float(row[1]) == shown[name]
