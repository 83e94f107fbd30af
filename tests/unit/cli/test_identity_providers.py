"""``trunkline identity-providers``: what it asks for, and what it says."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from tests.unit.cli.fakes import Reply, Wire
from typer.testing import CliRunner

from trunkline.cli import identity_providers, record_commands
from trunkline.cli.application import app

ID = "019a5f0e-7c1b-7d9a-9a53-0f4c8a1b2c3d"
CORP = {
    "id": ID, "slug": "corp", "name": "Corp", "issuer": "https://x.example", "groupRoles": [], "enabled": True,
    "redirectUri": "https://ai.example.com/api/auth/sso/corp/callback",
}  # fmt: skip
ADD = ["add", "corp", "Corp", "https://x.example", "client"]


def reply(value: Any, status: int = 200) -> Reply:
    return Reply(status, [json.dumps(value).encode()])


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command against a server that gives these answers; gives its output and what was asked."""

    def start(arguments: list[str], *answers: Reply, environment: dict[str, str] | None = None) -> tuple[Any, Wire]:
        wire = Wire(list(answers))
        for module in (identity_providers, record_commands):
            monkeypatch.setattr(module, "call", lambda work: asyncio.run(work(wire.api())))
        return CliRunner(env=environment).invoke(app, ["identity-providers", *arguments]), wire

    return start


def test_one_is_added_and_its_redirect_uri_told(run: Any) -> None:
    options = ["--scope", "groups", "--group", f"a=b=admin@{ID}", "--default", f"viewer@{ID}", "--secret-env", "S"]
    done, wire = run([*ADD, *options], reply(CORP, 201), environment={"S": "hidden"})
    assert done.exit_code == 0, done.output
    assert CORP["redirectUri"] in done.output
    assert json.loads(wire.requests[0].body) == {
        "slug": "corp",
        "name": "Corp",
        "issuer": "https://x.example",
        "clientId": "client",
        "clientSecret": "hidden",
        "linksByEmail": False,
        "scopes": ["groups"],
        "groupRoles": [{"group": "a=b", "role": "admin", "workspaceId": ID}],
        "defaultRole": {"role": "viewer", "workspaceId": ID},
    }


@pytest.mark.parametrize("wrong", [["--group", "staff"], ["--group", "staff=admin"], ["--default", "admin"]])
def test_a_role_names_its_workspace(run: Any, wrong: list[str]) -> None:
    done, wire = run([*ADD, "--public", *wrong])
    assert done.exit_code != 0
    assert wire.requests == []


def test_a_token_for_scim_is_shown_once(run: Any) -> None:
    made = {"token": "tls-x", "scimUrl": "https://ai.example.com/scim/v2"}
    done, wire = run(["scim-token", "corp"], reply([CORP]), reply(made, 201))
    assert made["token"] in done.output
    assert made["scimUrl"] in done.output
    assert str(wire.requests[-1].url).endswith(f"/api/identity-providers/{ID}/scim-token")
