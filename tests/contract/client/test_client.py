"""The TypeScript client: its types are those of the API, and its tests and examples run against a real server."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.live_server import LiveServer
from tests.upstreams import aimock
from trunkline.app.pages import describe_api

ROOM = Path(__file__).parents[3] / "clients/typescript"
MODULES = ROOM / "node_modules"
SUITES = sorted(path.name for path in (ROOM / "test").glob("*.test.ts"))
EXAMPLES = re.findall(r"```ts\n(.*?)```", (ROOM / "README.md").read_text(), re.DOTALL)

# One process builds, and tests what it built.
pytestmark = pytest.mark.needs_node


def node(*command: str | Path) -> str:
    """What a program of Node says, which must end well."""
    ran = subprocess.run(
        [aimock.NODE, *command], cwd=ROOM, capture_output=True, text=True, timeout=100, check=False
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.fixture(scope="session")
def built() -> None:
    """The package as it is published."""
    node(MODULES / "typescript/bin/tsc", "-p", "tsconfig.json")
    node(MODULES / "typescript/bin/tsc", "-p", "tsconfig.cjs.json")
    node("build/mark-commonjs.js")


@pytest.fixture(scope="session")
def mock() -> Iterator[aimock.Aimock]:
    with aimock.start() as running:
        yield running


def test_the_types_are_those_of_the_api(tmp_path: Path) -> None:
    document, types = tmp_path / "openapi.json", tmp_path / "openapi.ts"
    document.write_text(json.dumps(describe_api()))
    node(MODULES / "openapi-typescript/bin/cli.js", document, "--default-non-nullable", "false", "--output", types)
    same = types.read_text() == (ROOM / "src/openapi.ts").read_text()
    assert same, "the API has changed: run `make client`"


def test_it_is_a_module_and_commonjs(built: None) -> None:
    look = "console.log(typeof TrunklineClient, typeof FlashbackClient, typeof TrunklineError, typeof sealKey)"
    names = "{ TrunklineClient, FlashbackClient, TrunklineError, sealKey }"
    as_module = node("--input-type=module", "--eval", f"import {names} from '@trunkline/client'; {look}")
    as_commonjs = node("--input-type=commonjs", "--eval", f"const {names} = require('@trunkline/client'); {look}")
    assert as_module == as_commonjs == "function function function function\n"


def test_tests_and_examples_have_the_right_types(built: None) -> None:
    folder = ROOM / "dist/examples"
    folder.mkdir(exist_ok=True)
    for number, example in enumerate(EXAMPLES):
        (folder / f"example-{number}.ts").write_text(example)
    node(MODULES / "typescript/bin/tsc", "-p", "tsconfig.test.json")


async def ask(script: Path, *options: str, environment: dict[str, str]) -> str:
    """Run a script while this process goes on serving it."""
    process = await asyncio.create_subprocess_exec(
        aimock.NODE,
        *options,
        script,
        cwd=ROOM,
        env={"PATH": os.environ.get("PATH", ""), **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output = (await process.communicate())[0].decode()
    assert process.returncode == 0, output
    return output


@pytest.mark.parametrize("suite", SUITES)
async def test_suite(live: LiveServer, mock: aimock.Aimock, built: None, suite: str) -> None:
    """Every test of a file passes. What fails is in the output."""
    admin = await live.admin()
    key = await admin.make_key(scope="manage")
    environment = {
        "TRUNKLINE_URL": live.url,
        "TRUNKLINE_KEY": key["key"],
        "TRUNKLINE_ACCESS_TOKEN": admin.access_token,
        "TRUNKLINE_UPSTREAM": mock.url,
        "TRUNKLINE_UPSTREAM_KEY": aimock.KEY,
    }
    output = await ask(ROOM / "test" / suite, "--test", "--test-reporter=tap", environment=environment)
    assert "# fail 0" in output
    assert "# skipped 0" in output


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
async def test_example(live: LiveServer, built: None, number: int) -> None:
    """What the README shows runs as it stands, but for where the server is and who asks."""
    admin = await live.admin()
    await admin.client.post("/api/configurations", json={"name": "demo", "provider": "demo", "model": "demo-chat"})
    key = await admin.make_key(scope="manage")
    example = EXAMPLES[number].replace("workspace-123", await admin.personal())
    script = ROOM / "dist" / f"run-{number}.ts"
    script.write_text(example)
    await ask(script, environment={"TRUNKLINE_URL": live.url, "TRUNKLINE_API_KEY": key["key"]})
