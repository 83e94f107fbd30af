"""Data keys as storage keeps them."""

from __future__ import annotations

from datetime import datetime

import msgspec


class WrappedDataKey(msgspec.Struct, frozen=True):
    """A random key of one owner, wrapped by a key-encryption key.

    ``owner`` is ``user:<id>``, ``workspace:<id>`` or ``instance:<id>``; ``kek_version`` the version of the
    key-encryption key that wraps it, so that rows still under an old one can be counted; ``wrapped`` is
    nonce ‖ ciphertext ‖ tag (60 bytes), bound to owner, id and version.
    """

    id: str
    owner: str
    kek_version: int
    wrapped: bytes
    created_at: datetime
