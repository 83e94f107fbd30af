"""Credentials: the vault and the storage put together. The one place where a provider's key is sealed and opened."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from trunkline.core.errors import Forbidden, NotFound
from trunkline.core.ids import new_id
from trunkline.core.secret import Secret, mask
from trunkline.storage import credentials as rows
from trunkline.storage.database import Transaction
from trunkline.storage.tables import Credential, now
from trunkline.vault.data_key import WrappedDataKey
from trunkline.vault.stored_secret import StoredSecret
from trunkline.vault.vault import Vault

API_KEY: Final = "apiKey"
"""The field of a credential that holds the provider's key."""

CIPHERTEXT: Final = rows.CIPHERTEXT
"""The field of one that holds a key as a program encrypted it, to be given back and never sent to a provider."""

ACCESS_KEY: Final = "accessKey"
"""The field that holds what somebody keeps beside the key, such as its id. It is shown masked and sent to nobody."""

HEADER_PREFIX: Final = "headers."
"""Before the name of a header whose value is a secret."""


def name_owner(*, workspace_id: str, user_id: str, shared: bool) -> str:
    """Whose data key seals a configuration's secrets: the workspace's when it is shared, else its owner's."""
    return f"workspace:{workspace_id}" if shared else f"user:{user_id}"


class Credentials:
    """Keeps secrets. Every method works inside the caller's transaction; data keys are made on demand.

    A credential has fields, ``apiKey`` and ``headers.<name>``, or ``apiKeyEncrypted`` alone, each sealed to its owner,
    its row, its name and the origins it may be sent to. Plain values come in as :class:`Secret` and leave by
    :meth:`open` alone.
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def fingerprint(self, secret: Secret, workspace_id: str) -> str:
        """16 hex digits by which equal keys of a workspace are recognised; keyed, so that nobody can try guesses."""
        return self._vault.fingerprint(secret, owner=f"workspace:{workspace_id}")

    async def seal(
        self,
        tx: Transaction,
        *,
        workspace_id: str,
        owner: str,
        provider: str,
        created_by: str,
        fields: Mapping[str, Secret],
        origins: Iterable[str],
    ) -> str:
        """A new credential with ``fields``; gives its id."""
        credential = Credential(workspace_id=workspace_id, owner=owner, provider=provider, created_by=created_by)
        await rows.insert(tx, credential)
        await self._put(tx, credential, fields, tuple(origins))
        return credential.id

    async def update(
        self,
        tx: Transaction,
        workspace_id: str,
        credential_id: str,
        *,
        provider: str,
        changed_by: str,
        put: Mapping[str, Secret],
        drop: Collection[str],
        origins: Iterable[str],
    ) -> None:
        """Set the fields in ``put``, for ``origins``, and erase those in ``drop``; the others stay as they are."""
        credential = await self._find(tx, workspace_id, credential_id)
        credential.provider = provider
        if drop:
            await rows.drop_secrets(tx, credential_id, list(drop))
            if API_KEY in drop:
                credential.mask = credential.fingerprint = None
        if API_KEY in put:
            credential.created_by, credential.created_at = changed_by, now()
        await self._put(tx, credential, put, tuple(origins))

    def seal_unsaved(
        self, secret: Secret, *, owner: str, origins: Iterable[str]
    ) -> tuple[StoredSecret, WrappedDataKey]:
        """An API key as it would be stored, under a data key of its own, for a call by settings that are not saved."""
        data_key = self._vault.new_data_key(owner)
        stored = self._vault.encrypt(
            secret, owner=owner, credential_id=new_id(), field=API_KEY, origins=tuple(origins), data_key=data_key
        )
        return stored, data_key

    async def open(
        self, tx: Transaction, workspace_id: str, credential_id: str, *, origin: str | None = None
    ) -> dict[str, Secret]:
        """Its fields in plain. Raises CannotOpen where a row was tampered with or the root key is another.

        ``origin`` is where they are about to be sent: Forbidden, before any is opened, where they may not go there.
        """
        credential = await self._find(tx, workspace_id, credential_id)
        stored = await rows.read_secrets(tx, credential)
        if origin is not None and not all(secret.allows(origin) for secret, _ in stored):
            raise Forbidden(f"This key may not be sent to {origin}: enter it again.", code="origin_not_allowed")
        return {secret.field: self._vault.decrypt(secret, key) for secret, key in stored}

    async def reseal(self, tx: Transaction, workspace_id: str, credential_id: str, *, owner: str) -> None:
        """Encrypt every field anew under the current data key of ``owner``, who may be another than before."""
        credential = await self._find(tx, workspace_id, credential_id)
        stored = await rows.read_secrets(tx, credential)
        opened = [(secret, self._vault.decrypt(secret, key)) for secret, key in stored]
        credential.owner = owner
        for secret, plain in opened:
            await self._put(tx, credential, {secret.field: plain}, secret.origins)

    async def erase(self, tx: Transaction, workspace_id: str, credential_id: str) -> None:
        """Delete it and all of its fields. Whoever refers to it must be gone already."""
        await rows.erase(tx, workspace_id, credential_id)

    async def _put(
        self, tx: Transaction, credential: Credential, fields: Mapping[str, Secret], origins: tuple[str, ...]
    ) -> None:
        if not fields:
            return
        data_key = await self._data_key(tx, credential.owner)
        for field, secret in fields.items():
            stored = self._vault.encrypt(
                secret,
                owner=credential.owner,
                credential_id=credential.id,
                field=field,
                origins=origins,
                data_key=data_key,
            )
            shown = mask(secret.reveal())
            await rows.put_secret(tx, stored, shown)
            if field in {API_KEY, CIPHERTEXT}:
                credential.mask, credential.fingerprint = shown, self.fingerprint(secret, credential.workspace_id)
        credential.updated_at = now()
        await tx.flush()

    async def _data_key(self, tx: Transaction, owner: str) -> WrappedDataKey:
        current = await rows.find_current_key(tx, owner)
        if current is not None:
            return current
        return await rows.insert_first_key(tx, self._vault.new_data_key(owner))

    async def _find(self, tx: Transaction, workspace_id: str, credential_id: str) -> Credential:
        credential = await rows.find(tx, workspace_id, credential_id)
        if credential is None:
            raise NotFound("There is no such credential.")
        return credential
