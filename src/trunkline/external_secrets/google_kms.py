"""Google Cloud KMS: https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys/decrypt"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from trunkline.core.errors import InvalidInput, UpstreamError
from trunkline.core.secret import Secret
from trunkline.external_secrets.key_service import PURPOSE
from trunkline.external_secrets.service_call import ServiceFailed, ask, post_json, read_url
from trunkline.outbound import OutgoingRequest, Transport
from trunkline.providers.google_cloud import GoogleSigner
from trunkline.providers.service_account import read_service_account

_T = TypeVar("_T")

_TITLE: Final = "Google Cloud KMS"
_ADDRESS: Final = "https://cloudkms.googleapis.com/v1/"
_BOUND: Final = base64.b64encode(PURPOSE.encode()).decode()
_TOKEN_PATH: Final = "/computeMetadata/v1/instance/service-accounts/default/token"  # noqa: S105 - a path


class _Encrypted(msgspec.Struct):
    ciphertext: str


class _Decrypted(msgspec.Struct):
    plaintext: bytes


class _Token(msgspec.Struct):
    access_token: str


class GoogleKms:
    """``name`` is the key's resource: ``projects/…/locations/…/keyRings/…/cryptoKeys/…``.

    Proves itself by the service account in the file that ``GOOGLE_APPLICATION_CREDENTIALS`` names, else by the account
    of the machine or pod (https://cloud.google.com/compute/docs/access/authenticate-workloads#applications), whose
    metadata service is at ``GCE_METADATA_HOST``.
    """

    def __init__(self, name: str, environment: Mapping[str, str], transport: Transport) -> None:
        self._name = name
        self._environment = environment
        self._transport = transport

    async def wrap(self, key: bytes) -> str:
        """See :class:`trunkline.external_secrets.key_service.KeyService`."""
        body = {"plaintext": base64.b64encode(key).decode(), "additionalAuthenticatedData": _BOUND}
        return (await self._ask("encrypt", body, _Encrypted)).ciphertext

    async def unwrap(self, wrapped: str) -> bytes:
        """Whichever version of the key it was wrapped with, unless that is disabled."""
        body = {"ciphertext": wrapped, "additionalAuthenticatedData": _BOUND}
        return (await self._ask("decrypt", body, _Decrypted)).plaintext

    async def _ask(self, verb: str, body: object, kind: type[_T]) -> _T:
        request = post_json(f"{_ADDRESS}{self._name}:{verb}", body)
        if file := self._environment.get("GOOGLE_APPLICATION_CREDENTIALS"):
            try:
                signed = await _read_signer(Path(file)).sign(request, self._transport)
            except UpstreamError as error:
                raise ServiceFailed(" ".join([error.message, error.detail or ""]).strip(), refused=False) from error
        else:
            host = self._environment.get("GCE_METADATA_HOST") or "metadata.google.internal"
            asked = OutgoingRequest("GET", read_url(f"http://{host}{_TOKEN_PATH}"), (("Metadata-Flavor", "Google"),))
            token = await ask("Google's metadata service", asked, self._transport, _Token)
            shown = ("authorization", f"Bearer {token.access_token}")
            signed = msgspec.structs.replace(request, headers=(*request.headers, shown))
        return await ask(_TITLE, signed, self._transport, kind)


def _read_signer(file: Path) -> GoogleSigner:
    try:
        return GoogleSigner(read_service_account(Secret(file.read_text(encoding="utf-8"))))
    except (OSError, UnicodeError):
        raise ServiceFailed(f"GOOGLE_APPLICATION_CREDENTIALS: {file} cannot be read.", refused=True) from None
    except InvalidInput as error:
        told = error.message.removeprefix("apiKey: ")
        raise ServiceFailed(f"GOOGLE_APPLICATION_CREDENTIALS: {file} {told}", refused=True) from None
