from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from tests.unit.cli.fakes import Reply, Wire
from typer.testing import CliRunner

from trunkline.cli import status as module
from trunkline.cli.application import app


def part(**fields: Any) -> dict[str, Any]:
    return {
        "name": "mine", "provider": "openai", "state": "healthy", "since": "2026-01-31T12:00:00Z", "uptime": 0.995,
        "calls": 1200, "p50Ms": 840, "p95Ms": 2000, "lastError": None, "breakers": [], **fields,
    }  # fmt: skip


def page(*parts: dict[str, Any], state: str = "healthy") -> Reply:
    return Reply(200, [json.dumps({"state": state, "configurations": parts, "providers": []}).encode()])


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Any:
    def start(arguments: list[str], *answers: Reply) -> tuple[Any, Wire]:
        wire = Wire(list(answers))
        monkeypatch.setattr(module, "call", lambda work: asyncio.run(work(wire.api())))
        return CliRunner().invoke(app, ["status", *arguments], env={"COLUMNS": "200"}), wire

    return start


def test_each_configuration_with_its_figures(run: Any) -> None:
    rejected = part(
        name="other", state="unauthorized", uptime=None, p50Ms=None, breakers=[{}],
        lastError={"message": "The provider rejected the key of a call."},
    )  # fmt: skip
    done, _ = run([], page(part(), rejected, state="unauthorized"))
    assert done.exit_code == 0, done.output
    for words in ("99.50%", "1,200", "840 ms", "key rejected (routes pass it over)", "The provider rejected the key"):
        assert words in done.output
    assert "Over all: key rejected. Figures are of 22.5 hours." in done.output


def test_days_and_the_document_itself(run: Any) -> None:
    done, wire = run(["--cell", "day"], page(part()))
    assert "Figures are of 90 days." in done.output
    assert "cell=day" in str(wire.requests[0].url)
    done, _ = run(["--json"], page(part()))
    assert json.loads(done.output)["configurations"][0]["name"] == "mine"


def test_without_configurations_the_next_step_is_said(run: Any) -> None:
    done, _ = run([], page(state="unknown"))
    assert "trunkline configurations add" in done.output
