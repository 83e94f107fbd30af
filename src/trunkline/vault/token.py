"""Bearer tokens of our own: random, shown once, kept as a keyed digest."""

from __future__ import annotations

import base64
import hmac
import re
import secrets
from enum import Enum
from typing import Final

import msgspec

from trunkline.core.secret import Secret
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.subkey import Purpose

_RANDOM_BYTES: Final = 32
_BODY: Final = re.compile(r"[A-Za-z0-9_-]{43}")


class TokenKind(Enum):
    """What a token is for, with the prefix that tells people and secret scanners."""

    API_KEY = "tl-"
    REFRESH = "tlr-"
    ONE_TIME = "tlo-"
    """Set-up, invitations, password resets: good for one use within its time."""
    SCIM = "tls-"
    """By which an identity provider sends users and groups."""


_PURPOSES: Final = {
    TokenKind.API_KEY: Purpose.API_KEY,
    TokenKind.REFRESH: Purpose.REFRESH_TOKEN,
    TokenKind.ONE_TIME: Purpose.ONE_TIME_TOKEN,
    TokenKind.SCIM: Purpose.SCIM_TOKEN,
}


class IssuedToken(msgspec.Struct, frozen=True):
    """A new token: ``secret`` to show once, ``digest`` (32 bytes) to find it by, ``display`` to show later."""

    secret: Secret
    digest: bytes
    display: str


class Tokens:
    """Makes tokens, and the digests by which they are found.

    A token has 256 random bits, so its digest needs no salt and no slow hash; it is an HMAC-SHA256 under a subkey, so
    that a stolen database cannot even confirm a guess. Digests are found through an index, and the time that a lookup
    takes tells nothing that helps to find another text with that digest.
    """

    def __init__(self, ring: KeyRing) -> None:
        # A copy of a keyed state takes half the time of a new HMAC; an API key is digested on every call.
        self._keyed = {kind: hmac.new(ring.derive(purpose), digestmod="sha256") for kind, purpose in _PURPOSES.items()}

    def issue(self, kind: TokenKind) -> IssuedToken:
        """A new token: the prefix of ``kind`` and 43 characters of base64url."""
        body = base64.urlsafe_b64encode(secrets.token_bytes(_RANDOM_BYTES)).rstrip(b"=").decode()
        text = kind.value + body
        return IssuedToken(secret=Secret(text), digest=self.digest(kind, text), display=f"{kind.value}…{text[-4:]}")

    def digest(self, kind: TokenKind, text: str) -> bytes:
        """The 32 bytes by which ``text`` is stored and found. Any text has them, so a lookup needs no other check."""
        keyed = self._keyed[kind].copy()
        keyed.update(text.encode(errors="surrogatepass"))
        return keyed.digest()


def looks_like(kind: TokenKind, text: str) -> bool:
    """Whether ``text`` has the form of a token of ``kind``: tells an API key from an access token without a lookup."""
    return text.startswith(kind.value) and _BODY.fullmatch(text, len(kind.value)) is not None
