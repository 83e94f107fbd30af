"""ID tokens: what a provider states of who has signed in, and whether that is so.

https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, cast

import msgspec

from trunkline.core.errors import Forbidden

ALGORITHMS: Final = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "Ed25519",
    "EdDSA",
)
"""Signatures by a private key alone: with HS256 whoever knows the client secret could make a token."""

LEEWAY_SECONDS: Final = 60
"""By how much clocks may differ."""

LONGEST: Final = 64 * 1024
_KEY_TYPES: Final = frozenset({"RSA", "EC", "OKP"})


class IdTokenClaims(msgspec.Struct, frozen=True):
    """The claims that every ID token has, or that decide whether it is good."""

    iss: str
    sub: str
    aud: str | tuple[str, ...]
    exp: float
    iat: float
    nonce: str | None = None
    azp: str | None = None


class UnknownSigningKey(Forbidden):
    """The token names a key that the provider does not have, or did not have when its keys were read."""

    code = "id_token_unknown_key"


def verify_id_token(
    token: str, keys: Sequence[dict[str, Any]], *, issuer: str, client_id: str, nonce: str, now: float
) -> dict[str, Any]:
    """All claims of an ID token that was made by ``issuer``, for ``client_id`` and the sign-in with ``nonce``.

    ``keys`` are JSON Web Keys, ``now`` is in Unix seconds. :class:`Forbidden` says what is wrong;
    :class:`UnknownSigningKey` when the keys should be read again.
    """
    from joserfc import jws  # noqa: PLC0415 - loaded with the first sign-in
    from joserfc.errors import JoseError  # noqa: PLC0415
    from joserfc.jwk import JWKRegistry  # noqa: PLC0415

    if len(token) > LONGEST:
        raise _refuse("is longer than 64 kB")
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError):
        raise _refuse("is no signed token") from None
    if header.get("alg") not in ALGORITHMS:
        raise _refuse(
            f"is signed with {str(header.get('alg'))[:20]!r}, which is not accepted", code="id_token_algorithm"
        )
    key = _find_key(keys, header.get("kid"))
    try:
        signed = jws.deserialize_compact(token, JWKRegistry.import_key(cast("Any", key)), list(ALGORITHMS))
        claims = msgspec.json.decode(signed.payload, type=IdTokenClaims)
    except (JoseError, ValueError):
        raise _refuse("has a signature that is wrong, or lacks a claim") from None
    if claims.iss != issuer:
        raise _refuse("is of another issuer", code="id_token_issuer")
    audiences = (claims.aud,) if isinstance(claims.aud, str) else claims.aud
    if client_id not in audiences:
        raise _refuse("is for another client", code="id_token_audience")
    if claims.azp is not None and claims.azp != client_id:
        raise _refuse("was made for another client", code="id_token_audience")
    if len(audiences) > 1 and claims.azp is None:
        raise _refuse("is for several clients and does not say for which it was made", code="id_token_audience")
    if claims.exp <= now - LEEWAY_SECONDS:
        raise _refuse("has expired", code="id_token_expired")
    if claims.iat > now + LEEWAY_SECONDS:
        raise _refuse("is from the future: compare the clocks of both servers", code="id_token_expired")
    if claims.nonce != nonce:
        raise _refuse("is of another sign-in", code="id_token_nonce")
    if not 0 < len(claims.sub) <= 255:
        raise _refuse("has a subject of no or more than 255 characters")
    return cast("dict[str, Any]", msgspec.json.decode(signed.payload))


def _find_key(keys: Sequence[dict[str, Any]], kid: object) -> dict[str, Any]:
    usable = [key for key in keys if key.get("kty") in _KEY_TYPES and key.get("use", "sig") == "sig"]
    if kid is not None:
        usable = [key for key in usable if key.get("kid") == kid]
    if len(usable) != 1:
        raise UnknownSigningKey("The ID token is signed with a key that the provider does not publish.")
    return usable[0]


def _refuse(why: str, *, code: str = "id_token_invalid") -> Forbidden:
    return Forbidden(f"The ID token {why}.", code=code)
