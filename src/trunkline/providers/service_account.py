"""A Google Cloud service account: the JSON file that the console hands out, pasted where others have a key.

https://cloud.google.com/iam/docs/keys-create-delete
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from trunkline.core.errors import InvalidInput
from trunkline.core.secret import Secret

if TYPE_CHECKING:
    from joserfc.jwk import RSAKey

TOKEN_URL: Final = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
"""Where Google gives tokens: https://developers.google.com/identity/protocols/oauth2/service-account#authorizingrequests"""

FILE_LIMIT: Final = 16_384
"""Characters. Files in use have about 2,400."""


class ServiceAccount(msgspec.Struct, frozen=True):
    """Who signs, and with what. Never shown: its repr leaves the key out."""

    email: str
    key_id: str
    key: RSAKey

    def __repr__(self) -> str:
        return f"ServiceAccount({self.email})"


class _File(msgspec.Struct):
    client_email: str
    private_key: str
    private_key_id: str = ""
    token_uri: str = TOKEN_URL


def is_service_account(key: Secret) -> bool:
    """Whether this is such a file, rather than an API key."""
    return key.reveal().lstrip().startswith("{")


def read_service_account(key: Secret) -> ServiceAccount:
    """Raises InvalidInput, which shows nothing of the file, where it is incomplete or wants its tokens elsewhere."""
    from joserfc.errors import JoseError  # noqa: PLC0415 - most installations have no such account
    from joserfc.jwk import RSAKey  # noqa: PLC0415

    text = key.reveal()
    if len(text) > FILE_LIMIT:
        raise InvalidInput.of("apiKey", f"is longer than {FILE_LIMIT:,} characters: paste the service account's file.")
    try:
        file = msgspec.json.decode(text, type=_File)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise InvalidInput.of(
            "apiKey",
            "is no service account: paste its JSON file whole, with client_email and private_key, or an API key.",
        ) from None
    if file.token_uri != TOKEN_URL:
        # A file that somebody else made could send a signed assertion, or this server, anywhere.
        raise InvalidInput.of("apiKey", f"names another token_uri than {TOKEN_URL}: use a file that Google made.")
    try:
        return ServiceAccount(file.client_email, file.private_key_id, RSAKey.import_key(file.private_key))
    except (JoseError, ValueError, TypeError):
        raise InvalidInput.of(
            "apiKey", "holds a private_key that is no RSA key in PEM: paste the file again."
        ) from None
