"""What a browser does with a secret before it is sent."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from tests.contract.local_installation import Person
from trunkline.vault.sealed_key import SUITE, encode_info


async def seal(person: Person, workspace_id: str, secret: str, origin: str) -> str:
    """``secret`` as a browser seals it."""
    published = (await person.client.get("/api/encryption-key")).json()
    public = X25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(published["publicKey"] + "="))
    info = encode_info(
        instance=published["instance"], kid=published["kid"], user=person.id, workspace=workspace_id, origin=origin
    )
    sealed = SUITE.encrypt(secret.encode(), public, info)
    return f"tl1.{published['kid']}.{base64.urlsafe_b64encode(sealed).rstrip(b'=').decode()}"
