"""``/api/encryption-key``: the public key with which browsers and programs seal provider keys."""

from __future__ import annotations

from trunkline.faces.http.auth import allow
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import ResponseBody

router = Router(prefix="/api/encryption-key", tags=["Encryption"])


class EncryptionKeyResponse(ResponseBody):
    """The public key to seal provider keys with (RFC 9180); `publicKey` is base64url of 32 bytes."""

    kid: str
    kem: int
    kdf: int
    aead: int
    public_key: str
    instance: str


@router.get("", dependencies=[allow("encryption_key.read")])
async def get_encryption_key(
    services: ServicesDep,
) -> EncryptionKeyResponse:
    """The key to seal with now (HPKE, RFC 9180). Those before it are still opened."""
    return EncryptionKeyResponse.model_validate(services.sealed_keys.publish())
