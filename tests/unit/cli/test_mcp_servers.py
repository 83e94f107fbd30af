"""``trunkline mcp-servers``: what it asks for, and what it says."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from tests.unit.cli.fakes import Reply, Wire
from typer.testing import CliRunner

from trunkline.cli import mcp_servers, record_commands
from trunkline.cli.application import app

ID = "019a5f0e-7c1b-7d9a-9a53-0f4c8a1b2c3d"
SERVER: dict[str, Any] = {
    "id": ID, "name": "issues", "url": "https://x.example", "auth": "none", "tools": ["a", "b"], "keys": None,
    "enabled": True,
}  # fmt: skip


def reply(value: Any, status: int = 200) -> Reply:
    return Reply(status, [json.dumps(value).encode()])


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Any:
    def start(arguments: list[str], *answers: Reply, environment: dict[str, str] | None = None) -> tuple[Any, Wire]:
        wire = Wire(list(answers))
        for module in (mcp_servers, record_commands):
            monkeypatch.setattr(module, "call", lambda work: asyncio.run(work(wire.api())))
        return CliRunner(env=environment).invoke(app, ["mcp-servers", *arguments]), wire

    return start


def body(wire: Wire) -> Any:
    return json.loads(wire.requests[-1].body)


def test_they_are_listed(run: Any) -> None:
    done, _ = run(["list"], reply([SERVER]))
    for said in ("issues", "https://x.example", "a, b", "all"):
        assert said in done.output


def test_one_is_added_with_a_header(run: Any) -> None:
    done, wire = run(
        ["add", "issues", "https://x.example", "--tool", "a", "--header", "X-Key", "--secret-env", "S"],
        reply(SERVER, 201),
        environment={"S": "secret"},
    )
    headers = {"auth": "headers", "headers": {"X-Key": "secret"}}
    assert body(wire) == {"name": "issues", "url": "https://x.example", "tools": ["a"], **headers}
    assert "issues is added. API keys reach it at /mcp/issues." in done.output
    assert "secret" not in done.output


def test_one_is_added_with_oauth(run: Any) -> None:
    _, wire = run(
        ["add", "issues", "https://x.example", "--token-url", "https://t.example", "--client-id", "us", "--secret-env",
         "S"],
        reply(SERVER, 201), environment={"S": "secret"},
    )  # fmt: skip
    oauth = {"auth": "oauth", "tokenUrl": "https://t.example", "clientId": "us", "clientSecret": "secret"}
    assert body(wire) == {"name": "issues", "url": "https://x.example", **oauth}


def test_a_test_shows_the_tools(run: Any) -> None:
    told = {"ok": True, "reason": None, "tools": [{"name": "search", "description": "Find.\nMore."}]}
    done, wire = run(["test", "issues"], reply([SERVER]), reply(told))
    assert str(wire.requests[-1].url).endswith(f"/api/mcp-servers/{ID}/test")
    assert done.exit_code == 0
    assert "search" in done.output
    assert "More" not in done.output


def test_a_test_that_fails_says_why(run: Any) -> None:
    done, _ = run(["test", "issues"], reply([SERVER]), reply({"ok": False, "reason": "It lies.", "tools": []}))
    assert (done.exit_code, done.output) == (1, "It lies.\n")
