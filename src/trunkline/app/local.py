"""Signing in from the command line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from trunkline.app.resources import Resources
from trunkline.control.installation.installation import Installation
from trunkline.control.installation.running import is_running
from trunkline.control.people.local_session import LocalSessions
from trunkline.core.errors import Unavailable
from trunkline.settings import Settings
from trunkline.vault.access_token import AccessTokens
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.token import Tokens


@asynccontextmanager
async def open_local_sessions(settings: Settings) -> AsyncGenerator[LocalSessions]:
    """What the command line signs in with, on the machine of a running server and as the owner of its data folder.

    Makes and migrates nothing. :class:`Unavailable` when no server runs on this folder: its port may then be somebody
    else's, who must not be shown a token. :class:`CannotOpen` without the right root key.
    """
    resources = Resources.of(settings)
    try:
        if not is_running(resources.journal):
            raise Unavailable(f"No server of this machine runs on the data folder {settings.data_dir.absolute()}.")
        if settings.database_url is None and not (settings.data_dir / "trunkline.db").exists():
            # Opening it would make an empty one.
            raise Unavailable(
                "The server has another database. Set TRUNKLINE_DATABASE_URL as it is set for the server."
            )
        state = await Installation(resources.database).read_state()
        root = await asyncio.to_thread(resources.root_key.load)
        if state is None or root is None:
            raise Unavailable(f"The data folder {settings.data_dir.absolute()} holds no installation.")
        ring = KeyRing([root], state)
        yield LocalSessions(resources.database, Tokens(ring), AccessTokens(ring))
    finally:
        await resources.database.close()
