"""One purpose, one key; and the same ones for ever."""

from __future__ import annotations

import hashlib
import hmac
from itertools import product

import pytest

from trunkline.vault.subkey import Purpose, derive_subkey

KEY = bytes(range(32))


def test_every_purpose_and_version_has_its_own_key() -> None:
    keys = {derive_subkey(KEY, purpose, version) for purpose, version in product(Purpose, range(1, 20))}
    assert len(keys) == len(Purpose) * 19
    assert all(len(key) == 32 for key in keys)


def test_it_is_the_expand_step_of_rfc_5869() -> None:
    # T(1) = HMAC(PRK, info | 0x01), the whole of the output when that has 32 bytes.
    expected = hmac.digest(KEY, b"trunkline/1 key-encryption v7\x01", hashlib.sha256)
    assert derive_subkey(KEY, Purpose.KEY_ENCRYPTION, 7) == expected


def test_purposes_keep_their_names() -> None:
    """A changed name would make everything kept under it useless."""
    assert {purpose.value for purpose in Purpose} >= {
        "root-check", "key-encryption", "api-key", "refresh-token", "one-time-token", "access-token", "sealed-key",
        "snapshot", "fingerprint",
    }  # fmt: skip


@pytest.mark.parametrize("size", [0, 31, 33])
def test_short_keys_are_refused(size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        derive_subkey(bytes(size), Purpose.API_KEY)
