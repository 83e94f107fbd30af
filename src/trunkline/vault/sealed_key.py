"""Keys that a browser sealed for this installation, so that nothing between it and the vault sees them.

HPKE, RFC 9180 (https://www.rfc-editor.org/rfc/rfc9180): base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256,
AES-256-GCM, one message per context. On the wire: ``tl1.<kid>.<base64url without padding of enc ‖ ct>``.

``info`` is the UTF-8 of a JSON array of texts without spaces. A browser makes it in one line::

    new TextEncoder().encode(JSON.stringify(["trunkline/1", instance, kid, user, workspace, origin]))

``instance`` and ``kid`` are from ``GET /api/encryption-key``; ``user`` and ``workspace`` are ids; ``origin`` is
``scheme://host:port`` of the place that the key is for, the port always written. So a sealed key is of use to nobody
else, nowhere else, and for no other place. The additional data (``aad``) is empty.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from trunkline.core.errors import InvalidInput
from trunkline.core.secret import Secret
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.subkey import Purpose

PREFIX: Final = "tl1."
KEM_ID: Final = 0x0020
KDF_ID: Final = 0x0001
AEAD_ID: Final = 0x0002
"""The identifiers of RFC 9180, 7.1–7.3."""

LONGEST_TEXT: Final = 32_768
"""Characters of a sealed key. Keys are short; the longest, a cloud account's JSON, has some 2,400."""

SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
"""The same three, as the library names them. Its messages are ``enc ‖ ct``."""

_KID: Final = re.compile(r"k([1-9][0-9]{0,5})-[A-Za-z0-9_-]{11}")
_REMEDY: Final = "Read GET /api/encryption-key again and seal the key anew"


class EncryptionKey(msgspec.Struct, frozen=True, rename="camel"):
    """What ``GET /api/encryption-key`` answers. ``public_key`` is base64url without padding of 32 bytes."""

    kid: str
    kem: int
    kdf: int
    aead: int
    public_key: str
    instance: str


def looks_sealed(text: str) -> bool:
    """Whether ``text`` claims to be sealed for us. One that does and does not open is an error, never a plain key."""
    return text.strip().startswith(PREFIX)


def encode_info(*, instance: str, kid: str, user: str, workspace: str, origin: str) -> bytes:
    """The ``info`` of RFC 9180 that both sides derive the same; see the module."""
    fields = ["trunkline/1", instance, kid, user, workspace, origin]
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


class SealedKeys:
    """Opens what was sealed for this installation, with any version of its key pair, and publishes the newest.

    The private keys derive from the ring, so that every replica has the same ones and none is stored.
    """

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    def publish(self) -> EncryptionKey:
        """The public key to seal with now."""
        key = self._derive(self._ring.state.sealing_version)
        public = key.public_key().public_bytes_raw()
        return EncryptionKey(
            kid=_name(self._ring.state.sealing_version, public),
            kem=KEM_ID,
            kdf=KDF_ID,
            aead=AEAD_ID,
            public_key=_encode(public),
            instance=self._ring.instance,
        )

    def read(self, given: Secret, *, user: str, workspace: str, origin: str, field: str) -> Secret:
        """What somebody sent as a secret for ``origin``, in plain or sealed. Raises as :meth:`open_sealed` does."""
        text = given.reveal()
        if not looks_sealed(text):
            return given
        return self.open_sealed(text, user=user, workspace=workspace, origin=origin, field=field)

    def open_sealed(self, text: str, *, user: str, workspace: str, origin: str, field: str = "apiKey") -> Secret:
        """The key that ``user`` sealed in ``workspace`` for ``origin``.

        :class:`InvalidInput` on ``field``, with the remedy, for whatever does not open: cut off, sealed for another
        installation, a key pair that this one never had, another user, workspace or origin.
        """
        text = text.strip()
        if len(text) > LONGEST_TEXT:
            raise InvalidInput.of(field, f"a sealed key has at most {LONGEST_TEXT} characters.", code="sealed_key")
        kid, _, body = text.removeprefix(PREFIX).partition(".")
        sealed = _decode(body) if text.startswith(PREFIX) else None
        if sealed is None:
            raise InvalidInput.of(field, f"it is not of the form tl1.<kid>.<base64url>. {_REMEDY}.", code="sealed_key")
        private = self._find(kid)
        if private is None:
            raise InvalidInput.of(
                field, f"it was sealed for a key that this installation does not have. {_REMEDY}.", code="sealed_key"
            )
        info = encode_info(instance=self._ring.instance, kid=kid, user=user, workspace=workspace, origin=origin)
        try:
            return Secret(SUITE.decrypt(sealed, private, info).decode())
        except (InvalidTag, ValueError):
            raise InvalidInput.of(
                field,
                f"it does not open: it was changed on the way, or sealed by another user, in another workspace or for "
                f"another address than {origin}. {_REMEDY} for this one.",
                code="sealed_key",
            ) from None

    def _find(self, kid: str) -> X25519PrivateKey | None:
        match = _KID.fullmatch(kid)
        version = int(match[1]) if match else 0
        # One version ahead: another replica may publish a new key pair before this one has read the new state.
        if not 1 <= version <= self._ring.state.sealing_version + 1:
            return None
        private = self._derive(version)
        return private if _name(version, private.public_key().public_bytes_raw()) == kid else None

    def _derive(self, version: int) -> X25519PrivateKey:
        return X25519PrivateKey.from_private_bytes(self._ring.derive(Purpose.SEALED_KEY, version))


def _name(version: int, public: bytes) -> str:
    # The digest tells a key of another installation, whose versions have the same numbers.
    return f"k{version}-{_encode(hashlib.sha256(public).digest()[:8])}"


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes | None:
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if _encode(raw) == text else None
