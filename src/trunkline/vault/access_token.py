"""Access tokens: short-lived signed statements of who asks, so that a request needs no look into the database."""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from trunkline.core.errors import Unauthenticated
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.subkey import Purpose

if TYPE_CHECKING:
    from joserfc.jwk import OctKey

LIFETIME_SECONDS: Final = 15 * 60
LONGEST_TOKEN: Final = 2_048

_ALGORITHM: Final = "HS256"


class Claims(msgspec.Struct, frozen=True):
    """What a token states, by the names of RFC 7519: user, session, issued and expiry (Unix seconds), issuer, type, and
    an identifier of its own, so that of two tokens of the same second a client knows which is the newer.
    """

    sub: str
    sid: str
    iat: int
    exp: int
    iss: str
    typ: Literal["access"] = "access"
    jti: str = ""

    @property
    def user_id(self) -> str:
        """Who asks."""
        return self.sub

    @property
    def session_id(self) -> str:
        """The session that the token was issued in: it can be revoked before the token expires."""
        return self.sid


class AccessTokens:
    """Issues and verifies JWTs (HS256 alone, whatever a token's header says) that live 15 minutes.

    A verified token is remembered by the SHA-256 of all of it, never by a part, until it expires. The library is loaded
    with the first token: most processes see API keys alone.
    """

    def __init__(self, ring: KeyRing, *, cache_capacity: int = 10_000) -> None:
        self._secret = ring.derive(Purpose.ACCESS_TOKEN)
        self._issuer = ring.instance
        self._capacity = cache_capacity
        self._verified: OrderedDict[bytes, Claims] = OrderedDict()

    @cached_property
    def _key(self) -> OctKey:
        from joserfc.jwk import OctKey  # noqa: PLC0415

        return OctKey.import_key(self._secret)

    def issue(self, user_id: str, session_id: str, now: float) -> str:
        """A token for ``user_id`` in ``session_id``; ``now`` is Unix seconds."""
        from joserfc import jws  # noqa: PLC0415

        issued = int(now)
        claims = Claims(
            sub=user_id,
            sid=session_id,
            iat=issued,
            exp=issued + LIFETIME_SECONDS,
            iss=self._issuer,
            jti=secrets.token_urlsafe(9),
        )
        return jws.serialize_compact(
            {"alg": _ALGORITHM, "typ": "JWT"}, msgspec.json.encode(claims), self._key, [_ALGORITHM]
        )

    def verify(self, token: str, now: float) -> Claims:
        """What ``token`` states. :class:`Unauthenticated` when it is not ours, was changed, or has expired."""
        # Tokens are ASCII; a lone surrogate of a hostile header must not raise anything else.
        digest = hashlib.sha256(token.encode(errors="surrogatepass")).digest()
        claims = self._verified.get(digest)
        if claims is None:
            claims = self._check(token)
            self._verified[digest] = claims
            if len(self._verified) > self._capacity:
                self._verified.popitem(last=False)
        else:
            self._verified.move_to_end(digest)
        if claims.exp <= now:
            del self._verified[digest]
            raise Unauthenticated("The access token has expired. Get a new one with POST /api/auth/refresh.")
        return claims

    def _check(self, token: str) -> Claims:
        from joserfc import jws  # noqa: PLC0415
        from joserfc.errors import JoseError  # noqa: PLC0415

        if len(token) > LONGEST_TOKEN:
            raise _not_ours()
        try:
            signed = jws.deserialize_compact(token, self._key, [_ALGORITHM])
            claims = msgspec.json.decode(signed.payload, type=Claims)
        except (JoseError, ValueError):
            raise _not_ours() from None
        if claims.iss != self._issuer:
            raise _not_ours()
        return claims


def _not_ours() -> Unauthenticated:
    return Unauthenticated(
        "The access token is not one that this installation has issued. Log in with POST /api/auth/login, or use an "
        "API key (tl-…)."
    )
