from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from tests.unit.cli.fakes import Reply, Wire
from typer.testing import CliRunner

from trunkline.cli import routes as module
from trunkline.cli.application import app
from trunkline.cli.routes import find_route
from trunkline.core.errors import InvalidInput, NotFound


def configuration(name: str) -> dict[str, Any]:
    return {
        "id": f"id-{name}", "name": name, "provider": "demo", "model": "m", "apiKey": None, "baseUrl": None,
        "configuration": {}, "isActive": True, "shared": True, "lastTested": None, "testStatus": "pending",
    }  # fmt: skip


def route(name: str, strategy: str, *targets: tuple[str, int, int, str | None]) -> dict[str, Any]:
    return {
        "id": f"route-{name}",
        "name": name,
        "strategy": strategy,
        "isActive": True,
        "targets": [
            {"configurationName": one, "priority": priority, "weight": weight, "problem": problem}
            for one, priority, weight, problem in targets
        ],
    }


def reply(value: Any, status: int = 200) -> Reply:
    return Reply(status, [json.dumps(value).encode()])


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command against a server that gives these answers; gives its output and what was asked."""

    def start(arguments: list[str], *answers: Reply) -> tuple[Any, Wire]:
        wire = Wire(list(answers))

        def call(work: Any) -> Any:
            return asyncio.run(work(wire.api()))

        monkeypatch.setattr(module, "call", call)
        return CliRunner().invoke(app, ["routes", *arguments]), wire

    return start


def test_list(run: Any) -> None:
    there = [
        route("fast", "weighted", ("a", 0, 3, None), ("b", 0, 1, "It is not active."), ("c", 1, 1, None)),
        route("safe", "priority", ("a", 0, 1, None), ("", 1, 1, "private")),
    ]
    done, _ = run(["list"], reply(there))
    shown = " ".join(done.output.split())
    assert "a ×3, b ×1 (off), then c ×1" in shown
    assert "a, then a private one (off)" in shown
    done, _ = run(["list", "--json"], reply(there))
    assert json.loads(done.stdout) == there
    done, _ = run(["list"], reply([]))
    assert "Make one" in done.output


def test_add(run: Any) -> None:
    there = [configuration(name) for name in ("a", "b", "c")]
    made = route("fast", "weighted", ("a", 0, 3, None), ("b", 0, 1, None), ("c", 1, 1, None))
    arguments = ["add", "fast", "a", "b", "--strategy", "weighted", "--weight", "3", "--weight", "1", "--fallback", "c"]
    done, wire = run(arguments, reply(there), reply(there), reply(there), reply(made, 201))
    assert done.exit_code == 0, done.output
    assert json.loads(wire.requests[-1].body) == {
        "name": "fast",
        "strategy": "weighted",
        "targets": [
            {"configurationId": "id-a", "weight": 3},
            {"configurationId": "id-b", "weight": 1},
            {"configurationId": "id-c", "priority": 1},
        ],
    }
    assert "fast is ready" in done.output


def test_add_with_what_is_kept_for_failures(run: Any) -> None:
    there = [configuration(name) for name in ("a", "b", "c")]
    made = route("fast", "priority", ("a", 0, 1, None))
    arguments = ["add", "fast", "a", "--too-long", "b", "--filtered", "c", "--hedge-ms", "0", "--cache", "60"]
    done, wire = run(arguments, reply(there), reply(there), reply(there), reply(made, 201))
    assert done.exit_code == 0, done.output
    assert json.loads(wire.requests[-1].body) == {
        "name": "fast",
        "strategy": "priority",
        "targets": [
            {"configurationId": "id-a", "weight": 1},
            {"configurationId": "id-b", "fallbackFor": "contextWindow"},
            {"configurationId": "id-c", "fallbackFor": "contentFilter"},
        ],
        "hedging": {"afterMs": None},
        "caching": {"ttlSeconds": 60},
    }


def test_conditions_of_one_target(run: Any) -> None:
    whole = route("fast", "priority", ("a", 0, 1, None), ("b", 0, 1, None))
    for name, target in zip("ab", whole["targets"], strict=True):
        target["configurationId"] = f"id-{name}"
    arguments = [
        "condition", "fast", "b", "--max-tokens", "99", "--tag", "batch", "--metadata", "team=red", "--family", "gpt",
        "--hours", "08:00-18:00", "--time-zone", "Europe/Berlin", "--day", "monday",
    ]  # fmt: skip
    done, wire = run(arguments, reply([whole]), reply(whole), reply([configuration("b")]), reply(whole))
    assert done.exit_code == 0, done.output
    sent = json.loads(wire.requests[-1].body)["targets"]
    assert "conditions" not in sent[0]
    assert sent[1]["conditions"] == {
        "maxInputTokens": 99,
        "tags": ["batch"],
        "metadata": {"team": "red"},
        "modelFamilies": ["gpt"],
        "hours": {"start": "08:00", "end": "18:00", "timeZone": "Europe/Berlin", "days": ["monday"]},
    }
    done, wire = run(
        ["condition", "fast", "b"], reply([whole]), reply(whole), reply([configuration("b")]), reply(whole)
    )
    assert json.loads(wire.requests[-1].body)["targets"][1]["conditions"] is None
    assert "all requests" in done.output


def test_conditions_of_the_whole_route(run: Any) -> None:
    whole = route("fast", "priority", ("a", 0, 1, None))
    done, wire = run(["condition", "fast", "--tag", "batch"], reply([whole]), reply(whole))
    assert done.exit_code == 0, done.output
    assert json.loads(wire.requests[-1].body) == {"conditions": {"tags": ["batch"]}, "otherwiseId": None}
    assert "fast takes requests that fulfil the conditions" in done.output
    done, wire = run(["condition", "fast"], reply([whole]), reply(whole))
    assert json.loads(wire.requests[-1].body) == {"conditions": None, "otherwiseId": None}
    done, _ = run(["list"], reply([whole | {"conditions": {"tags": ["batch"]}}]))
    assert "active (conditions)" in done.output


def test_weights_are_for_each(run: Any) -> None:
    done, wire = run(["add", "fast", "a", "b", "--weight", "3"])
    assert isinstance(done.exception, InvalidInput)
    assert "one --weight for each configuration: 2, not 1" in done.exception.message
    assert wire.requests == []


def test_remove(run: Any) -> None:
    done, wire = run(["remove", "fast"], reply([route("fast", "priority")]), reply({"success": True}))
    assert "fast is removed" in done.output
    assert (wire.requests[-1].method, wire.requests[-1].url.target) == ("DELETE", "/api/routes/route-fast")


async def test_the_nearest_is_named() -> None:
    there = [route("fast", "priority"), route("slow", "priority")]
    assert (await find_route(Wire([reply(there)]).api(), "route-slow")).name == "slow"
    with pytest.raises(NotFound, match=r"Did you mean fast\?"):
        await find_route(Wire([reply(there)]).api(), "fats")
    with pytest.raises(NotFound, match="routes list"):
        await find_route(Wire([reply([])]).api(), "x")
