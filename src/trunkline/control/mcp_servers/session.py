"""Sessions of MCP servers, as their callers know them: sealed, so that no other key can use one.

Revisions up to 2025-11-25 have sessions. What is sealed says whose the session is, so nothing is kept here.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

from trunkline.core.actor import Actor
from trunkline.core.errors import CannotOpen
from trunkline.vault.box import Box
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.subkey import Purpose

HEADER: Final = "mcp-session-id"
LONGEST: Final = 4_096


class McpSessions:
    """Seals and opens their ids."""

    __slots__ = ("_box",)

    def __init__(self, ring: KeyRing) -> None:
        self._box = Box(ring.derive(Purpose.MCP_SESSION))

    def seal(self, session: str, actor: Actor, server_id: str) -> str:
        """The id that the caller is given."""
        sealed = self._box.seal(session.encode(), _bind(actor, server_id))
        return urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def open(self, given: str, actor: Actor, server_id: str) -> str | None:
        """The server's own id; None for one that was not given to ``actor`` for that server."""
        try:
            sealed = urlsafe_b64decode(given[:LONGEST].encode() + b"=" * (-len(given) % 4))
            return self._box.open(sealed, _bind(actor, server_id)).decode()
        except (ValueError, CannotOpen):
            return None


def _bind(actor: Actor, server_id: str) -> bytes:
    who = f"key:{actor.key_id}" if actor.key_id is not None else f"user:{actor.user_id}"
    return f"trunkline/1 mcp {server_id} {actor.workspace_id} {who}".encode()
