"""Tickets of sign-ins at identity providers: what a browser keeps while it is away, sealed."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

import msgspec

from trunkline.core.errors import CannotOpen, Forbidden
from trunkline.vault.box import Box
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.subkey import Purpose

LIFETIME_SECONDS: Final = 600
"""How long somebody may take to sign in at the provider."""

LONGEST: Final = 4_000
_BOUND_TO: Final = b"sign-on ticket"


class SignOnClaims(msgspec.Struct, frozen=True):
    """A sign-in that has begun. ``expires_at`` is in Unix seconds, ``return_to`` a path below the console."""

    provider_id: str
    state: str
    nonce: str
    verifier: str
    return_to: str
    expires_at: int


class SignOnTickets:
    """Seals tickets for the browser that begins a sign-in, which alone can finish it, and cannot read them."""

    def __init__(self, ring: KeyRing) -> None:
        self._box = Box(ring.derive(Purpose.SIGN_ON))

    def seal(self, claims: SignOnClaims) -> str:
        """The ticket, in base64url."""
        sealed = self._box.seal(msgspec.json.encode(claims), _BOUND_TO)
        return urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def open(self, ticket: str, now: float) -> SignOnClaims:
        """What it states. :class:`Forbidden` for one that is not ours, was changed, or is older than ten minutes."""
        try:
            if len(ticket) > LONGEST or not ticket.isascii():
                raise ValueError
            sealed = urlsafe_b64decode(ticket + "=" * (-len(ticket) % 4))
            claims = msgspec.json.decode(self._box.open(sealed, _BOUND_TO), type=SignOnClaims)
        except (ValueError, CannotOpen):
            raise Forbidden(
                "This browser has not begun this sign-in. Start again on the sign-in page.", code="sign_on_not_begun"
            ) from None
        if claims.expires_at <= now:
            raise Forbidden(
                "The sign-in took longer than ten minutes. Start again on the sign-in page.", code="sign_on_expired"
            )
        return claims
