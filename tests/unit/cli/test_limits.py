from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from tests.unit.cli.fakes import Reply, Wire
from typer.testing import CliRunner

from trunkline.cli import limits as module
from trunkline.cli.application import app
from trunkline.core.errors import InvalidInput


def limit(**fields: Any) -> dict[str, Any]:
    return {
        "id": "019a5f0e-7c1b-7d9a-9a53-0f4c8a1b2c3d", "subject": "key", "subjectId": None, "subjectName": None,
        "measure": "requests", "amount": 60, "window": "minute", "burst": None, "byAdmin": True, **fields,
    }  # fmt: skip


def reply(value: Any, status: int = 200) -> Reply:
    return Reply(status, [json.dumps(value).encode()])


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command against a server that gives these answers; gives its output and what was asked."""

    def start(arguments: list[str], *answers: Reply) -> tuple[Any, Wire]:
        wire = Wire(list(answers))
        monkeypatch.setattr(module, "call", lambda work: asyncio.run(work(wire.api())))
        return CliRunner().invoke(app, ["limits", *arguments]), wire

    return start


def test_a_limit_for_each_key(run: Any) -> None:
    done, wire = run(["add", "key", "--requests", "60"], reply(limit(), 201))
    assert done.exit_code == 0, done.output
    assert json.loads(wire.requests[-1].body) == {
        "subject": "key", "measure": "requests", "amount": 60, "burst": None, "window": "minute",
    }  # fmt: skip
    assert "The limit for each key is 60 requests per minute." in done.output


@pytest.mark.parametrize(
    ("subject", "there", "wanted"),
    [
        ("key", [{"id": "k-1", "name": "ci"}], "k-1"),
        ("application", [{"id": "a-1", "name": "ci"}], "a-1"),
        ("feature", None, "ci"),
    ],
)
def test_a_limit_for_one_is_found_by_its_name(run: Any, subject: str, there: Any, wanted: str) -> None:
    made = limit(subject=subject, subjectId=wanted, subjectName="ci", measure="parallel", amount=1, window=None)
    answers = ([reply(there)] if there is not None else []) + [reply(made, 201)]
    done, wire = run(["add", subject, "ci", "--parallel", "1"], *answers)
    assert done.exit_code == 0, done.output
    assert json.loads(wire.requests[-1].body) == {
        "subject": subject, "subjectId": wanted, "measure": "parallel", "amount": 1, "burst": None,
    }  # fmt: skip
    assert f"The limit for {subject} ci is 1 parallel request." in done.output


def test_a_member_is_found_by_email(run: Any) -> None:
    people = [{"userId": "u-1", "email": "ada@example.com", "name": "Ada"}]
    me = {"actor": {"workspaceId": "w-1"}}
    made = limit(subject="user", subjectId="u-1", subjectName="ada@example.com", measure="tokens", window="day")
    arguments = ["add", "user", "ada@example.com", "--tokens", "60", "--per", "day"]
    done, wire = run(arguments, reply(me), reply(people), reply(made, 201))
    assert done.exit_code == 0, done.output
    assert wire.requests[1].url.target.startswith("/api/workspaces/w-1/members")
    assert json.loads(wire.requests[-1].body)["subjectId"] == "u-1"


@pytest.mark.parametrize("options", [[], ["--requests", "1", "--tokens", "1"]])
def test_one_thing_is_limited_at_a_time(run: Any, options: list[str]) -> None:
    done, wire = run(["add", "workspace", *options])
    assert isinstance(done.exception, InvalidInput)
    assert "Give one of --requests, --tokens and --parallel." in done.exception.message
    assert wire.requests == []


def test_change_by_the_end_of_the_id(run: Any) -> None:
    done, wire = run(["change", "1b2c3d", "90"], reply([limit()]), reply(limit(amount=90)))
    assert done.exit_code == 0, done.output
    asked = wire.requests[-1]
    assert (asked.method, asked.url.target) == ("PUT", f"/api/limits/{limit()['id']}")
    assert json.loads(asked.body) == {"amount": 90}
    assert "The limit for each key is 90 requests per minute now." in done.output
