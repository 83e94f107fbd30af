"""``trunkline alerts``: what it asks for, and what it says."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from tests.unit.cli.fakes import Reply, Wire
from typer.testing import CliRunner

from trunkline.cli import alert_channels, alert_rules, alerts, record_commands
from trunkline.cli.application import app

ID = "019a5f0e-7c1b-7d9a-9a53-0f4c8a1b2c3d"
ALERT = {
    "id": ID, "startedAt": "2026-01-31T12:00:00.000Z", "state": "firing", "severity": "critical",
    "summary": "The configuration production is down.",
}  # fmt: skip
RULE = {
    "id": ID, "workspaceId": "w", "name": "Many errors", "kind": "error_rate", "threshold": 5.0, "windowMinutes": 30,
    "subject": None, "subjectId": None, "severity": "warning", "channelIds": [], "enabled": True,
}  # fmt: skip
CHANNEL = {"id": ID, "name": "on-call", "kind": "webhook", "url": "https://x.example", "addresses": [], "enabled": True}
SLACK = "https://hooks.slack.com/services/T/B/X"


def reply(value: Any, status: int = 200) -> Reply:
    return Reply(status, [json.dumps(value).encode()])


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command against a server that gives these answers; gives its output and what was asked."""

    def start(arguments: list[str], *answers: Reply, environment: dict[str, str] | None = None) -> tuple[Any, Wire]:
        wire = Wire(list(answers))
        for module in (alerts, alert_rules, alert_channels, record_commands):
            monkeypatch.setattr(module, "call", lambda work: asyncio.run(work(wire.api())))
        return CliRunner(env=environment).invoke(app, ["alerts", *arguments]), wire

    return start


def body(wire: Wire) -> Any:
    return json.loads(wire.requests[-1].body)


def test_open_alerts_are_listed(run: Any) -> None:
    done, wire = run(["list"], reply([ALERT]))
    assert "The configuration production is down." in done.output
    assert str(wire.requests[0].url).endswith("/api/alerts?state=open")


def test_past_ones_too_when_asked_for(run: Any) -> None:
    done, wire = run(["list", "--all", "--kind", "down"], reply([]))
    assert "There was none." in done.output
    assert str(wire.requests[0].url).endswith("/api/alerts?kind=down")


def test_one_is_acknowledged_by_the_end_of_its_id(run: Any) -> None:
    done, wire = run(["acknowledge", ID[-8:]], reply([ALERT]), reply(ALERT))
    assert done.output == "Acknowledged: The configuration production is down.\n"
    assert str(wire.requests[-1].url).endswith(f"/api/alerts/{ID}/acknowledge")


def test_a_rule_is_added_that_tells_a_channel_by_its_name(run: Any) -> None:
    done, wire = run(
        ["rules", "add", "error_rate", "--threshold", "5", "--window", "30", "--channel", "on-call", "--set",
         "repeatMinutes=60"],
        reply([CHANNEL]), reply({**RULE, "channelIds": [ID]}, 201),
    )  # fmt: skip
    assert body(wire) == {
        "kind": "error_rate", "threshold": 5, "windowMinutes": 30, "repeatMinutes": 60, "channelIds": [ID],
    }  # fmt: skip
    assert done.output == "Many errors fires at: error rate, 5 per cent of calls in 30 min.\n"


def test_a_rule_is_told_its_channels(run: Any) -> None:
    done, wire = run(["rules", "tell", "Many errors", "on-call"], reply([CHANNEL]), reply([RULE]), reply(RULE))
    assert (wire.requests[-1].method, body(wire)) == ("PUT", {"channelIds": [ID]})
    assert done.output == "Many errors tells on-call.\n"


def test_a_preview_says_when_and_what_is_not_exact(run: Any) -> None:
    firing = {"from": "2026-01-31T12:00:00.000Z", "until": None, "subjectName": "production", "value": 12.5}
    done, wire = run(["rules", "preview", "down", "--days", "3"], reply({"firings": [firing], "note": "By the day."}))
    assert body(wire) == {"kind": "down", "days": 3}
    for said in ("2026-01-31 12:00", "still so", "production", "12.5", "By the day."):
        assert said in done.output


def test_the_secret_that_was_made_is_shown(run: Any) -> None:
    done, wire = run(["channels", "add", "webhook", "on-call", "https://x.example"], reply({"secret": "whsec_x"}, 201))
    assert body(wire) == {"kind": "webhook", "name": "on-call", "url": "https://x.example"}
    assert "Its secret, which is not shown again: whsec_x" in done.output


def test_slacks_url_is_no_argument(run: Any) -> None:
    done, _ = run(["channels", "add", "slack", "chat", SLACK])
    assert done.exit_code != 0
    done, wire = run(
        ["channels", "add", "slack", "chat", "--secret-env", "HOOK"], reply({"secret": None}, 201),
        environment={"HOOK": SLACK},
    )  # fmt: skip
    assert body(wire) == {"kind": "slack", "name": "chat", "url": SLACK}
    assert SLACK not in done.output


def test_email_has_addresses(run: Any) -> None:
    _, wire = run(["channels", "add", "email", "team", "a@example.com", "b@example.com"], reply({"secret": None}, 201))
    assert body(wire) == {"kind": "email", "name": "team", "addresses": ["a@example.com", "b@example.com"]}


@pytest.mark.parametrize(
    ("outcome", "code", "said"),
    [
        ({"state": "sent", "reason": None}, 0, "It arrived.\n"),
        ({"state": "failed", "reason": "It answered 500."}, 1, "It did not arrive. It answered 500.\n"),
    ],
)
def test_a_test_that_does_not_arrive_is_a_failure(run: Any, outcome: dict[str, Any], code: int, said: str) -> None:
    done, wire = run(["channels", "test", "on-call"], reply([CHANNEL]), reply(outcome))
    assert (done.exit_code, done.output) == (code, said)
    assert str(wire.requests[-1].url).endswith(f"/api/alerts/channels/{ID}/test")


def test_what_was_sent_is_listed(run: Any) -> None:
    sent = {
        "id": ID, "createdAt": "2026-01-31T12:00:00.000Z", "channelName": "on-call", "notice": "firing",
        "state": "waiting", "attempts": 2, "reason": "It answered 500.",
    }  # fmt: skip
    done, _ = run(["deliveries"], reply([sent]))
    assert "It answered 500." in done.output
    assert "tried again by itself" in done.output
