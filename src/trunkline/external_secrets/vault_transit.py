"""Vault's transit engine: https://developer.hashicorp.com/vault/api-docs/secret/transit#decrypt-data"""

from __future__ import annotations

import base64
from collections.abc import Mapping

import msgspec

from trunkline.external_secrets.vault_server import VaultServer
from trunkline.outbound import Transport


class _Ciphertext(msgspec.Struct):
    ciphertext: str


class _Encrypted(msgspec.Struct):
    data: _Ciphertext


class _Plaintext(msgspec.Struct):
    plaintext: bytes


class _Decrypted(msgspec.Struct):
    data: _Plaintext


class VaultTransit:
    """``name`` is where the engine is mounted and the key: ``transit/trunkline``."""

    def __init__(self, name: str, environment: Mapping[str, str], transport: Transport) -> None:
        self._mount, _, self._key = name.rpartition("/")
        self._server = VaultServer(environment, transport)

    async def wrap(self, key: bytes) -> str:
        """See :class:`trunkline.external_secrets.key_service.KeyService`."""
        body = {"plaintext": base64.b64encode(key).decode()}
        return (await self._server.ask("POST", f"{self._mount}/encrypt/{self._key}", body, _Encrypted)).data.ciphertext

    async def unwrap(self, wrapped: str) -> bytes:
        """Whichever version of the key it was wrapped with, unless Vault was told to forget that."""
        path = f"{self._mount}/decrypt/{self._key}"
        return (await self._server.ask("POST", path, {"ciphertext": wrapped}, _Decrypted)).data.plaintext
