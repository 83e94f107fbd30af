"""``/api/encryption-key``: the public key with which browsers and programs seal provider keys."""

from __future__ import annotations

from fastapi import APIRouter

from trunkline.faces.http.auth import allow
from trunkline.faces.http.services import Services
from trunkline.faces.management.wire import EncryptionKeyResponse


def router(services: Services) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/api/encryption-key", tags=["Encryption"])

    @routes.get("", dependencies=[allow("encryption_key.read")])
    async def get_encryption_key() -> EncryptionKeyResponse:
        """The key to seal with now (HPKE, RFC 9180). Those before it are still opened."""
        return EncryptionKeyResponse.model_validate(services.sealed_keys.publish())

    return routes
