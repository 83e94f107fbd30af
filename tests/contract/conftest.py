"""What the contract suites of the management faces share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.contract.live_server import LiveServer, open_live_server
from tests.contract.local_installation import LocalInstallation, Person, open_local_installation
from trunkline.faces.console import site


@pytest.fixture(autouse=True)
def _no_console(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the console was built on this machine changes no answer."""
    monkeypatch.setattr(site, "FOLDER", tmp_path / "not built")
    site.read_files.cache_clear()


@pytest.fixture
async def installed(database_url: str, tmp_path: Path) -> AsyncIterator[LocalInstallation]:
    """An installation at its first start, once on each kind of database."""
    async with open_local_installation(database_url, tmp_path / "data") as opened:
        yield opened


@pytest.fixture
async def local(tmp_path: Path) -> AsyncIterator[LocalInstallation]:
    """An installation on SQLite alone, for what has nothing to do with the database."""
    async with open_local_installation(
        f"sqlite+aiosqlite:///{tmp_path}/data/trunkline.db", tmp_path / "data"
    ) as opened:
        yield opened


@pytest.fixture
async def admin(installed: LocalInstallation) -> Person:
    """The first administrator, who has finished set-up."""
    return await installed.set_up()


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[LiveServer]:
    """A whole installation on SQLite, over real HTTP."""
    async with open_live_server(tmp_path / "whole") as opened:
        yield opened


@pytest.fixture
async def live_on_each(database_url: str, tmp_path: Path) -> AsyncIterator[LiveServer]:
    """The same, once on each kind of database."""
    async with open_live_server(tmp_path / "whole", database_url) as opened:
        yield opened
