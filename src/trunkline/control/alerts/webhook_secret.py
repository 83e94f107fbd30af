"""Secrets of webhooks, as the Standard Webhooks specification writes them: ``whsec_`` and 24 to 64 bytes in base64.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme
"""

from __future__ import annotations

import base64
import binascii
import secrets
from typing import Final

from trunkline.core.errors import InvalidInput
from trunkline.core.secret import Secret

PREFIX: Final = "whsec_"
_LEAST: Final = 24
_MOST: Final = 64
_MADE: Final = 32


def make_secret() -> Secret:
    """A fresh one of 32 random bytes."""
    return Secret(PREFIX + base64.b64encode(secrets.token_bytes(_MADE)).decode())


def check_secret(secret: Secret, field: str = "secret") -> None:
    """Raise InvalidInput for one that is empty, short or of another form."""
    try:
        length = len(read_secret(secret))
    except ValueError:
        length = 0
    if not _LEAST <= length <= _MOST:
        raise InvalidInput.of(
            field,
            f"must be {PREFIX} followed by {_LEAST} to {_MOST} random bytes in base64. Leave it out, and one is made.",
        )


def read_secret(secret: Secret) -> bytes:
    """The bytes to sign with. Raises ValueError."""
    text = secret.reveal()
    if not text.startswith(PREFIX):
        raise ValueError("not a webhook secret")
    try:
        return base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("not a webhook secret") from error
