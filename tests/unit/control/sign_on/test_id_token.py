"""What an ID token may be signed with. What it must state is tried over HTTP, in ``tests/contract/sign_on``."""

from __future__ import annotations

from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

from trunkline.control.sign_on.id_token import UnknownSigningKey, verify_id_token
from trunkline.core.errors import Forbidden

NOW = 1_700_000_000
CLAIMS = {"iss": "https://i.example", "sub": "ann", "aud": "c", "iat": NOW, "exp": NOW + 300, "nonce": "n"}

Key = RSAKey | ECKey | OKPKey
RSA = RSAKey.generate_key(2048, {"kid": "r"})


def sign(key: Key, algorithm: str, **header: str) -> str:
    return jwt.encode({"alg": algorithm, **header}, dict(CLAIMS), key, algorithms=[algorithm])


def verify(token: str, *keys: dict[str, Any]) -> dict[str, Any]:
    return verify_id_token(token, keys, issuer="https://i.example", client_id="c", nonce="n", now=NOW)


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (RSA, "RS256"),
        (RSA, "PS256"),
        (ECKey.generate_key("P-256", {"kid": "e"}), "ES256"),
        (OKPKey.generate_key("Ed25519", {"kid": "o"}), "EdDSA"),
        (OKPKey.generate_key("Ed25519", {"kid": "o"}), "Ed25519"),
    ],
)
def test_signatures_by_private_keys_are_good(key: Key, algorithm: str) -> None:
    token = sign(key, algorithm, kid=str(key.kid))
    assert verify(token, key.as_dict(private=False)) == CLAIMS


def test_without_an_id_the_one_key_that_signs_is_meant() -> None:
    public = RSA.as_dict(private=False)
    other = RSAKey.generate_key(2048, {"kid": "x"}).as_dict(private=False)
    token = sign(RSA, "RS256")
    assert verify(token, public, {**other, "use": "enc"}) == CLAIMS
    with pytest.raises(UnknownSigningKey):
        verify(token, public, other)
    with pytest.raises(UnknownSigningKey):
        verify(token)


def test_clocks_may_differ_by_a_minute() -> None:
    token, key = sign(RSA, "RS256", kid="r"), RSA.as_dict(private=False)

    def verify_at(now: float) -> object:
        return verify_id_token(token, [key], issuer="https://i.example", client_id="c", nonce="n", now=now)

    assert verify_at(NOW + 359) == verify_at(NOW - 60) == CLAIMS
    for now in (NOW + 361, NOW - 61):
        with pytest.raises(Forbidden, match=r"has expired|from the future"):
            verify_at(now)


def test_a_symmetric_key_is_none_that_signs() -> None:
    with pytest.raises(UnknownSigningKey):
        verify(sign(RSA, "RS256", kid="k"), {"kty": "oct", "kid": "k", "k": "AAAA"})
