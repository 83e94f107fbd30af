"""How a key is shown to a provider. Apart from the wire format: one dialect is served behind several schemes."""

from __future__ import annotations

from typing import Final, Literal

from trunkline.core.errors import InvalidInput
from trunkline.core.secret import Secret
from trunkline.providers.service_account import is_service_account, read_service_account

AuthScheme = Literal["bearer", "x-api-key", "x-goog-api-key", "api-key", "aws", "google-cloud", "none"]
"""``x-api-key``: https://platform.claude.com/docs/en/api/overview, ``x-goog-api-key``: https://ai.google.dev/api,
``api-key``: https://learn.microsoft.com/azure/ai-foundry/openai/reference

``aws`` is a Bedrock API key, shown as a bearer's, or the secret of an access key; ``google-cloud`` is an API key or a
service account in JSON. What signs each call with an access key or a service account is in
:mod:`trunkline.providers.signing`.
"""

KEY_LIMIT: Final = 4096
"""Characters. The longest keys in use (signed tokens) stay below it; a pasted file does not."""


def write_auth(scheme: AuthScheme, key: Secret | None) -> tuple[tuple[str, str], ...]:
    """The header fields that show ``key``; none without one. The values are plain: keep them out of logs.

    White space around a pasted key is cut. A service account is only checked: it signs and is never shown. Raises
    InvalidInput, without the key, for what cannot be one.
    """
    if key is None or scheme == "none":
        return ()
    if scheme == "google-cloud":
        if is_service_account(key):
            read_service_account(key)
            return ()
        scheme = "x-goog-api-key"
    value = key.reveal().strip()
    if not value:
        raise InvalidInput.of("apiKey", "is empty: paste the provider's key.")
    if len(value) > KEY_LIMIT or not value.isascii() or not value.isprintable() or " " in value:
        raise InvalidInput.of(
            "apiKey", "holds spaces, line breaks or other characters that no key has: copy it again, whole and alone."
        )
    if scheme in ("bearer", "aws"):
        return (("authorization", f"Bearer {value}"),)
    return ((scheme, value),)
