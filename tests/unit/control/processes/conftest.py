"""What the tests of connections share."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def path() -> Iterator[Path]:
    """For a socket: in a folder whose own path is short enough."""
    with tempfile.TemporaryDirectory(prefix="tl") as folder:
        yield Path(folder) / "hub.sock"
