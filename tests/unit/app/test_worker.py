"""What a process of the server loads: memory that each of them has for itself."""

from __future__ import annotations

import subprocess
import sys

import pytest


def loaded_by(module: str) -> set[str]:
    """The packages that a program has loaded when it has imported ``module``."""
    text = f"import {module}, sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
    return set(subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True).stdout.split())


def test_a_worker_loads_nothing_that_manages() -> None:
    loaded = loaded_by("trunkline.app.worker")
    assert not loaded & {
        "alembic",
        "fastapi",
        "genai_prices",
        "greenlet",
        "prometheus_client",
        "pydantic",
        "rich",
        "sqlalchemy",
        "starlette",
        "typer",
    }
    assert "uvicorn" in loaded


@pytest.mark.parametrize("package", ["asyncio", "msgspec", "uvicorn"])
def test_the_first_process_loads_next_to_nothing(package: str) -> None:
    assert package not in loaded_by("trunkline.app.supervisor")
