"""Tickets for one stream: what a browser's ``EventSource``, which cannot send a header, puts into the address."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

import msgspec

from trunkline.core.errors import Unauthenticated
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.subkey import Purpose

LIFETIME_SECONDS: Final = 60
LONGEST: Final = 1_024


class TicketClaims(msgspec.Struct, frozen=True):
    """Who may read what, and until when (Unix seconds). ``id`` is that of the ticket, which is good once."""

    id: str
    user_id: str
    workspace_id: str
    conversation_id: str
    expires_at: int
    session_id: str | None = None
    key_id: str | None = None


class StreamTickets:
    """Signs and verifies them. They are no access tokens: their key is their own."""

    def __init__(self, ring: KeyRing) -> None:
        self._key = ring.derive(Purpose.STREAM_TICKET)

    def issue(self, claims: TicketClaims) -> str:
        """The ticket that states ``claims``."""
        stated = _encode(msgspec.json.encode(claims))
        return f"{stated}.{_encode(self._sign(stated))}"

    def verify(self, ticket: str, conversation_id: str, now: float) -> TicketClaims:
        """What ``ticket`` states. :class:`Unauthenticated` unless it is ours, for that conversation, and in time."""
        stated, _, signature = ticket.partition(".")
        try:
            ours = len(ticket) <= LONGEST and hmac.compare_digest(_decode(signature), self._sign(stated))
            claims = msgspec.json.decode(_decode(stated), type=TicketClaims) if ours else None
        except ValueError:
            claims = None
        if claims is None or claims.conversation_id != conversation_id:
            raise Unauthenticated("This ticket is not for this conversation. Get one with POST …/tickets.")
        if claims.expires_at <= now:
            raise Unauthenticated("This ticket has expired. Get a new one with POST …/tickets.")
        return claims

    def _sign(self, stated: str) -> bytes:
        return hmac.digest(self._key, stated.encode("ascii", "replace"), hashlib.sha256)


def _encode(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
