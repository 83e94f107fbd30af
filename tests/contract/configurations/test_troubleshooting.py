"""The guide quotes our messages as they are: each quotation is one that the code really says."""

from __future__ import annotations

import re
from ipaddress import ip_address
from pathlib import Path

import pytest
from sqlalchemy import update

from trunkline.cli.unknown_settings import FOR_COMMANDS
from trunkline.control.rate_limit import RateLimit
from trunkline.core.errors import InvalidInput, TooMany, UpstreamError
from trunkline.core.secret import Secret
from trunkline.outbound import ConnectFailed, ForbiddenAddress, Guard, LocalUpstreams, Url
from trunkline.outbound.dial import out_of_time
from trunkline.providers.auth import write_auth
from trunkline.providers.diagnosis import explain, explain_missing
from trunkline.providers.endpoint import make_endpoint
from trunkline.providers.registry import find
from trunkline.providers.validation import validate
from trunkline.storage.tables import Workspace

from .conftest import LocalInstallation, Person

GUIDE = (Path(__file__).parents[3] / "docs/guide/troubleshooting.md").read_text()
KEY = "sk-0123456789abcdefghijklmn-x7Qd"
GEMINI_KEY = "AIzaSy0123456789abcdefghijklmnopqrstuvw"


def quotations() -> set[str]:
    blocks = re.findall(r"(?:^> .*\n)+", GUIDE, re.MULTILINE)
    return {" ".join(line.removeprefix("> ") for line in block.strip().split("\n")) for block in blocks}


def said_by_tests() -> set[str]:
    """What the connection test says."""
    openai = make_endpoint(find("openai"), None, Secret(KEY))
    ollama = make_endpoint(find("ollama"), None, None)
    refused = ConnectFailed("Nothing is listening at 127.0.0.1:11434.", origin=ollama.origin, stage="tcp")
    with pytest.raises(ForbiddenAddress) as forbidden:
        Guard(LocalUpstreams.parse("none")).judge(Url.parse("http://10.0.0.5:8000").origin, [ip_address("10.0.0.5")])
    errors = [
        UpstreamError("", kind="auth", status=401),
        UpstreamError("", kind="permission", status=403),
        UpstreamError("", kind="no_credits", status=402),
        UpstreamError("", kind="rate_limit", status=429, retry_after=20),
        UpstreamError("", kind="not_found", status=404),
        UpstreamError("", kind="server", status=500, detail="boom"),
        out_of_time(openai.origin, "tcp", 5),
        forbidden.value,
    ]
    return {
        *(explain(error, openai, "gpt-4") for error in errors),
        explain(refused, ollama),
        explain_missing(openai, "gtp-4", ["gpt-4", "gpt-4o", "gpt-4.1"]),
        explain_missing(ollama, "llama4", ["llama3.2", "qwen3"]),
    }


def said_by_checks() -> set[str]:
    """What the checks of a configuration say."""
    limit = RateLimit(10, "connection tests", clock=lambda: 0.0)
    for _ in range(10):
        limit.take("me")
    with pytest.raises(TooMany) as too_many:
        limit.take("me")
    with pytest.raises(InvalidInput) as unfit:
        write_auth("bearer", Secret("two words"))
    found = validate(find("openai"), {"temperature": 3, "temprature": 1}, model="gpt-4")
    return {too_many.value.message, unfit.value.fields[0].message, *(error.message for error in found)}


async def said_by_the_face(installed: LocalInstallation, ann: Person) -> set[str]:
    """What the face answers."""

    async def words(method: str, path: str, body: object = None, **headers: str) -> set[str]:
        answer = (await installed.ask(ann, method, path, body, **headers)).json()
        return {answer["message"], *(error["message"] for error in answer.get("errors", []))}

    openai = {"name": "Work OpenAI", "provider": "openai", "model": "gpt-4"}
    made = await installed.make(ann, **openai, apiKey=KEY)
    path = f"/api/configurations/{made['id']}"
    async with installed.database.write() as tx:
        await tx.execute(
            update(Workspace)
            .where(Workspace.id == ann.workspace_id)
            .values(name="Team", default_configuration_id=made["id"])
        )
    said = await words("POST", "/api/configurations", {**openai, "name": "other"})
    said |= await words("POST", "/api/configurations", {**openai, "apiKey": KEY})
    said |= await words("POST", "/api/configurations", {**openai, "name": "other", "apiKey": GEMINI_KEY})
    said |= await words("PUT", path, {"apiKey": "…wxyz"})
    said |= await words("PUT", path, {"baseUrl": "https://other.example.com"})
    said |= await words("DELETE", path)
    await installed.ask(ann, "PUT", path, {"model": "gpt-4o"})
    said |= await words("PUT", path, {"model": "gpt-4"}, if_match='"1"')
    return said


async def test_every_quotation_is_what_the_code_says(installed: LocalInstallation, ann: Person) -> None:
    said = said_by_tests() | said_by_checks() | await said_by_the_face(installed, ann)
    quoted = quotations()
    assert len(quoted) > 15
    assert quoted - said == set()


async def test_the_settings_that_are_named_exist(installed: LocalInstallation) -> None:
    settings = type(installed.services.settings).__struct_fields__
    for name in re.findall(r"TRUNKLINE_([A-Z_]+)", GUIDE):
        assert name.lower() in settings or f"TRUNKLINE_{name}" in FOR_COMMANDS
