"""The root key wrapped by Google Cloud KMS, as its reference says that it answers.

https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys/encrypt
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from joserfc.jwk import RSAKey
from tests.unit.providers.fakes import FakeResponse, reply

from trunkline.external_secrets.google_kms import GoogleKms
from trunkline.external_secrets.service_call import ServiceFailed
from trunkline.outbound import OutgoingRequest, Timeouts
from trunkline.outbound.transport import DEFAULT_TIMEOUTS
from trunkline.providers.service_account import TOKEN_URL

KEY = bytes(range(32))
NAME = "projects/p/locations/europe/keyRings/r/cryptoKeys/trunkline"
METADATA = "http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token"


class Google:
    """Cloud KMS with one key, the token endpoint, and the metadata service of a machine."""

    def __init__(self) -> None:
        self._key = AESGCM(bytes(32))
        self.tokens = {"ya29.machine", "ya29.account"}

    async def send(self, request: OutgoingRequest, timeouts: Timeouts = DEFAULT_TIMEOUTS) -> FakeResponse:
        url, fields = str(request.url), {name.lower(): value for name, value in request.headers}
        if url == METADATA:
            if fields.get("metadata-flavor") != "Google":
                return reply(b"Missing Metadata-Flavor:Google header", 403)
            return reply({"access_token": "ya29.machine", "expires_in": 3599, "token_type": "Bearer"})
        if url == TOKEN_URL:
            return reply({"access_token": "ya29.account", "expires_in": 3599, "token_type": "Bearer"})
        if fields.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return refuse(401, "Request had invalid authentication credentials.", "UNAUTHENTICATED")
        body = json.loads(request.body)
        bound = base64.b64decode(body.pop("additionalAuthenticatedData", ""))
        if url == f"https://cloudkms.googleapis.com/v1/{NAME}:encrypt":
            blob = bytes(12) + self._key.encrypt(bytes(12), base64.b64decode(body.pop("plaintext")), bound)
            assert not body
            return reply({"name": f"{NAME}/cryptoKeyVersions/1", "ciphertext": base64.b64encode(blob).decode()})
        if url == f"https://cloudkms.googleapis.com/v1/{NAME}:decrypt":
            blob = base64.b64decode(body.pop("ciphertext"))
            assert not body
            try:
                plain = self._key.decrypt(blob[:12], blob[12:], bound)
            except InvalidTag:
                return refuse(400, "Decryption failed: the ciphertext is invalid.", "INVALID_ARGUMENT")
            return reply({"plaintext": base64.b64encode(plain).decode(), "usedPrimary": True})
        return refuse(404, "CryptoKey not found.", "NOT_FOUND")


def refuse(code: int, message: str, status: str) -> FakeResponse:
    return reply({"error": {"code": code, "message": message, "status": status}}, code)


async def test_what_was_wrapped_is_unwrapped_by_the_account_of_the_machine() -> None:
    service = GoogleKms(NAME, {}, Google())
    assert await service.unwrap(await service.wrap(KEY)) == KEY


async def test_a_service_account_proves_itself(tmp_path: Path) -> None:
    google = Google()
    google.tokens = {"ya29.account"}
    file: dict[str, Any] = {
        "client_email": "robot@p.iam.gserviceaccount.com",
        "private_key": RSAKey.generate_key(2048, private=True).as_pem(private=True).decode(),
        "token_uri": TOKEN_URL,
    }
    path = tmp_path / "account.json"
    path.write_text(json.dumps(file))
    service = GoogleKms(NAME, {"GOOGLE_APPLICATION_CREDENTIALS": str(path)}, google)
    assert await service.unwrap(await service.wrap(KEY)) == KEY


async def test_what_was_encrypted_for_something_else_is_no_root_key() -> None:
    blob = bytes(12) + AESGCM(bytes(32)).encrypt(bytes(12), KEY, b"something else")
    with pytest.raises(ServiceFailed, match="the ciphertext is invalid"):
        await GoogleKms(NAME, {}, Google()).unwrap(base64.b64encode(blob).decode())


async def test_what_is_wrong_is_told(tmp_path: Path) -> None:
    google = Google()
    with pytest.raises(ServiceFailed, match="status 404: CryptoKey not found"):
        await GoogleKms("projects/p/locations/l/keyRings/r/cryptoKeys/other", {}, google).wrap(KEY)
    google.tokens = set()
    with pytest.raises(ServiceFailed, match="status 401: Request had invalid"):
        await GoogleKms(NAME, {}, google).wrap(KEY)
    missing = {"GOOGLE_APPLICATION_CREDENTIALS": str(tmp_path / "none.json")}
    with pytest.raises(ServiceFailed, match=r"none\.json cannot be read"):
        await GoogleKms(NAME, missing, google).wrap(KEY)
    (tmp_path / "none.json").write_text("{}")
    with pytest.raises(ServiceFailed, match="is no service account"):
        await GoogleKms(NAME, missing, google).wrap(KEY)
