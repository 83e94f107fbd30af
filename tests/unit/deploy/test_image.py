"""The image: what its Dockerfile says, and what gets into it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from tests.unit.deploy.promises import DEPLOY, find_unknown

from trunkline.settings import Settings

ROOT = DEPLOY.parent
TEXT = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ")
FINAL = TEXT.rpartition("\nFROM ")[2]
"""The stage that is shipped."""


def find(instruction: str, text: str = FINAL) -> list[str]:
    return re.findall(rf"^{instruction} +(.+)$", text, re.MULTILINE)


def test_hadolint_finds_nothing() -> None:
    beside = Path(sys.executable).parent / "hadolint"
    hadolint = str(beside) if beside.is_file() else shutil.which("hadolint")
    if hadolint is None:
        pytest.skip("no hadolint: make test installs it")
    found = subprocess.run([hadolint, str(DEPLOY / "Dockerfile")], capture_output=True, text=True, check=False)
    assert (found.stdout, found.returncode) == ("", 0)


def test_it_runs_as_a_user_who_is_not_root_and_is_told_by_number() -> None:
    (user,) = find("USER")
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)


def test_what_it_writes_is_in_a_volume() -> None:
    (environment,) = find("ENV")
    (volume,) = find("VOLUME")
    assert f"TRUNKLINE_DATA_DIR={volume} " in f"{environment} "
    assert find_unknown(re.findall(r"(\w+)=", environment)) == set()


def test_the_server_is_the_first_process_and_not_a_shell() -> None:
    assert [json.loads(line) for line in (*find("ENTRYPOINT"), *find("CMD"))] == [["trunkline"], ["serve"]]


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
def test_its_health_check_asks_the_server_whether_it_runs(status: int, healthy: bool) -> None:
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's own name
            """Says nothing."""

    (check,) = re.findall(r"^HEALTHCHECK .*?CMD (\[.+\])$", FINAL, re.MULTILINE)
    program, *rest = json.loads(check)
    assert program == "python"
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        environment = {"TRUNKLINE_PORT": str(server.server_port)}
        ended = subprocess.run([sys.executable, *rest], env=environment, capture_output=True, check=False)
        server.shutdown()
    assert asked == ["/healthz"]
    assert (ended.returncode == 0) is healthy
    assert find("EXPOSE") == [str(Settings().port)]


def test_its_steps_run_scripts_that_there_are() -> None:
    scripts = {script for step in find("RUN", TEXT) for script in re.findall(r"\bscripts/\w+", step)}
    assert scripts
    assert {script for script in scripts if not (ROOT / script).is_file()} == set()


def test_only_what_is_named_gets_into_the_build() -> None:
    """So that a new folder with data or keys stays out of it."""
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert rules[0] == "*"
    wanted = [rule.removeprefix("!") for rule in rules if rule.startswith("!")]
    assert [name for name in wanted if not (ROOT / name).exists()] == []
    assert {"**/.env*", "**/node_modules"} <= set(rules[len(wanted) + 1 :])
