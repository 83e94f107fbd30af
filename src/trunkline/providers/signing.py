"""What signs each call, for providers that are not shown a fixed key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trunkline.core.chat import JsonValue
from trunkline.core.referenced_key import ReferencedKey
from trunkline.core.secret import Secret
from trunkline.outbound.origin import Origin, write_origin
from trunkline.providers.aws import AwsSigner, find_region
from trunkline.providers.google_cloud import GoogleSigner
from trunkline.providers.provider import Provider
from trunkline.providers.referenced_key import ReferencedKeySigner
from trunkline.providers.service_account import is_service_account, read_service_account
from trunkline.providers.signer import Signer

BEDROCK_KEYS: Final = ("ABSK", "bedrock-api-key-")
"""How Bedrock's API keys begin: https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html"""


def make_signer(
    provider: Provider, origin: Origin, key: Secret | None, settings: Mapping[str, JsonValue]
) -> Signer | None:
    """What signs calls to ``origin`` with ``key``; None where the key is shown as it is. Raises InvalidInput."""
    if key is None:
        return None
    if isinstance(key, ReferencedKey):
        return ReferencedKeySigner(
            key, provider, write_origin(origin), lambda known: make_signer(provider, origin, known, settings)
        )
    if provider.auth == "google-cloud" and is_service_account(key):
        return GoogleSigner(read_service_account(key))
    access_key_id = settings.get("accessKeyId")
    if provider.auth == "aws" and isinstance(access_key_id, str) and not key.reveal().startswith(BEDROCK_KEYS):
        return AwsSigner(access_key_id, key, find_region(provider, origin, settings))
    return None
