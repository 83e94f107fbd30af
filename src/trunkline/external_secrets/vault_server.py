"""HashiCorp Vault or OpenBao, asked with what its own tools read: ``VAULT_ADDR``, ``VAULT_TOKEN`` and so on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal, TypeVar

import msgspec

from trunkline.external_secrets.service_call import ServiceFailed, ask, read_url
from trunkline.outbound import OutgoingRequest, Transport

_T = TypeVar("_T")

_TITLE: Final = "Vault"


class _Granted(msgspec.Struct):
    client_token: str


class _LogIn(msgspec.Struct):
    auth: _Granted


class VaultServer:
    """Proves itself by the first of these that is set: ``VAULT_TOKEN``; a file named by ``VAULT_TOKEN_FILE``, such as
    Vault's agent keeps; ``VAULT_ROLE_ID`` with ``VAULT_SECRET_ID``, for a login by AppRole at ``auth/approle``; the
    file ``~/.vault-token`` of ``vault login``. ``VAULT_NAMESPACE`` is passed on.

    https://developer.hashicorp.com/vault/docs/commands#configure-environment-variables
    """

    def __init__(self, environment: Mapping[str, str], transport: Transport) -> None:
        self._environment = environment
        self._transport = transport

    async def ask(self, method: Literal["GET", "POST"], path: str, body: object, kind: type[_T]) -> _T:
        """The answer to a request for ``path`` below ``/v1/``. Raises :class:`ServiceFailed`."""
        return await self._send(method, path, body, kind, await self._find_token())

    async def _send(self, method: Literal["GET", "POST"], path: str, body: object, kind: type[_T], token: str) -> _T:
        address = self._environment.get("VAULT_ADDR", "")
        if not address:
            raise ServiceFailed(
                "Vault has no address: set VAULT_ADDR, such as https://vault.example.com:8200.", refused=True
            )
        fields = [("content-type", "application/json"), ("X-Vault-Request", "true")]
        if token:
            fields.append(("X-Vault-Token", token))
        if namespace := self._environment.get("VAULT_NAMESPACE"):
            fields.append(("X-Vault-Namespace", namespace))
        url = read_url(f"{address.rstrip('/')}/v1/{path}")
        content = b"" if body is None else msgspec.json.encode(body)
        return await ask(_TITLE, OutgoingRequest(method, url, tuple(fields), content), self._transport, kind)

    async def _find_token(self) -> str:
        environment = self._environment
        if token := environment.get("VAULT_TOKEN"):
            return token
        if file := environment.get("VAULT_TOKEN_FILE"):
            return _read(Path(file))
        role, secret = environment.get("VAULT_ROLE_ID"), environment.get("VAULT_SECRET_ID")
        if role and secret:
            body = {"role_id": role, "secret_id": secret}
            return (await self._send("POST", "auth/approle/login", body, _LogIn, "")).auth.client_token
        return _read(Path(environment.get("HOME", "/")) / ".vault-token")


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError):
        raise ServiceFailed(
            f"There is no token for Vault: {file} cannot be read. Set VAULT_TOKEN, VAULT_TOKEN_FILE, or VAULT_ROLE_ID"
            " and VAULT_SECRET_ID.",
            refused=True,
        ) from None
