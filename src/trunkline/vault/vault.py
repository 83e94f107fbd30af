"""The vault: encrypts what is stored, opens what is used, and turns both levels of keys under traffic."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from typing import Final, Protocol

from trunkline.core.errors import CannotOpen, Forbidden
from trunkline.core.secret import Secret
from trunkline.vault.associated_data import encode_fields
from trunkline.vault.box import Box
from trunkline.vault.data_key import WrappedDataKey
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.stored_secret import StoredSecret, open_secret, seal_secret
from trunkline.vault.subkey import Purpose

REFERABLE: Final = "apiKey"
"""The field in which a reference may stand for a key."""


class ReferenceRules(Protocol):
    """Which references there may be, and how they are followed."""

    def require(self, secret: Secret, origins: tuple[str, ...]) -> None:
        """:class:`InvalidInput` where ``secret`` is a reference that may not be used at one of ``origins``."""
        ...

    def bind(self, secret: Secret) -> Secret:
        """``secret`` itself, or the reference that it is, ready to be followed."""
        ...


class Vault:
    """Envelope encryption over one :class:`KeyRing`. Everything is synchronous, microseconds long, and without I/O.

    Rotation, under traffic and from any process:

    * **Data key of an owner**: ``rotate_data_key`` gives a new wrapped key and the owner's secrets under it. Storage
      inserts the new key first, as the owner's current one; then replaces each secret by an update that names the
      ciphertext it was made from (``… WHERE id = ? AND ciphertext = ?``), so that a key saved meanwhile wins; reads
      again what is still under the old key, and goes on until none is; and only then deletes the old key. Readers
      always find the key that a row names.
    * **Key-encryption key**: ``new = vault.ring.advance()``; storage swaps ``new.state`` in, only if the state is still
      ``vault.ring.state`` (compare and swap); then ``vault.use(new)``, and ``rewrap`` each data key, replacing a row
      only if its ``wrapped`` is unchanged, until no row has a ``kek_version`` below the state's. Old versions keep
      opening what they wrapped, and other processes open the new one before they have read the state.
    * **Root key**: give every process both root keys; then the same with ``vault.ring.migrate(new_root)``. When no row
      has an older version, the old root key can be taken away. Nothing else depends on the root key.
    """

    def __init__(self, ring: KeyRing, references: ReferenceRules | None = None) -> None:
        """``references`` know which texts are no keys, but say where one is; None where nothing refers to any."""
        self._ring = ring
        self.references = references

    @property
    def ring(self) -> KeyRing:
        """The ring in use."""
        return self._ring

    def use(self, ring: KeyRing) -> None:
        """Go on with ``ring``, whose state is stored: after a rotation, by this process or another."""
        self._ring = ring

    def new_data_key(self, owner: str) -> WrappedDataKey:
        """A new data key for ``owner`` (``user:<id>`` or ``workspace:<id>``), to be stored."""
        return self._ring.new_data_key(owner)

    def encrypt(
        self,
        secret: Secret,
        *,
        owner: str,
        credential_id: str,
        field: str,
        origins: Iterable[str],
        data_key: WrappedDataKey,
    ) -> StoredSecret:
        """``secret`` as a row to store. ``data_key`` is the owner's: another's is refused with :class:`CannotOpen`.

        :class:`InvalidInput` for a reference that may not be used at one of ``origins``.
        """
        origins = tuple(origins)
        if self.references is not None and field == REFERABLE:
            self.references.require(secret, origins)
        return seal_secret(
            self._open_box(data_key, owner=owner, data_key_id=data_key.id),
            secret,
            owner=owner,
            credential_id=credential_id,
            field=field,
            origins=origins,
            data_key_id=data_key.id,
        )

    def decrypt(self, stored: StoredSecret, data_key: WrappedDataKey) -> Secret:
        """What was encrypted.

        :class:`CannotOpen` when ``data_key`` is not the one that ``stored`` names, when either was changed in any bit
        or moved to another row or owner, or when the root key is not the one that it was encrypted under.
        """
        secret = open_secret(self._open_box(data_key, owner=stored.owner, data_key_id=stored.data_key_id), stored)
        return secret if self.references is None or stored.field != REFERABLE else self.references.bind(secret)

    def open(self, stored: StoredSecret, data_key: WrappedDataKey, origin: str) -> Secret:
        """As :meth:`decrypt`, for ``origin``, the place that the secret is about to be sent to.

        One that is not among the row's is :class:`Forbidden`, before anything is opened. Nothing is kept here: how long
        an opened secret stays in memory is up to who has it.
        """
        if not stored.allows(origin):
            raise Forbidden(
                f"This credential may not be sent to {origin}. Enter the key again for the new address.",
                code="origin_not_allowed",
            )
        return self.decrypt(stored, data_key)

    def rotate_data_key(
        self, owner: str, old: WrappedDataKey, secrets: Iterable[StoredSecret]
    ) -> tuple[WrappedDataKey, list[StoredSecret]]:
        """A new data key for ``owner``, and ``secrets`` under it in the same order. The class tells how to store them.

        :class:`CannotOpen`, and nothing is lost, when one of ``secrets`` does not open with ``old``.
        """
        new = self.new_data_key(owner)
        return new, self.reencrypt(secrets, old=old, new=new)

    def reencrypt(
        self, secrets: Iterable[StoredSecret], *, old: WrappedDataKey, new: WrappedDataKey
    ) -> list[StoredSecret]:
        """``secrets`` moved from ``old`` to ``new``: for what was saved under ``old`` while a rotation went on."""
        box = self._open_box(new, owner=old.owner, data_key_id=new.id)
        return [
            seal_secret(
                box,
                self.decrypt(stored, old),
                owner=stored.owner,
                credential_id=stored.credential_id,
                field=stored.field,
                origins=stored.origins,
                data_key_id=new.id,
            )
            for stored in secrets
        ]

    def rewrap(self, data_key: WrappedDataKey) -> WrappedDataKey:
        """The same data key under the newest key-encryption key; secrets under it stay as they are."""
        return self._ring.rewrap(data_key)

    def fingerprint(self, secret: Secret, *, owner: str) -> str:
        """16 hex digits, the same whenever ``owner`` has the same secret: to tell keys apart without showing them.

        Keyed by the instance and by ``owner``: nobody else can compare or guess with it.
        """
        text = encode_fields("trunkline/1 fingerprint", owner, secret.reveal())
        return hmac.digest(self._ring.derive(Purpose.FINGERPRINT), text, "sha256").hex()[:16]

    def _open_box(self, data_key: WrappedDataKey, *, owner: str, data_key_id: str) -> Box:
        if data_key.owner != owner or data_key.id != data_key_id:
            raise CannotOpen("A stored secret does not open.")
        return Box(self._ring.open_data_key(data_key))
