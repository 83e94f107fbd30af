"""One key per purpose, so that what is made for one can never be used, or learnt, through another."""

from __future__ import annotations

from enum import Enum

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from trunkline.vault.box import KEY_BYTES


class Purpose(Enum):
    """What a key is for. The value is part of the derivation: changing one makes everything kept under it useless."""

    ROOT_CHECK = "root-check"
    KEY_ENCRYPTION = "key-encryption"
    API_KEY = "api-key"
    REFRESH_TOKEN = "refresh-token"  # noqa: S105 - the name of a purpose
    ONE_TIME_TOKEN = "one-time-token"  # noqa: S105 - the name of a purpose
    ACCESS_TOKEN = "access-token"  # noqa: S105 - the name of a purpose
    SEALED_KEY = "sealed-key"
    SNAPSHOT = "snapshot"
    FINGERPRINT = "fingerprint"
    STORED_RESPONSE = "stored-response"
    STREAM_TICKET = "stream-ticket"
    UPLOAD_TICKET = "upload-ticket"
    MCP_SESSION = "mcp-session"
    AUDIT = "audit"
    RESPONSE_CACHE = "response-cache"
    STORED_FILE = "stored-file"
    CAPTURE = "capture"
    SIGN_ON = "sign-on"
    SCIM_TOKEN = "scim-token"  # noqa: S105 - the name of a purpose
    BACKUP = "backup"
    BACKUP_NAME = "backup-name"


def derive_subkey(key: bytes, purpose: Purpose, version: int = 1) -> bytes:
    """32 bytes for ``purpose`` and ``version``, from ``key`` of 32 uniformly random bytes.

    HKDF-SHA256, expand step alone, as RFC 5869, 3.3 allows for a key that is already uniform;
    ``info`` is ``trunkline/1 <purpose> v<version>``.
    """
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes, not {len(key)}")
    info = f"trunkline/1 {purpose.value} v{version}".encode()
    return HKDFExpand(algorithm=SHA256(), length=KEY_BYTES, info=info).derive(key)
