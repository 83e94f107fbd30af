"""Access tokens: ours, whole, and in time; or refused with a reason."""

from __future__ import annotations

import json

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from joserfc.util import urlsafe_b64encode

from trunkline.core.errors import Unauthenticated
from trunkline.vault.access_token import LIFETIME_SECONDS, AccessTokens
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.root_key import RootKey
from trunkline.vault.subkey import Purpose

NOW = 1_700_000_000.5


@pytest.fixture
def tokens(ring: KeyRing) -> AccessTokens:
    return AccessTokens(ring)


def sign(ring: KeyRing, *, header: dict[str, str] | None = None, **changes: object) -> str:
    claims = {"sub": "u", "sid": "s", "iat": int(NOW), "exp": int(NOW) + 60, "iss": ring.instance, "typ": "access"}
    merged = {name: value for name, value in (claims | changes).items() if value is not None}
    return jwt.encode(header or {"alg": "HS256"}, merged, OctKey.import_key(ring.derive(Purpose.ACCESS_TOKEN)))


def test_says_who_asks_for_15_minutes(tokens: AccessTokens, ring: KeyRing) -> None:
    token = tokens.issue("user-1", "session-1", NOW)
    claims = tokens.verify(token, NOW)
    assert (claims.user_id, claims.session_id, claims.iss) == ("user-1", "session-1", ring.instance)
    assert (claims.iat, claims.exp) == (1_700_000_000, 1_700_000_900)
    assert LIFETIME_SECONDS == 900


def test_no_two_are_equal_so_that_a_renewed_one_is_told_from_the_old_one(tokens: AccessTokens) -> None:
    assert len({tokens.issue("user-1", "session-1", NOW) for _ in range(3)}) == 3


@pytest.mark.parametrize("warm", [True, False])
def test_expires_also_when_it_is_remembered(tokens: AccessTokens, warm: bool) -> None:
    token = tokens.issue("u", "s", NOW)
    if warm:
        tokens.verify(token, NOW)
    assert tokens.verify(token, 1_700_000_899.9).user_id == "u"
    with pytest.raises(Unauthenticated, match=r"has expired.*refresh"):
        tokens.verify(token, 1_700_000_900.0)
    with pytest.raises(Unauthenticated, match="has expired"):
        tokens.verify(token, 1_700_000_900.0)


def test_a_well_signed_token_of_the_right_form_is_read(tokens: AccessTokens, ring: KeyRing) -> None:
    assert tokens.verify(sign(ring), NOW).user_id == "u"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "somebody"},
        {"iss": None},
        {"typ": "refresh"},
        {"sub": None},
        {"sub": 5},
        {"sid": None},
        {"exp": None},
        {"exp": "9999999999"},
        {"exp": 1e400},
    ],
)
def test_a_token_without_one_right_claim_is_refused(
    tokens: AccessTokens, ring: KeyRing, changes: dict[str, object]
) -> None:
    with pytest.raises(Unauthenticated, match="not one that this installation has issued"):
        tokens.verify(sign(ring, **changes), NOW)


def test_only_our_algorithm_counts(tokens: AccessTokens, ring: KeyRing) -> None:
    _, payload, signature = tokens.issue("u", "s", NOW).split(".")
    for header in ({"alg": "none"}, {"alg": "None", "typ": "JWT"}, {"alg": "HS512"}, {"alg": "RS256"}, {}):
        head = urlsafe_b64encode(json.dumps(header).encode()).decode()
        for tail in ("", signature):
            with pytest.raises(Unauthenticated):
                tokens.verify(f"{head}.{payload}.{tail}", NOW)
    key = OctKey.import_key(ring.derive(Purpose.ACCESS_TOKEN))
    stronger = jwt.encode({"alg": "HS512"}, {"sub": "u"}, key, algorithms=["HS512"])
    with pytest.raises(Unauthenticated):
        tokens.verify(stronger, NOW)


def test_every_character_of_a_token_counts(tokens: AccessTokens) -> None:
    """Also for one that is remembered: its first characters are no key to anything."""
    token = tokens.issue("u", "s", NOW)
    tokens.verify(token, NOW)
    for place in range(len(token)):
        other = "A" if token[place] != "A" else "Q"
        with pytest.raises(Unauthenticated):
            tokens.verify(token[:place] + other + token[place + 1 :], NOW)
    with pytest.raises(Unauthenticated):
        tokens.verify(token[:20], NOW)


@pytest.mark.parametrize(
    "token", ["", ".", "..", "...", "x" * 5000, "tl-abc", "\ud800.a.b", "a.b.c", "ä.ö.ü", "e30.e30.e30", "W10.e30."]
)
def test_anything_else_is_refused(tokens: AccessTokens, token: str) -> None:
    with pytest.raises(Unauthenticated, match="tl-"):
        tokens.verify(token, NOW)


def test_another_installation_refuses_it(tokens: AccessTokens) -> None:
    with pytest.raises(Unauthenticated):
        AccessTokens(KeyRing.create(RootKey.generate())).verify(tokens.issue("u", "s", NOW), NOW)


def test_it_survives_a_new_root_key(tokens: AccessTokens, ring: KeyRing) -> None:
    assert AccessTokens(ring.migrate(RootKey.generate())).verify(tokens.issue("u", "s", NOW), NOW).user_id == "u"


def test_the_memory_is_bounded(ring: KeyRing) -> None:
    tokens = AccessTokens(ring, cache_capacity=2)
    issued = [tokens.issue(f"u{n}", "s", NOW) for n in range(5)]
    for _ in range(2):
        assert [tokens.verify(token, NOW).user_id for token in issued] == ["u0", "u1", "u2", "u3", "u4"]
    assert len(tokens._verified) == 2
