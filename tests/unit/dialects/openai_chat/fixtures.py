"""Recorded traffic, by path below ``tests/fixtures/openai_chat``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from trunkline.dialects.openai_chat.passing_edit import PassingEdit
from trunkline.dialects.passthrough import Changes

ROOT = Path(__file__).parents[3] / "fixtures" / "openai_chat"


def load(path: str) -> bytes:
    return (ROOT / path).read_bytes()


def parsed(path: str) -> Any:
    return msgspec.json.decode(load(path))


def names(folder: str) -> list[str]:
    found = sorted(path.name for path in (ROOT / folder).iterdir())
    assert found
    return found


def edit(body: bytes, **changes: Any) -> tuple[bytes, tuple[str, ...]]:
    """One body, changed as calls that pass are."""
    return PassingEdit(Changes(**changes))(body)
