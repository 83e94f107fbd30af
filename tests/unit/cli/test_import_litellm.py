from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.cli.fakes import Reply, Wire
from typer.testing import CliRunner

from trunkline.cli import import_litellm
from trunkline.cli.application import app
from trunkline.cli.import_litellm import make, read_yaml
from trunkline.core.errors import InvalidInput, Unavailable
from trunkline.providers.litellm import read_plan

FILE = """
model_list:
  - model_name: claude
    litellm_params: {model: anthropic/claude-sonnet-4-5, api_key: os.environ/MY_KEY, temperature: 0.2}
  - model_name: there
    litellm_params: {model: ollama/llama3.2}
  - model_name: keyless
    litellm_params: {model: groq/x, api_key: os.environ/NOT_SET}
  - model_name: bad
    litellm_params: {model: ollama/x, top_p: 7}
general_settings: {master_key: sk-master-0123456789}
"""
THERE = {
    "id": "1", "name": "there", "provider": "ollama", "model": "llama3.2", "apiKey": None, "baseUrl": None,
    "configuration": {}, "isActive": True, "shared": False, "lastTested": None, "testStatus": "untested",
}  # fmt: skip
KEY = "sk-ant-0123456789abcdef"


def made(name: str, **fields: Any) -> dict[str, Any]:
    """The server's word on a configuration."""
    return {**THERE, "id": f"id-{name}", "name": name, **fields}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(FILE)
    return path


def reply(value: Any, status: int = 200) -> Reply:
    return Reply(status, [json.dumps(value).encode()])


async def test_each_model_has_its_result(file: Path) -> None:
    wire = Wire([reply([THERE]), reply([]), reply(made("claude"), 201), reply({"message": "topP: at most 1"}, 400)])
    plan = read_plan(read_yaml(file), {"MY_KEY": KEY})
    rows, routes = await make(wire.api(), plan, shared=True)
    assert routes == []
    assert [(row.name, row.outcome) for row in rows] == [
        ("claude", "made"), ("there", "is there already"), ("keyless", "needs its key"), ("bad", "refused"),
    ]  # fmt: skip
    assert rows[3].notes == ["topP: at most 1"]
    assert [row.key for row in rows] == ["MY_KEY", "–", "NOT_SET (not set)", "–"]
    assert json.loads(wire.requests[2].body) == {
        "name": "claude", "provider": "anthropic", "model": "claude-sonnet-4-5", "apiKey": KEY,
        "configuration": {"temperature": 0.2}, "shared": True,
    }  # fmt: skip
    assert json.loads(wire.requests[3].body)["baseUrl"] == "http://127.0.0.1:11434"


async def test_a_server_that_goes_away_ends_it(file: Path) -> None:
    wire = Wire([reply([THERE]), reply([]), reply({"message": "draining"}, 503)])
    with pytest.raises(Unavailable):
        await make(wire.api(), read_plan(read_yaml(file), {"MY_KEY": KEY}), shared=False)


ROUTED = """
model_list:
  - model_name: fast
    litellm_params: {model: ollama/one, weight: 3}
  - model_name: fast
    litellm_params: {model: ollama/two, weight: 1}
  - model_name: slow
    litellm_params: {model: groq/three, api_key: os.environ/MY_KEY}
  - model_name: bad
    litellm_params: {model: ollama/four}
router_settings:
  fallbacks: [{slow: [fast]}, {bad: [fast]}]
"""


@pytest.fixture
def routed(tmp_path: Path) -> Path:
    path = tmp_path / "routed.yaml"
    path.write_text(ROUTED)
    return path


async def test_routes_are_made_over_shared_configurations(routed: Path) -> None:
    there = [made("fast"), made("fast 2", shared=True)]
    wire = Wire(
        [
            reply(there), reply([{"name": "slow"}]),
            reply(made("slow", shared=True), 201), reply({"message": "no"}, 400),
            reply(made("fast", shared=True)), reply({}, 201), reply({"message": "Only admins"}, 403),
        ]
    )  # fmt: skip
    _, routes = await make(wire.api(), read_plan(read_yaml(routed), {"MY_KEY": KEY}), shared=False)
    assert [(row.name, row.strategy, row.outcome) for row in routes] == [
        ("fast", "weighted", "made"), ("slow", "weighted", "is there already"), ("bad", "weighted", "refused"),
    ]  # fmt: skip
    assert [row.targets for row in routes] == [
        ["fast", "fast 2"],
        ["slow", "fast", "fast 2"],
        ["bad", "fast", "fast 2"],
    ]
    sent = [(request.method, request.url.target, json.loads(request.body or b"null")) for request in wire.requests]
    assert sent[2][2]["shared"] is True, "a route leads to it"
    assert sent[4] == ("PUT", "/api/configurations/id-fast", {"shared": True})
    assert sent[5][2] == {
        "name": "fast",
        "strategy": "weighted",
        "targets": [
            {"configurationId": "id-fast", "priority": 0, "weight": 3},
            {"configurationId": "id-fast 2", "priority": 0, "weight": 1},
        ],
    }
    assert routes[0].notes == ["fast is shared with the workspace now"]
    assert [target["configurationId"] for target in sent[6][2]["targets"]] == ["id-fast", "id-fast 2"]
    assert "bad could not be made and is no target" in routes[2].notes
    assert "Only admins" in routes[2].notes


async def test_a_route_waits_for_the_keys_of_what_it_leads_to(routed: Path) -> None:
    there = [made("fast", shared=True), made("fast 2", shared=True), made("bad", shared=True)]
    wire = Wire([reply(there), reply([{"name": "fast"}, {"name": "bad"}])])
    _, routes = await make(wire.api(), read_plan(read_yaml(routed), {}), shared=False)
    assert [(row.name, row.outcome) for row in routes] == [
        ("fast", "is there already"), ("slow", "waits for its targets"), ("bad", "is there already"),
    ]  # fmt: skip
    assert "slow: no key yet" in routes[1].notes


async def test_doing_it_again_makes_nothing(routed: Path) -> None:
    there = [made(name, shared=True) for name in ("fast", "fast 2", "slow", "bad")]
    wire = Wire([reply(there), reply([{"name": name} for name in ("fast", "slow", "bad")])])
    rows, routes = await make(wire.api(), read_plan(read_yaml(routed), {"MY_KEY": KEY}), shared=False)
    assert {row.outcome for row in (*rows, *routes)} == {"is there already"}
    assert [request.method for request in wire.requests] == ["GET", "GET"]


@pytest.fixture
def no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(work: object) -> None:
        raise Unavailable("No server answers.")

    monkeypatch.setattr(import_litellm, "call", refuse)
    monkeypatch.setenv("MY_KEY", KEY)


@pytest.mark.usefixtures("no_server")
def test_a_dry_run_needs_no_server(file: Path) -> None:
    done = CliRunner().invoke(app, ["import", "litellm", str(file), "--dry-run", "--json"])
    assert done.exit_code == 1, "a key is missing"
    report = json.loads(done.stdout)
    assert [one["outcome"] for one in report["configurations"]] == [
        "would be made", "would be made", "needs its key", "would be made",
    ]  # fmt: skip
    assert report["dryRun"] is True
    assert [one["where"] for one in report["notes"]] == ["general_settings.master_key"]


@pytest.mark.usefixtures("no_server")
def test_a_dry_run_tells_of_routes(routed: Path) -> None:
    done = CliRunner().invoke(app, ["import", "litellm", str(routed), "--dry-run", "--json"])
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert report["routes"][0] == {
        "name": "fast", "strategy": "weighted", "targets": ["fast", "fast 2"], "outcome": "would be made",
        "where": "model_name fast",
    }  # fmt: skip
    shown = CliRunner().invoke(app, ["import", "litellm", str(routed), "--dry-run"])
    assert "4 of 4 configurations and 3 of 3 routes would be made" in " ".join(shown.output.split())


@pytest.mark.usefixtures("no_server")
def test_the_report_shows_no_secret(file: Path) -> None:
    done = CliRunner().invoke(app, ["import", "litellm", str(file), "--dry-run"])
    assert "claude-sonnet-4-5" in done.output
    assert "Set NOT_SET and run this again" in done.output
    assert KEY not in done.output
    assert "sk-master" not in done.output


@pytest.mark.parametrize("text", ["a: [", "a: b: sk-secret", "\t", "!!python/object:os.system {}", "a: \xff"])
def test_what_is_no_yaml(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(InvalidInput) as raised:
        read_plan(read_yaml(path), {})
    assert "sk-secret" not in raised.value.message


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_yaml(tmp_path / "none.yaml")
