"""``trunkline usage``, ``requests`` and ``prices``."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from tests.unit.cli.fakes import Reply, Wire
from typer.testing import CliRunner

from trunkline.cli import prices, requests, usage_parts
from trunkline.cli.application import app

SUMS = {"requestCount": 2, "errorCount": 1, "inputTokens": 30, "outputTokens": 4, "costNanos": 5, "costUSD": 0.25}
ANSWER = {
    "requests": 2,
    "costUSD": 0.25,
    "series": [{**SUMS, "from": "2026-01-01T00:00:00.000Z", "to": "2026-01-02T00:00:00.000Z"}],
    "breakdown": [{**SUMS, "key": "team-a", "name": None, "previous": SUMS | {"costUSD": 0.5}}],
    "other": None,
    "previous": {**SUMS, "from": "2025-12-01T00:00:00.000Z", "to": "2026-01-01T00:00:00.000Z"},
}


def reply(value: Any, status: int = 200) -> Reply:
    return Reply(status, [json.dumps(value).encode()])


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command against a server that gives these answers; gives its output and what was asked."""

    def start(arguments: list[str], *answers: Reply) -> tuple[Any, Wire]:
        wire = Wire(list(answers))
        for module in (prices, requests, usage_parts):
            monkeypatch.setattr(module, "call", lambda work: asyncio.run(work(wire.api())))
        return CliRunner().invoke(app, arguments), wire

    return start


def test_usage_by_tag_beside_the_time_before(run: Any) -> None:
    arguments = ["usage", "--by", "tag", "--compare", "--tz", "Asia/Kolkata", "--since", "2026-01-01"]
    done, wire = run(arguments, reply({"user": {"id": "u1"}}), reply(ANSWER))
    assert done.exit_code == 0, done.output
    target = str(wire.requests[-1].url)
    for part in ("by=tag", "compare=previous", "userId=u1", "from=2026-01-01"):
        assert part in target
    assert "period" not in target
    assert "team-a" in done.output
    assert "0.50" in done.output


def test_usage_of_everybody_over_time(run: Any) -> None:
    done, wire = run(["usage", "--by", "week", "--everybody"], reply(ANSWER))
    assert done.exit_code == 0, done.output
    assert "interval=week" in str(wire.requests[-1].url)
    assert "userId" not in str(wire.requests[-1].url)
    assert "2026-01-01 00:00 UTC" in done.output


def test_the_life_of_a_request(run: Any) -> None:
    attempt = {"model": "gpt-4o", "durationMs": 40.0, "error": "server"}
    one = {
        "model": "gpt-4o", "provider": "openai", "outcome": "ok", "error": None, "durationMs": 1200.4,
        "tokens": {"input": 30}, "costUSD": 0.25, "priceSource": "workspace", "attemptList": [attempt],
        "verdicts": [{"policyName": "No secrets", "explanation": "It named one."}],
    }  # fmt: skip
    done, wire = run(["requests", "show", "req-1"], reply(one))
    assert done.exit_code == 0, done.output
    assert str(wire.requests[-1].url).endswith("/api/requests/req-1")
    for words in ("gpt-4o by openai: ok after 1,200 ms", "input 30", "(workspace)", "server", "No secrets"):
        assert words in done.output


def test_a_price_is_added(run: Any) -> None:
    made = {"model": "m", "provider": "openai", "prices": {"input": 0.12}}
    done, wire = run(
        ["prices", "add", "openai", "m", "input=0.12", "--until", "2027-01-01T00:00:00Z"], reply(made, 201)
    )
    assert done.exit_code == 0, done.output
    assert json.loads(wire.requests[-1].body) == {
        "provider": "openai", "model": "m", "tier": "standard", "prices": {"input": "0.12"}, "note": "",
        "endsAt": "2027-01-01T00:00:00Z",
    }  # fmt: skip
    assert "input 0.12 US dollars" in done.output


def test_what_is_no_price_is_told_so(run: Any) -> None:
    done, _ = run(["prices", "add", "openai", "m", "0.12"])
    assert done.exit_code != 0
