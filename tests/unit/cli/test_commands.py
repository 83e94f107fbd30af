"""What every command asks the server, what it says, and what it never loads."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.unit.cli.fakes import Reply, Wire
from typer.testing import CliRunner

from trunkline.cli import api as module
from trunkline.cli.application import COMMANDS, app, load_command
from trunkline.core.errors import Conflict, InvalidInput, NotFound

LOCAL = {"serve", "doctor", "vault", "backup", "restore", "reference"}
"""Commands for the machine of the server itself."""

HEAVY = (
    "sqlalchemy",
    "fastapi",
    "starlette",
    "uvicorn",
    "genai_prices",
    "cryptography",
    "trunkline.app",
    "trunkline.storage",
    "trunkline.gateway.gateway",
)
"""What a server is made of, and no command needs that asks one; pydantic is typer's own."""


def reply(value: Any, status: int = 200) -> Reply:
    return Reply(status, [json.dumps(value).encode()])


def configuration(name: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"id-{name}", "name": name, "provider": "demo", "model": "m", "apiKey": None, "baseUrl": None,
        "configuration": {}, "isActive": True, "shared": True, "lastTested": None, "testStatus": "pending", **fields,
    }  # fmt: skip


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command against a server that gives these answers; gives its output and what was asked of it."""

    def start(line: str | list[str], *answers: Any) -> tuple[Any, list[tuple[str, str, Any]]]:
        wire = Wire([one if isinstance(one, Reply) else reply(one) for one in answers])

        @asynccontextmanager
        async def open_api(*, calls_only: bool = False) -> AsyncGenerator[Any]:
            yield wire.api()

        monkeypatch.setattr(module, "open_api", open_api)
        done = CliRunner().invoke(app, line.split() if isinstance(line, str) else line)
        asked = [(one.method, one.url.target, json.loads(one.body or b"null")) for one in wire.requests]
        return done, [one for one in asked if one[0] != "GET"] or asked

    return start


APPLICATION = {"id": "a-000001", "name": "Shop", "configurationIds": ["1"], "defaultConfigurationId": None}
WORKSPACE = {"id": "w-000001", "name": "Team", "role": "owner", "personal": False}
FEATURE = {"slug": "helper", "name": "Helper", "kind": "chat", "model": None, "target": "demo", "ready": True}
API_KEY = {
    "id": "k-000001",
    "name": "ci",
    "key": "tl-…0001",
    "scope": "call",
    "models": ["demo"],
    "expiresAt": None,
    "lastUsedAt": None,
}
POLICY = {
    "id": "p-000001",
    "name": "No keys",
    "riskType": "HIGH",
    "actionType": 2,
    "enabled": True,
    "rule": {"kind": "patterns"},
}
POLICIES = {"success": True, "policies": [POLICY]}
CONFIG = {"_id": "c-000001", "name": "work", "provider": "demo", "modelId": "demo", "isDefault": True,
          "settings": {"temperature": 0.7, "topP": 1}}  # fmt: skip
VERSION = {"_id": "v-000001", "version": "v1", "label": "calm", "modelId": "demo", "trafficPercent": 50,
           "isActive": True, "settings": {"temperature": 0.7}}  # fmt: skip
CONVERSATION = {
    "id": "t-000001",
    "title": "Trains",
    "feature": None,
    "model": "demo",
    "updatedAt": "2026-01-02T03:04:05Z",
}
PROVIDER = {"name": "openai", "displayName": "OpenAI", "requiresApiKey": True, "acceptsApiKey": True,
            "env": ["OPENAI_API_KEY"], "exampleModels": ["gpt-4o"]}  # fmt: skip
TEMPLATE = {
    "id": "x-000001",
    "name": "calm",
    "provider": "demo",
    "model": "demo-chat",
    "configuration": {"temperature": 0.1},
    "builtIn": False,
    "description": "",
}
OLLAMA = configuration("local", provider="ollama")

OF_CONFIG = ([APPLICATION], [CONFIG])
OF_VERSION = (*OF_CONFIG, [VERSION])


@pytest.mark.parametrize(
    ("line", "answers", "asked"),
    [
        ("configurations edit a --model n --set top_p=0.5 --unset seed --reason why",
         [[configuration("a", configuration={"seed": 1, "temperature": 0.2})], {}],
         ("PUT", "/api/configurations/id-a",
          {"model": "n", "configuration": {"temperature": 0.2, "top_p": 0.5}, "reason": "why"})),
        ("configurations share a", [[configuration("a")], {}], ("PUT", "/api/configurations/id-a", {"shared": True})),
        ("configurations share a --off", [[configuration("a")], {}],
         ("PUT", "/api/configurations/id-a", {"shared": False})),
        ("configurations activate id-a", [[configuration("a")], {}],
         ("PUT", "/api/configurations/id-a", {"isActive": True})),
        ("configurations deactivate a", [[configuration("a")], {}],
         ("PUT", "/api/configurations/id-a", {"isActive": False})),
        ("configurations rotate-key a --key-env NEW", [[configuration("a")], {}],
         ("POST", "/api/configurations/id-a/rotate-key", {"apiKey": "sk-new"})),
        ("configurations add deep --template calm --set top_p=0.5", [[TEMPLATE], {}],
         ("POST", "/api/configurations", {"name": "deep", "provider": "demo", "model": "demo-chat",
          "configuration": {"temperature": 0.1, "top_p": 0.5}})),
        ("models remove local m:1 --yes", [[OLLAMA], {}],
         ("DELETE", "/api/configurations/id-local/local-models/m%3A1", None)),
        ("applications add Shop", [APPLICATION], ("POST", "/api/applications", {"name": "Shop"})),
        ("applications edit shop --set name=Store", [[APPLICATION], {}],
         ("PUT", "/api/applications/a-000001", {"name": "Store"})),
        ("applications set-default Shop a", [[configuration("a")], [APPLICATION], {}],
         ("PUT", "/api/applications/a-000001", {"defaultConfigurationId": "id-a"})),
        ("applications remove 000001 --yes", [[APPLICATION], {}], ("DELETE", "/api/applications/a-000001", None)),
        ("keys add ci --application Shop", [[APPLICATION], {"id": "k", "name": "ci", "key": "tl-1", "scope": "call",
         "models": [], "expiresAt": None, "lastUsedAt": None}],
         ("POST", "/api/keys", {"name": "ci", "scope": "call", "models": [], "applicationId": "a-000001"})),
        ("keys edit ci --name CI --model demo", [[API_KEY], API_KEY],
         ("PATCH", "/api/keys/k-000001", {"name": "CI", "models": ["demo"]})),
        ("keys edit 0001 --any-model --never-expires", [[API_KEY], API_KEY],
         ("PATCH", "/api/keys/k-000001", {"models": [], "expiresAt": None})),
        ("workspaces add Team", [WORKSPACE], ("POST", "/api/workspaces", {"name": "Team"})),
        ("workspaces rename Team Crew", [[WORKSPACE], {}], ("PATCH", "/api/workspaces/w-000001", {"name": "Crew"})),
        ("workspaces set-default Team a", [[configuration("a")], [WORKSPACE], {}],
         ("PATCH", "/api/workspaces/w-000001", {"defaultConfigurationId": "id-a"})),
        ("workspaces invite Team b@example.com --role viewer", [[WORKSPACE], {"token": "t"}],
         ("POST", "/api/workspaces/w-000001/invitations", {"email": "b@example.com", "role": "viewer"})),
        ("workspaces set-role Team b@example.com admin",
         [[WORKSPACE], [{"userId": "u1", "email": "b@example.com", "name": "B"}], {}],
         ("PATCH", "/api/workspaces/w-000001/members/u1", {"role": "admin"})),
        ("workspaces remove-member Team B --yes",
         [[WORKSPACE], [{"userId": "u1", "email": "b@example.com", "name": "B"}], {}],
         ("DELETE", "/api/workspaces/w-000001/members/u1", None)),
        ("workspaces remove Team --yes", [[WORKSPACE], {}], ("DELETE", "/api/workspaces/w-000001", None)),
        (["policies", "add", "No keys", "--rule", '{"kind":"patterns"}', "--action", "block", "--risk", "HIGH",
          "--workspace", "Team"], [[WORKSPACE], {"policy": POLICY}],
         ("POST", "/policy", {"name": "No keys", "content": "", "riskType": "HIGH", "actionType": 2,
                              "rule": {"kind": "patterns"}, "workspaceId": "w-000001"})),
        (["policies", "edit", "No keys", "--set", "actionType=1"], [POLICIES, {}],
         ("PUT", "/policy/p-000001", {"actionType": 1})),
        (["policies", "remove", "No keys", "-y"], [POLICIES, {}], ("DELETE", "/policy/p-000001", None)),
        ("features add helper --target demo --system Hi --set temperature=0.2", [FEATURE],
         ("POST", "/api/features", {"slug": "helper", "name": "helper", "kind": "chat", "temperature": 0.2,
                                    "target": "demo", "systemPrompt": "Hi"})),
        ("features edit Helper --set customParameters.seed=1", [[{**FEATURE, "customParameters": {"n": 1}}], {}],
         ("PUT", "/api/features/helper", {"customParameters": {"n": 1, "seed": 1}})),
        ("features reset helper", [[FEATURE], {}], ("POST", "/api/features/helper/reset", None)),
        ("features run helper Hi", [[FEATURE], {"output": "Hello", "model": "demo", "usage": {}}],
         ("POST", "/api/features/helper/run", {"input": "Hi"})),
        ("model-configs add work --application Shop --provider demo --model demo --set temperature=0.1",
         [[APPLICATION], CONFIG],
         ("POST", "/model-configs", {"name": "work", "provider": "demo", "modelId": "demo",
                                     "settings": {"temperature": 0.1}, "applicationId": "a-000001"})),
        ("model-configs edit work --set settings.temperature=0.1", [*OF_CONFIG, {}],
         ("PUT", "/model-configs/c-000001", {"settings": {"temperature": 0.1, "topP": 1}})),
        ("model-configs set-default work", [*OF_CONFIG, {}], ("PATCH", "/model-configs/c-000001/default", None)),
        ("model-configs versions add work v2 --share 10 --set temperature=1", [*OF_CONFIG, {}],
         ("POST", "/model-configs/c-000001/versions",
          {"version": "v2", "label": "", "trafficPercent": 10.0, "settings": {"temperature": 1}})),
        ("model-configs versions edit work calm --set isActive=false", [*OF_VERSION, {}],
         ("PUT", "/model-configs/c-000001/versions/v-000001", {"isActive": False})),
        ("model-configs versions shares work v1=100", [*OF_VERSION, {}],
         ("PUT", "/model-configs/c-000001/versions", [{"_id": "v-000001", "trafficPercent": 100.0}])),
        ("model-configs versions remove work v1 -y", [*OF_VERSION, {}],
         ("DELETE", "/model-configs/c-000001/versions/v-000001", None)),
        ("model-configs experiment control work v1", [*OF_VERSION, *OF_CONFIG, {}],
         ("PUT", "/model-configs/c-000001/experiment", {"controlVersionId": "v-000001"})),
        ("model-configs experiment ship work v1 -y", [*OF_VERSION, *OF_CONFIG, {}],
         ("POST", "/model-configs/c-000001/experiment/ship", {"versionId": "v-000001"})),
        ("model-configs experiment revert work -y", [*OF_CONFIG, {}],
         ("POST", "/model-configs/c-000001/experiment/revert", None)),
        ("conversations rename Trains Boats", [[CONVERSATION], {}],
         ("PATCH", "/api/conversations/t-000001", {"title": "Boats"})),
        ("conversations remove Trains -y", [[CONVERSATION], {}], ("DELETE", "/api/conversations/t-000001", None)),
        ("templates add OpenAI calm --set temperature=0.1", [[PROVIDER], TEMPLATE],
         ("POST", "/api/providers/openai/templates",
          {"name": "calm", "description": "", "configuration": {"temperature": 0.1}})),
        ("templates remove openai calm -y", [[PROVIDER], [TEMPLATE], {}],
         ("DELETE", "/api/providers/openai/templates/x-000001", None)),
    ],
)  # fmt: skip
def test_changes(
    run: Any, monkeypatch: pytest.MonkeyPatch, line: Any, answers: list[Any], asked: tuple[str, str, Any]
) -> None:
    monkeypatch.setenv("NEW", "sk-new")
    done, requests = run(line, *answers)
    assert done.exit_code == 0, (done.output, done.exception)
    assert requests == [asked]
    assert done.output


@pytest.mark.parametrize(
    ("line", "answers", "shown"),
    [
        ("applications list", [[APPLICATION]], "Shop 1 a-000001"),
        ("workspaces list", [[WORKSPACE]], "Team owner shared w-000001"),
        ("workspaces members Team", [[WORKSPACE], [{"email": "b@x.y", "name": "B", "role": "admin"}]], "b@x.y B admin"),
        ("keys edit ci --model demo", [[API_KEY], API_KEY], "ci (tl-…0001) may use demo."),
        ("policies list", [POLICIES], "No keys HIGH block patterns"),
        (["policies", "show", "No keys"], [POLICIES, {"success": True, "policy": POLICY}], "riskType HIGH"),
        ("policies violations", [{"violations": []}], "No call has broken a policy."),
        ("features list", [[FEATURE]], "helper Helper chat demo yes"),
        ("model-configs list", [*OF_CONFIG], "work Shop demo demo yes"),
        ("model-configs versions list work", [*OF_VERSION], "v1 calm demo 50 % yes"),
        ("model-configs versions show work calm", [*OF_VERSION], "label calm"),
        ("model-configs experiment show work", [*OF_CONFIG, {"verdict": "Too early to say.", "state": "running"}],
         "Too early to say."),
        ("conversations list", [[CONVERSATION]], "Trains demo 2026-01-02 03:04"),
        ("providers list", [[PROVIDER]], "openai OpenAI needed OPENAI_API_KEY gpt-4o"),
        ("providers show openai", [[PROVIDER]], "requiresApiKey yes"),
        ("providers parameters openai",
         [[PROVIDER], {"properties": {"temperature": {"type": "number", "minimum": 0, "maximum": 2}}}],
         "temperature number 0–2"),
        ("templates list openai", [[PROVIDER], [TEMPLATE]], 'calm demo demo-chat {"temperature":0.1} you'),
        ("templates list --search CALM", [[TEMPLATE]], 'calm demo demo-chat {"temperature":0.1} you'),
        ("templates show calm", [[TEMPLATE]], "model demo-chat"),
        ("models show local m", [[OLLAMA], {"id": "m", "contextLength": 8192}], "contextLength 8192"),
        ("models list", [{"data": [{"id": "demo", "owned_by": "demo"}]}], "demo – – – demo"),
        ("models list local",
         [[OLLAMA], {"models": [{"id": "m", "contextLength": 8192, "pricing": {"prompt": "0.000001"}}],
                     "source": "live", "problem": None}], "m 8,192 1 – live"),
        ("audit",
         [[{"at": "2026-01-02T03:04:05Z", "actorName": "Ann", "actorId": "u", "actorKind": "user",
            "action": "key.create", "targetType": "key", "targetName": "ci", "targetId": "k", "outcome": "ok"}]],
         "2026-01-02 03:04:05 Ann key.create key ci ok"),
    ],
)  # fmt: skip
def test_what_is_shown(run: Any, line: Any, answers: list[Any], shown: str) -> None:
    done, _ = run(line, *answers)
    assert done.exit_code == 0, (done.output, done.exception)
    assert shown in " ".join(done.output.split())
    done, _ = run([*(line.split() if isinstance(line, str) else line), "--json"], *answers)
    json.loads(done.stdout)


def test_a_conversation_shows_the_branch_that_is_shown(run: Any) -> None:
    messages = [
        {"id": "1", "parentId": None, "role": "user", "content": "Hi"},
        {"id": "2", "parentId": "1", "role": "assistant", "content": "Not this."},
        {"id": "3", "parentId": "1", "role": "assistant", "content": "Hello."},
    ]
    tree = {**CONVERSATION, "leafId": "3", "messages": messages}
    done, _ = run("conversations show Trains", [CONVERSATION], tree)
    assert done.stdout == "user: Hi\nassistant: Hello.\n"


@pytest.mark.parametrize(
    ("line", "answers", "told"),
    [
        ("applications show Shopp", [[APPLICATION]], "There is no application 'Shopp'. Did you mean Shop?"),
        (
            "applications show x",
            [[]],
            "There is no application 'x'. `trunkline applications list` shows which there are.",
        ),
        ("policies show zzz", [POLICIES], "There is no policy 'zzz'. There are: No keys."),
        ("model-configs versions show work v3", [*OF_VERSION], "There is no version 'v3'. Did you mean v1?"),
        ("providers show opnai", [[PROVIDER]], "There is no provider 'opnai'. Did you mean OpenAI?"),
    ],
)
def test_the_nearest_is_named(run: Any, line: str, answers: list[Any], told: str) -> None:
    done, _ = run(line, *answers)
    assert isinstance(done.exception, NotFound)
    assert done.exception.message == told


def test_one_name_for_two_needs_an_id(run: Any) -> None:
    done, _ = run("applications show Shop", [APPLICATION, {**APPLICATION, "id": "a-000002"}])
    assert isinstance(done.exception, Conflict)
    assert "a-000001, a-000002" in done.exception.message


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("configuratons", "Did you mean configurations"),
        ("feature", "Did you mean features"),
        ("policies ad", "Did you mean 'add'"),
        ("model-configs version", "Did you mean 'versions'"),
        ("model-configs versions ad", "Did you mean 'add'"),
        ("configurations list --jsn", "--json"),
    ],
)
def test_typos(line: str, told: str) -> None:
    done = CliRunner().invoke(app, line.split())
    assert done.exit_code == 2
    assert told in " ".join(done.output.replace("│", "").split())


def test_who_disables_themselves_is_asked(run: Any) -> None:
    me = {"id": "u1", "email": "a@example.com", "name": "Ann", "role": "admin", "createdAt": "2026-01-01T00:00:00Z",
          "disabledAt": None}  # fmt: skip
    done, _ = run("users disable a@example.com", {"user": me}, [me])
    assert isinstance(done.exception, InvalidInput)
    assert "add --yes" in done.exception.message
    done, asked = run("users disable Ann --yes", {"user": me}, [me], [me], me)
    assert asked == [("PATCH", "/api/users/u1", {"disabled": True})]
    other = {**me, "id": "u2", "email": "b@example.com", "name": "Bob"}
    done, asked = run("users disable b@example.com", {"user": me}, [me, other], [me, other], other)
    assert asked == [("PATCH", "/api/users/u2", {"disabled": True})]


def test_nothing_is_removed_unasked(run: Any) -> None:
    done, asked = run("applications remove Shop")
    assert isinstance(done.exception, InvalidInput)
    assert asked == []


@pytest.mark.parametrize("line", ["features edit helper --set temperature", "features edit helper --set =1"])
def test_a_setting_is_a_pair(run: Any, line: str) -> None:
    done, _ = run(line)
    assert isinstance(done.exception, InvalidInput)
    assert "FIELD=VALUE" in done.exception.message


def test_the_help_of_all_commands_is_there() -> None:
    for name in COMMANDS:
        assert load_command(name).name == name
    assert COMMANDS.keys() >= LOCAL


def test_no_help_loads_a_server() -> None:
    """Commands start quickly because of what they leave out, which is measured by the modules that are there."""
    script = f"""
import contextlib, io, sys
from trunkline.cli.application import COMMANDS, app
for line in (*([name] for name in COMMANDS), ["vault", "migrate"], ["import", "litellm"], []):
    with contextlib.redirect_stdout(io.StringIO()) as told:
        app([*line, "--help"], standalone_mode=False)
    found = [one for one in {HEAVY!r} if one in sys.modules]
    assert not found, (line, found)
    assert "Usage" in told.getvalue(), line
"""
    subprocess.run([sys.executable, "-c", script], check=True)


SERVER = """
import http.server, os, sys, threading
class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self):
        self.rfile.read(int(self.headers.get("content-length") or 0))
        body = b'{"accessToken": "token", "expiresIn": 900}' if "/auth/" in self.path else b"[]"
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    do_GET = do_POST = do_DELETE = answer
    def log_message(self, *words): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
"""
"""Something that answers like a server without configurations."""

ELSEWHERE = """
os.environ.update(TRUNKLINE_URL=f"http://127.0.0.1:{server.server_port}", TRUNKLINE_API_KEY="tl-x")
"""

OWN = """
os.environ.update(TRUNKLINE_PORT=str(server.server_port), TRUNKLINE_DATA_DIR=os.getcwd())
os.mkdir("journal")
from pathlib import Path
from trunkline.gateway.journal.process_lock import ProcessLock
held = ProcessLock.acquire(Path("journal"), "server")
"""


@pytest.mark.parametrize("whose", [ELSEWHERE, OWN], ids=["elsewhere", "of this folder"])
def test_asking_a_server_loads_none(whose: str, tmp_path: Path) -> None:
    script = f"""{SERVER}{whose}
from trunkline.cli.application import app
app(["configurations", "list"], standalone_mode=False)
found = [one for one in {HEAVY!r} if one in sys.modules]
assert not found, found
"""
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, cwd=tmp_path)
    assert "There are no configurations." in done.stderr


def test_a_part_of_a_name_is_enough_for_a_suggestion(run: Any) -> None:
    names = ["Balanced", "Claude Opus 5.5", "Claude Opus 5", "Claude Sonnet 5.5"]
    done, _ = run("templates show opus", [{**TEMPLATE, "name": name, "id": name} for name in names])
    assert isinstance(done.exception, NotFound)
    assert done.exception.message.endswith("Did you mean Claude Opus 5.5 or Claude Opus 5?")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("keys edit ci", "Say what to change: --name"),
        ("keys edit ci --model demo --any-model", "Give --model or --any-model, not both."),
        ("keys edit ci --days 3 --never-expires", "Give --days or --never-expires, not both."),
    ],
)
def test_a_change_of_a_key_that_is_none_is_refused(run: Any, line: str, told: str) -> None:
    done, _ = run(line, [API_KEY])
    assert isinstance(done.exception, InvalidInput)
    assert done.exception.message.startswith(told)
