from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from tests.unit.cli.fakes import Reply, Wire
from tests.unit.cli.test_routes import configuration, reply, route
from typer.testing import CliRunner

from trunkline.cli import cache as module
from trunkline.cli.application import app


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Any:
    def start(arguments: list[str], *answers: Reply) -> tuple[Any, Wire]:
        wire = Wire(list(answers))
        monkeypatch.setattr(module, "call", lambda work: asyncio.run(work(wire.api())))
        return CliRunner().invoke(app, ["cache", *arguments], env={"COLUMNS": "200"}), wire

    return start


def test_how_it_stands(run: Any) -> None:
    standing = {
        "storage": "redis", "hits": 3000, "misses": 1000, "savedNanos": 1_250_000_000, "savedUSD": 1.25,
        "entries": 12, "bytes": 2048,
    }  # fmt: skip
    done, _ = run(["status"], reply(standing))
    assert done.exit_code == 0, done.output
    for words in ("3,000 (75.0%)", "1,000", "$1.25", "12", "2.0 KiB", "Redis"):
        assert words in done.output
    assert json.loads(run(["status", "--json"], reply(standing))[0].output) == standing


def test_nothing_asked_yet_is_no_share_of_anything(run: Any) -> None:
    standing = {"storage": "memory", "hits": 0, "misses": 0, "savedUSD": 0, "entries": 0, "bytes": 0}
    done, _ = run(["status"], reply(standing))
    assert "%" not in done.output
    assert "memory" in done.output


@pytest.mark.parametrize(
    ("kind", "found", "path"),
    [
        ("route", [route("faq", "priority")], "/api/routes/route-faq"),
        ("configuration", [configuration("faq")], "/api/configurations/id-faq"),
        ("feature", [{"slug": "faq", "name": "FAQ"}], "/api/features/faq"),
    ],
)
def test_what_is_kept_is_said_of_one_thing(run: Any, kind: str, found: Any, path: str) -> None:
    done, wire = run(["on", kind, "faq", "--seconds", "60", "--similar", "v"], reply(found), reply({}))
    assert done.exit_code == 0, done.output
    assert "kept for 60 seconds" in done.output
    assert wire.requests[-1].url.target == path
    assert json.loads(wire.requests[-1].body)["caching"] == {
        "ttlSeconds": 60, "scope": "user", "withTools": False, "semantic": {"model": "v", "threshold": 0.95},
    }  # fmt: skip
    done, wire = run(["off", kind, "faq"], reply(found), reply({}))
    assert json.loads(wire.requests[-1].body) == {"caching": None}


def test_emptying_it_is_asked_about(run: Any) -> None:
    done, wire = run(["clear", "--yes"], reply({"success": True}))
    assert "empty" in done.output
    assert [(one.method, one.url.target) for one in wire.requests] == [("DELETE", "/api/cache")]
