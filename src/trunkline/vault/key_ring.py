"""The key ring: every version of the key-encryption key, and the subkeys of the instance."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import NoReturn

import msgspec

from trunkline.core.errors import CannotOpen
from trunkline.core.ids import new_id
from trunkline.vault.associated_data import encode_fields
from trunkline.vault.box import KEY_BYTES, Box
from trunkline.vault.data_key import WrappedDataKey
from trunkline.vault.root_key import RootKey, check_value
from trunkline.vault.subkey import Purpose, derive_subkey


class KeyState(msgspec.Struct, frozen=True):
    """What the database keeps of the ring, in one row; it holds nothing secret in the clear.

    ``root_check`` tells which root key is in use; ``kek_version`` is the newest version of the key-encryption key, and
    only grows, also when the root key changes; ``sealing_version`` the newest key pair for sealed keys;
    ``instance_key`` the key from which the subkeys derive. Storage replaces the row only if it is unchanged since it
    was read (compare and swap); at the first start whoever inserts it first wins, and the others read that one.
    """

    root_check: str
    kek_version: int
    sealing_version: int
    instance_key: WrappedDataKey

    @property
    def instance(self) -> str:
        """The id of this installation: a UUID, made with the first state and never changed."""
        return self.instance_key.owner.removeprefix("instance:")


class KeyRing:
    """Immutable. Wraps with the newest version, opens with any, also with versions newer than its own state.

    The latter lets processes follow a rotation at their own pace: a data key that a faster one has wrapped with version
    n + 1 opens here before this one has read the new state.
    """

    def __init__(self, roots: Sequence[RootKey], state: KeyState) -> None:
        """``roots``: the root key, and during a change of it the other one, in any order.

        :class:`CannotOpen` (code ``wrong_root_key``) when none of them is the one that ``state`` names.
        """
        active = next((root for root in roots if check_value(root) == state.root_check), None)
        if active is None:
            raise CannotOpen(
                "The root key is not the one that this database was encrypted with. Nothing was written. Restore the "
                "right key file from your backup, or point TRUNKLINE_ROOT_KEY_FILE at it. Without it the stored "
                "provider keys cannot be recovered, and must be entered again into a new data directory.",
                code="wrong_root_key",
            )
        self.state = state
        self._roots = (active, *(root for root in roots if root is not active))
        self._key_encryption_box = lru_cache(maxsize=64)(_derive_key_encryption_box)
        self._instance_key = self.open_data_key(state.instance_key)

    @classmethod
    def create(cls, root: RootKey) -> KeyRing:
        """The ring of a new installation: version 1 and a new instance key. Its ``state`` is to be stored."""
        key = secrets.token_bytes(KEY_BYTES)
        box = _derive_key_encryption_box(root, 1)
        wrapped = _wrap(box, 1, f"instance:{new_id()}", new_id(), key, datetime.now(UTC))
        state = KeyState(root_check=check_value(root), kek_version=1, sealing_version=1, instance_key=wrapped)
        return cls([root], state)

    @property
    def instance(self) -> str:
        """The id of this installation."""
        return self.state.instance

    def derive(self, purpose: Purpose, version: int = 1) -> bytes:
        """The instance's subkey of 32 bytes for ``purpose``. It survives every rotation."""
        return derive_subkey(self._instance_key, purpose, version)

    def new_data_key(self, owner: str) -> WrappedDataKey:
        """A new random data key for ``owner``, wrapped with the newest version."""
        return self._wrap(owner, new_id(), secrets.token_bytes(KEY_BYTES), datetime.now(UTC))

    def open_data_key(self, data_key: WrappedDataKey) -> bytes:
        """The data key itself. :class:`CannotOpen` when a bit of its owner, id, version or ciphertext differs."""
        bound_to = _bind(data_key.owner, data_key.id, data_key.kek_version)
        for root in self._roots:
            try:
                return self._key_encryption_box(root, data_key.kek_version).open(data_key.wrapped, bound_to)
            except CannotOpen:
                continue
        raise CannotOpen("A stored secret does not open.")

    def rewrap(self, data_key: WrappedDataKey) -> WrappedDataKey:
        """The same data key under the newest version; ``data_key`` itself when it is there already."""
        if data_key.kek_version >= self.state.kek_version:
            return data_key
        return self._wrap(data_key.owner, data_key.id, self.open_data_key(data_key), data_key.created_at)

    def advance(self) -> KeyRing:
        """A ring with a new version of the key-encryption key, which wraps from now on."""
        return self._succeed(self._roots[0])

    def advance_sealing(self) -> KeyRing:
        """A ring that publishes a new key pair for sealed keys. Those sealed for the older ones still open."""
        state = msgspec.structs.replace(self.state, sealing_version=self.state.sealing_version + 1)
        return KeyRing(self._roots, state)

    def migrate(self, root: RootKey) -> KeyRing:
        """A ring whose next version derives from ``root``; the old root key still opens what it wrapped."""
        return self._succeed(root)

    def follow(self, state: KeyState) -> KeyRing:
        """A ring with the ``state`` that another process has stored; :class:`CannotOpen` if its root key is another."""
        return KeyRing(self._roots, state)

    def uses(self, root: RootKey) -> bool:
        """Whether ``root`` is the root key that wraps now. If not, the leader is to migrate to it."""
        return check_value(root) == self.state.root_check

    def _succeed(self, root: RootKey) -> KeyRing:
        version = self.state.kek_version + 1
        old, box = self.state.instance_key, _derive_key_encryption_box(root, version)
        state = msgspec.structs.replace(
            self.state,
            root_check=check_value(root),
            kek_version=version,
            instance_key=_wrap(box, version, old.owner, old.id, self._instance_key, old.created_at),
        )
        others = [other for other in self._roots if check_value(other) != state.root_check]
        return KeyRing([root, *others], state)

    def _wrap(self, owner: str, key_id: str, key: bytes, created_at: datetime) -> WrappedDataKey:
        version = self.state.kek_version
        return _wrap(self._key_encryption_box(self._roots[0], version), version, owner, key_id, key, created_at)

    def __repr__(self) -> str:
        return f"KeyRing(instance={self.instance!r}, kek_version={self.state.kek_version})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a KeyRing cannot be pickled or copied to another process")


def _wrap(box: Box, version: int, owner: str, key_id: str, key: bytes, created_at: datetime) -> WrappedDataKey:
    wrapped = box.seal(key, _bind(owner, key_id, version))
    return WrappedDataKey(id=key_id, owner=owner, kek_version=version, wrapped=wrapped, created_at=created_at)


def _bind(owner: str, key_id: str, version: int) -> bytes:
    return encode_fields("trunkline/1 data key", owner, key_id, version)


def _derive_key_encryption_box(root: RootKey, version: int) -> Box:
    return Box(root.derive(Purpose.KEY_ENCRYPTION, version))
