"""Keys in the clear are recognised; ciphertexts are let through."""

from __future__ import annotations

import base64
import random

import pytest

from trunkline.providers import PROVIDERS
from trunkline.providers.plain_key import looks_like_plain_key


@pytest.mark.parametrize(
    "key",
    [
        "sk-proj-abc",
        "sk-ant-api03-abc",
        "sk-or-v1-0123",
        "AIzaSyA-abc_def",
        "hf_abcdef",
        "gsk_abcdef",
        "xai-abcdef",
        "r8_abcdef",
        "AKIAIOSFODNN7EXAMPLE",
        "nvapi-abc",
        "pplx-abc",
        "fw_abc",
        "tl-abc",
        "  sk-abc\n",
        "Bearer sk-abc",
        "bearer abc",
        '{"type": "service_account", "private_key": "-----BEGIN PRIVATE KEY-----\\nMIIE"}',
    ],
)
def test_known_keys_are_recognised(key: str) -> None:
    assert looks_like_plain_key(key)


def test_keys_of_every_provider_are_recognised() -> None:
    prefixes = [prefix for provider in PROVIDERS.values() for prefix in provider.key_prefixes]
    assert len(prefixes) >= 15
    assert all(looks_like_plain_key(f"{prefix}0123456789abcdef") for prefix in prefixes)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tl1.k1-abc.AAAA",
        "U2FsdGVkX1+abcdef==",
        "-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----",
        "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.a.b.c.d",
        "encrypted:sk-abc",
        "a sk-abc in a sentence",
        "sk-this is a sentence",
        "vault:v1:abcdef",
        "0123456789abcdef",
    ],
)
def test_ciphertexts_are_let_through(text: str) -> None:
    assert not looks_like_plain_key(text)


def test_random_base64_is_hardly_ever_taken_for_a_key() -> None:
    dice = random.Random(4)
    taken = sum(looks_like_plain_key(base64.b64encode(dice.randbytes(64)).decode()) for _ in range(20_000))
    assert taken <= 2
