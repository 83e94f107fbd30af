"""AWS Key Management Service: https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Final

import msgspec

from trunkline.external_secrets.aws import AwsService
from trunkline.external_secrets.key_service import PURPOSE
from trunkline.outbound import Transport

_CONTEXT: Final = {"purpose": PURPOSE}
"""Also in the trail of every use: https://docs.aws.amazon.com/kms/latest/developerguide/encrypt_context.html"""


class _Encrypted(msgspec.Struct):
    blob: str = msgspec.field(name="CiphertextBlob")


class _Decrypted(msgspec.Struct):
    plaintext: bytes = msgspec.field(name="Plaintext")


class AwsKms:
    """``name`` is the key's id, its ARN, or ``alias/<name>``: a symmetric key for encryption."""

    def __init__(self, name: str, environment: Mapping[str, str], transport: Transport) -> None:
        region = name.split(":")[3] if name.startswith("arn:") and name.count(":") >= 5 else None
        self._name = name
        self._service = AwsService(
            "kms", "AWS KMS", target="TrentService", environment=environment, transport=transport, region=region
        )

    async def wrap(self, key: bytes) -> str:
        """See :class:`trunkline.external_secrets.key_service.KeyService`."""
        plain = base64.b64encode(key).decode()
        body = {"KeyId": self._name, "Plaintext": plain, "EncryptionContext": _CONTEXT}
        return (await self._service.ask("Encrypt", body, _Encrypted)).blob

    async def unwrap(self, wrapped: str) -> bytes:
        """With this key alone, whichever another ciphertext names."""
        body = {"KeyId": self._name, "CiphertextBlob": wrapped, "EncryptionContext": _CONTEXT}
        return (await self._service.ask("Decrypt", body, _Decrypted)).plaintext
