"""The API does what its description says: generated requests, right ones and wrong ones, against a running server."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.contract.live_server import ADMIN, LiveServer, serve_live_server
from tests.contract.local_installation import PASSWORD

NOT_DESCRIBED = "^/v1(beta)?/"
"""Calls: their formats are the vendors' own, and described by them."""

CHECKS = """
[checks.not_a_server_error]
# Providers that cannot be reached, or take too long, are no fault of the server. Each route that asks one says so.
expected-statuses = ["2xx", "3xx", "4xx", 502, 503, 504]

[checks.negative_data_rejection]
# As it comes, and 413: lists that are too long may make a body that is too large, which is refused unread.
expected-statuses = [400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 428, 429, "5xx"]
"""

LASTS = r"^/api/(alerts|requests|status)/stream$"
"""Streams that last for minutes: their tests ask for less."""

ENDS_THE_SESSION = r"^/api/auth/logout$|^/api/users/\{user_id\}/sessions$"

# One server for both, and the other tests of the machine beside it.


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server that may call nobody, and that does not count how often it is asked."""
    limits: dict[str, Any] = {"writes_per_minute": 10_000_000, "tests_per_minute": 10_000_000}
    limits["login_attempts_per_minute"] = 10_000_000
    with serve_live_server(tmp_path_factory.mktemp("openapi"), local_upstreams="none", **limits) as live:
        yield live


def fuzz(live: LiveServer, directory: Path, *options: str) -> None:
    """Run schemathesis as the administrator. What it found is in the output."""
    body = {"email": ADMIN, "password": PASSWORD}
    token = httpx2.post(f"{live.url}/api/auth/login", json=body, trust_env=False).json()["accessToken"]
    settings = directory / "schemathesis.toml"
    settings.write_text(CHECKS)
    command = [
        str(Path(sys.executable).with_name("st")),
        f"--config-file={settings}",
        "run",
        f"{live.url}/openapi.json",
        f"--header=Authorization: Bearer {token}",
        "--checks=all",
        # Some of what a schema cannot say (which names are taken, which ids exist) makes a well-formed request wrong.
        "--exclude-checks=positive_data_acceptance,ensure_resource_availability",
        "--seed=1",
        "--request-timeout=30",
        "--suppress-health-check=all",
        "--continue-on-failure",
        "--warnings=off",
        *options,
    ]
    ran = subprocess.run(command, cwd=directory, capture_output=True, text=True, timeout=1000, check=False)
    assert ran.returncode == 0, ran.stdout[-20_000:] + ran.stderr


@pytest.mark.timeout(1000)
def test_every_operation(served: LiveServer, tmp_path: Path) -> None:
    fuzz(
        served,
        tmp_path,
        "--phases=examples,coverage,fuzzing",
        "--max-examples=8",
        f"--exclude-path-regex={NOT_DESCRIBED}|{ENDS_THE_SESSION}|{LASTS}",
    )


@pytest.mark.timeout(1000)
def test_operations_in_a_row(served: LiveServer, tmp_path: Path) -> None:
    """What one makes, the next one reads, changes and deletes, along the links of the description."""
    fuzz(
        served,
        tmp_path,
        "--phases=stateful",
        "--max-examples=20",
        f"--exclude-path-regex={NOT_DESCRIBED}|{ENDS_THE_SESSION}|{LASTS}",
    )


@pytest.mark.timeout(1000)
def test_operations_that_end_a_session(served: LiveServer, tmp_path: Path) -> None:
    fuzz(served, tmp_path, "--phases=examples,coverage", f"--include-path-regex={ENDS_THE_SESSION}")
