"""AES-256-GCM with a random nonce: the one way in which anything is encrypted at rest."""

from __future__ import annotations

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from trunkline.core.errors import CannotOpen

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16


class Box:
    """One 256-bit key, ready to seal and open. Sealed bytes are nonce (12) ‖ ciphertext ‖ tag (16).

    Nonces are random, so one key may seal 2³² times (NIST SP 800-38D, 8.3); a data key seals some hundreds.
    """

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes, not {len(key)}")
        self._cipher = AESGCM(key)

    def seal(self, plain: bytes, bound_to: bytes) -> bytes:
        """``plain`` encrypted, and authenticated together with ``bound_to``."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, bound_to)

    def open(self, sealed: bytes, bound_to: bytes) -> bytes:
        """What was sealed. :class:`CannotOpen` when a bit of ``sealed`` or ``bound_to`` differs, or the key does."""
        if len(sealed) < NONCE_BYTES + TAG_BYTES:
            raise CannotOpen("A stored secret does not open.")
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to)
        except InvalidTag:
            raise CannotOpen("A stored secret does not open.") from None
