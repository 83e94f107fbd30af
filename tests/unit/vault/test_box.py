"""The box opens what it sealed, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.core.errors import CannotOpen
from trunkline.vault.box import Box

KEY = bytes(range(32))


@given(st.binary(max_size=200), st.binary(max_size=50))
def test_opens_what_it_sealed(plain: bytes, bound_to: bytes) -> None:
    assert Box(KEY).open(Box(KEY).seal(plain, bound_to), bound_to) == plain


def test_the_same_text_never_looks_the_same() -> None:
    sealed = {Box(KEY).seal(b"text", b"") for _ in range(1000)}
    assert len({one[:12] for one in sealed}) == 1000


@pytest.mark.parametrize("sealed", [b"", b"\0" * 11, b"\0" * 27, b"\0" * 28])
def test_what_was_never_sealed_does_not_open(sealed: bytes) -> None:
    with pytest.raises(CannotOpen):
        Box(KEY).open(sealed, b"")


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_key_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Box(bytes(size))


def test_reads_the_documented_layout() -> None:
    # AES-256-GCM, test case 14 of "The Galois/Counter Mode of Operation" (McGrew, Viega).
    sealed = bytes(12) + bytes.fromhex("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919")
    assert Box(bytes(32)).open(sealed, b"") == bytes(16)
