"""The provider and the installation of this suite."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.contract.sign_on.scene import REDIRECT_URI, Scene, open_scene
from tests.upstreams import oidc_provider
from tests.upstreams.oidc_provider import OidcProvider


@pytest.fixture(scope="package")
def running_provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OidcProvider]:
    """It tells what is asked for at its userinfo endpoint alone, as the standard has it."""
    accounts = tmp_path_factory.mktemp("accounts") / "accounts.json"
    with oidc_provider.start(REDIRECT_URI, accounts, claims_in_token=False) as running:
        yield running


@pytest.fixture
def provider(running_provider: OidcProvider) -> OidcProvider:
    """The same, with one person."""
    ann = {"email": "Ann@Corp.example", "email_verified": True, "name": "Ann", "groups": ["staff", "all"]}
    running_provider.say(ann=ann)
    return running_provider


@pytest.fixture
async def scene(database_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """On each kind of database."""
    async with open_scene(database_url, tmp_path / "data") as opened:
        yield opened


@pytest.fixture
async def small_scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """On SQLite alone."""
    async with open_scene(f"sqlite+aiosqlite:///{tmp_path}/data/trunkline.db", tmp_path / "data") as opened:
        yield opened
