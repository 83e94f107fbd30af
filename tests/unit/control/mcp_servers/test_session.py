"""Session ids that only those can use who were given them."""

from __future__ import annotations

import msgspec
import pytest

from trunkline.control.mcp_servers.session import McpSessions
from trunkline.core.actor import Actor
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.root_key import RootKey

KEY = Actor(user_id="u", workspace_id="w", role="member", key_id="k")


@pytest.fixture
def ring() -> KeyRing:
    return KeyRing.create(RootKey.generate())


def test_a_session_opens_for_whom_it_was_sealed(ring: KeyRing) -> None:
    sessions = McpSessions(ring)
    sealed = sessions.seal("upstream-1", KEY, "s")
    assert "upstream" not in sealed
    assert sessions.open(sealed, KEY, "s") == "upstream-1"


@pytest.mark.parametrize("change", [{"key_id": "other"}, {"key_id": None}, {"workspace_id": "v"}])
def test_it_opens_for_nobody_else(ring: KeyRing, change: dict[str, str | None]) -> None:
    sessions = McpSessions(ring)
    sealed = sessions.seal("upstream-1", KEY, "s")
    assert sessions.open(sealed, msgspec.structs.replace(KEY, **change), "s") is None
    assert sessions.open(sealed, KEY, "t") is None
    for broken in ("", "x", "ü", sealed[:-2], "upstream-1"):
        assert sessions.open(broken, KEY, "s") is None
