"""Tokens: enough randomness, one purpose each, nothing but a digest kept."""

from __future__ import annotations

import hashlib
import hmac
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.vault.key_ring import KeyRing
from trunkline.vault.root_key import RootKey
from trunkline.vault.subkey import Purpose
from trunkline.vault.token import TokenKind, Tokens, looks_like


@pytest.mark.parametrize(
    ("kind", "prefix"), [(TokenKind.API_KEY, "tl-"), (TokenKind.REFRESH, "tlr-"), (TokenKind.ONE_TIME, "tlo-")]
)
def test_a_token_is_its_prefix_and_43_characters(ring: KeyRing, kind: TokenKind, prefix: str) -> None:
    issued = Tokens(ring).issue(kind)
    text = issued.secret.reveal()
    assert re.fullmatch(re.escape(prefix) + r"[A-Za-z0-9_-]{43}", text)
    assert issued.digest == Tokens(ring).digest(kind, text)
    assert len(issued.digest) == 32
    assert text not in repr(issued)
    assert issued.display == f"{prefix}…{text[-4:]}"
    assert [looks_like(other, text) for other in TokenKind] == [other is kind for other in TokenKind]


def test_tokens_are_never_the_same(ring: KeyRing) -> None:
    tokens = Tokens(ring)
    assert len({tokens.issue(TokenKind.API_KEY).digest for _ in range(1000)}) == 1000


def test_the_digest_is_an_hmac_under_the_subkey_of_its_purpose(ring: KeyRing) -> None:
    expected = hmac.digest(ring.derive(Purpose.API_KEY), b"tl-x", hashlib.sha256)
    assert Tokens(ring).digest(TokenKind.API_KEY, "tl-x") == expected
    assert len({Tokens(ring).digest(kind, "tl-x") for kind in TokenKind}) == len(TokenKind)
    assert Tokens(KeyRing.create(RootKey.generate())).digest(TokenKind.API_KEY, "tl-x") != expected


def test_digests_survive_a_new_root_key(ring: KeyRing) -> None:
    moved = ring.migrate(RootKey.generate())
    assert Tokens(moved).digest(TokenKind.API_KEY, "tl-x") == Tokens(ring).digest(TokenKind.API_KEY, "tl-x")


@given(text=st.text())
def test_any_text_has_a_digest(ring: KeyRing, text: str) -> None:
    assert len(Tokens(ring).digest(TokenKind.API_KEY, text)) == 32
    assert len(Tokens(ring).digest(TokenKind.API_KEY, text + "\ud800")) == 32


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tl-",
        "tl-short",
        "tl-" + "x" * 42,
        "tl-" + "x" * 44,
        "TL-" + "x" * 43,
        "tl-" + "x" * 42 + "\n",
        "tl-" + "ü" * 43,
        "eyJhbGciOiJIUzI1NiJ9.e30.x",
    ],
)
def test_what_is_no_token_does_not_look_like_one(text: str) -> None:
    assert not looks_like(TokenKind.API_KEY, text)
