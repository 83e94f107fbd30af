"""Azure Key Vault: https://learn.microsoft.com/en-us/rest/api/keyvault/keys/unwrap-key/unwrap-key"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import msgspec

from trunkline.external_secrets.service_call import ServiceFailed, ask, post_json, read_url
from trunkline.outbound import OutgoingRequest, Transport

_TITLE: Final = "Azure Key Vault"
_VERSION: Final = "api-version=7.4"
_ALGORITHM: Final = "RSA-OAEP-256"
_METADATA: Final = "http://169.254.169.254/metadata/identity/oauth2/token"
"""https://learn.microsoft.com/en-us/entra/identity/managed-identities-azure-resources/how-to-use-vm-token"""
_ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class _Token(msgspec.Struct):
    access_token: str


class _KeyName(msgspec.Struct):
    kid: str


class _Key(msgspec.Struct):
    key: _KeyName


class _Result(msgspec.Struct):
    value: str


class AzureKeys:
    """``name`` is the vault's host and the key: ``trunkline.vault.azure.net/root``. An RSA key, used with RSA-OAEP-256.

    Proves itself as ``AZURE_TENANT_ID`` and ``AZURE_CLIENT_ID`` with ``AZURE_CLIENT_SECRET``, or with the token in
    ``AZURE_FEDERATED_TOKEN_FILE``, as Azure's tools do
    (https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow); else as the identity
    of the machine.
    """

    def __init__(self, name: str, environment: Mapping[str, str], transport: Transport) -> None:
        self._host, _, self._key = name.partition("/")
        self._environment = environment
        self._transport = transport

    async def wrap(self, key: bytes) -> str:
        """With the newest version of the key, which the text names."""
        shown = await self._show_token()
        asked = OutgoingRequest("GET", read_url(f"https://{self._host}/keys/{self._key}?{_VERSION}"), shown)
        found = await ask(_TITLE, asked, self._transport, _Key)
        version = found.key.kid.rpartition("/")[2]
        return f"{version}.{await self._work('wrapkey', version, _write(key), shown)}"

    async def unwrap(self, wrapped: str) -> bytes:
        """With the version of the key that wrapped it, unless that is disabled."""
        version, _, value = wrapped.partition(".")
        return _read(await self._work("unwrapkey", version, value, await self._show_token()))

    async def _work(self, verb: str, version: str, value: str, shown: tuple[tuple[str, str], ...]) -> str:
        url = f"https://{self._host}/keys/{self._key}/{version}/{verb}?{_VERSION}"
        return (
            await ask(_TITLE, post_json(url, {"alg": _ALGORITHM, "value": value}, shown), self._transport, _Result)
        ).value

    async def _show_token(self) -> tuple[tuple[str, str], ...]:
        environment = self._environment
        resource = f"https://{self._host.partition('.')[2]}"
        tenant, client = environment.get("AZURE_TENANT_ID"), environment.get("AZURE_CLIENT_ID")
        secret, file = environment.get("AZURE_CLIENT_SECRET"), environment.get("AZURE_FEDERATED_TOKEN_FILE")
        if tenant and client and (secret or file):
            proof = {"client_secret": secret} if secret else _read_assertion(Path(file or ""))
            form = {"grant_type": "client_credentials", "client_id": client, "scope": f"{resource}/.default", **proof}
            authority = (environment.get("AZURE_AUTHORITY_HOST") or "https://login.microsoftonline.com").rstrip("/")
            asked = OutgoingRequest(
                "POST",
                read_url(f"{authority}/{tenant}/oauth2/v2.0/token"),
                (("content-type", "application/x-www-form-urlencoded"),),
                urlencode(form).encode(),
            )
            token = await ask("Microsoft Entra ID", asked, self._transport, _Token)
        else:
            query = {"api-version": "2018-02-01", "resource": resource, **({"client_id": client} if client else {})}
            asked = OutgoingRequest("GET", read_url(f"{_METADATA}?{urlencode(query)}"), (("Metadata", "true"),))
            token = await ask("Azure's metadata service", asked, self._transport, _Token)
        return (("authorization", f"Bearer {token.access_token}"),)


def _read_assertion(file: Path) -> dict[str, str]:
    try:
        return {"client_assertion_type": _ASSERTION, "client_assertion": file.read_text(encoding="utf-8").strip()}
    except (OSError, UnicodeError):
        raise ServiceFailed(f"AZURE_FEDERATED_TOKEN_FILE: {file} cannot be read.", refused=True) from None


def _write(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _read(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
