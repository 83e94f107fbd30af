"""Passwords: what is accepted, and how they are kept."""

from __future__ import annotations

import unicodedata
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from trunkline.core.errors import InvalidInput

SHORTEST_PASSWORD: Final = 8
LONGEST_PASSWORD: Final = 256

# fmt: off
_COMMON: Final = frozenset({
    "00000000", "0123456789", "11111111", "12341234", "12345678", "123456789", "1234567890", "1q2w3e4r", "1qaz2wsx",
    "87654321", "987654321", "abc12345", "abcd1234", "admin123", "administrator", "asdfghjkl", "baseball", "changeme",
    "changeme1", "changeme123", "football", "iloveyou", "letmein1", "passw0rd", "password", "password1", "password12",
    "password123", "password1234", "passwort", "princess", "qwerty123", "qwertyui", "qwertyuiop", "starwars",
    "sunshine", "superman", "trunkline", "trunkline1", "trunkline123", "trustno1", "welcome1", "welcome123",
    "whatever",
})
# fmt: on
"""The head of every list of broken passwords, with 8 characters and more, and this product's name."""


class Passwords:
    """Argon2id with the parameters of RFC 9106, section 4, second choice (64 MiB, 3 passes, 4 lanes).

    A hash or a check takes some 50 ms of CPU and 64 MiB: call them in a worker thread, and limit attempts.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """``hasher`` is for tests, which need cheaper parameters."""
        self._hasher = hasher or PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
        self._dummy: str | None = None

    def hash(self, password: str, *, field: str = "password") -> str:
        """What to store for a new password. :class:`InvalidInput` on ``field`` if :func:`check_password` refuses it."""
        check_password(password, field=field)
        return self._hasher.hash(_normalise(password))

    def verify(self, stored: str, password: str) -> bool:
        """Whether ``stored`` was made from ``password``. A ``stored`` that is no hash matches nothing."""
        if len(password) > LONGEST_PASSWORD:
            return False
        try:
            return self._hasher.verify(stored, _normalise(password))
        except (VerificationError, InvalidHashError):
            return False

    def verify_dummy(self, password: str) -> bool:
        """Always False, after the work of :meth:`verify`: for unknown accounts, so that time does not tell them."""
        if self._dummy is None:
            self._dummy = self._hasher.hash("the password of nobody")
        self.verify(self._dummy, password)
        return False

    def needs_rehash(self, stored: str) -> bool:
        """Whether ``stored`` has older parameters: hash again at the next login, while the password is at hand."""
        return self._hasher.check_needs_rehash(stored)


def check_password(password: str, *, field: str = "password") -> None:
    """Refuse what NIST SP 800-63B, 5.1.1.2, has refused: too short, or among the first that an attacker tries.

    Length is what counts: 8 to 256 characters, any of Unicode, no rules about kinds of characters, no expiry.
    """
    length = len(_normalise(password))
    if length < SHORTEST_PASSWORD:
        raise InvalidInput.of(field, f"use at least {SHORTEST_PASSWORD} characters; a few words are good.")
    if len(password) > LONGEST_PASSWORD:
        raise InvalidInput.of(field, f"use at most {LONGEST_PASSWORD} characters.")
    if len(set(password)) < 4 or password.casefold() in _COMMON:
        raise InvalidInput.of(field, "this one is among the first that an attacker tries; use a few words instead.")


def _normalise(password: str) -> str:
    # The same characters typed on two systems may arrive composed or decomposed (NIST SP 800-63B, 5.1.1.2).
    return unicodedata.normalize("NFKC", password)
