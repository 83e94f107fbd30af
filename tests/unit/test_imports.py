"""What the processes that serve calls never load: it would cost each of them memory, and time at its start."""

from __future__ import annotations

import subprocess
import sys

CALLS = (
    "trunkline.control.policies.patterns",
    "trunkline.core.policy_decision",
    "trunkline.faces.server",
    "trunkline.faces.v1",
    "trunkline.gateway.gateway",
    "trunkline.gateway.journal.writer",
    "trunkline.providers.demo",
    "trunkline.settings",
    "trunkline.vault.access_token",
    "trunkline.vault.vault",
)
"""All that serving calls takes."""

FOREIGN = (
    "alembic",
    "botocore",
    "dotenv",
    "fastapi",
    "genai_prices",
    "joserfc",
    "jsonschema",
    "phonenumbers",
    "pydantic",
    "pydantic_core",
    "rich",
    "splintr",
    "sqlalchemy",
    "stdnum",
    "typer",
    "yaml",
)
"""Libraries of the management, of commands, and of what few calls need, which load them when they come."""


def test_serving_calls_loads_no_more_than_it_takes() -> None:
    code = (
        f"import sys, {', '.join(CALLS)};"
        f" found = [one for one in {FOREIGN!r} if one in sys.modules]; assert not found, found"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
