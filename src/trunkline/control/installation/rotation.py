"""Rotation of both levels of keys, in the background and under traffic."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

import msgspec

from trunkline.control.audit import Audit
from trunkline.core.errors import Conflict, TrunklineError
from trunkline.logs import get_logger
from trunkline.storage import credentials as rows
from trunkline.storage import workspaces
from trunkline.storage.database import LONG_SECONDS, Database, Transaction
from trunkline.vault.data_key import WrappedDataKey
from trunkline.vault.key_ring import KeyRing, KeyState
from trunkline.vault.root_key import RootKey
from trunkline.vault.vault import Vault

BATCH: Final = 200
"""Rows that are moved in one transaction: short enough for writers to wait for."""

WATCH_SECONDS: Final = 60.0

_log: Final = get_logger(__name__)


class KeyStates(Protocol):
    """Where the ring's state is kept: :class:`trunkline.control.installation.installation.Installation`."""

    async def read_state(self) -> KeyState | None:
        """The state as it is stored."""
        ...

    async def replace_state(self, old: KeyState, new: KeyState) -> bool:
        """Replace the state only if it is still ``old``. Whether it was."""
        ...


class OldVersions(msgspec.Struct, frozen=True):
    """What a rotation has not reached yet; both are 0 when it is done."""

    data_keys: int
    """Replaced data keys that still seal something."""
    wrappings: int
    """Data keys that an old version of the key-encryption key still wraps."""


class VaultKeyState(msgspec.Struct, frozen=True, rename="camel"):
    """The version of the key-encryption key, and what is still under an older one: nothing, unless it was cut off."""

    version: int
    old_data_keys: int
    old_wrappings: int


class Rotation:
    """Gives owners new data keys, and the installation a new key-encryption key.

    Rows move by compare and swap, a batch per transaction, so that a key saved meanwhile wins and readers always find
    the data key that a row names. Everything may be cut off and repeated: :meth:`finish` goes on where it stopped.
    """

    def __init__(
        self, database: Database, vault: Vault, states: KeyStates, audit: Audit, *, batch: int = BATCH
    ) -> None:
        self._database = database
        self._vault = vault
        self._states = states
        self._audit = audit
        self._batch = batch

    async def begin(self, tx: Transaction, owner: str) -> None:
        """From this transaction on, what ``owner`` saves is sealed with a new data key."""
        await rows.insert_key(tx, self._vault.new_data_key(owner))

    async def rotate(self, owner: str) -> None:
        """A new data key for ``owner`` (``user:<id>`` or ``workspace:<id>``), and all of its secrets under it."""
        async with self._database.write() as tx:
            await self.begin(tx, owner)
        await self.finish(owner)

    async def rotate_all(self, report: Callable[[int, int], None]) -> None:
        """The same for every owner. What was cut off before ends, too.

        ``report`` is told how many are done, and of how many.
        """
        async with self._database.read(limit=LONG_SECONDS) as tx:
            owners = await rows.find_owners(tx)
        for done, owner in enumerate(owners):
            report(done, len(owners))
            await self.rotate(owner)
        report(len(owners), len(owners))
        await self.finish()

    async def advance(self) -> None:
        """A new version of the key-encryption key, and every data key under it. What was cut off before ends, too."""
        await self.follow()
        await self._succeed(self._vault.ring.advance())
        await self.finish()

    async def follow(self) -> None:
        """Wrap from now on with the version that another process has begun, if one has."""
        state = await self._states.read_state()
        if state is not None and state != self._vault.ring.state:
            self._vault.use(self._vault.ring.follow(state))

    async def migrate(self, root: RootKey) -> None:
        """A key-encryption key that derives from ``root``, a new root key, and every data key under it.

        Afterwards :meth:`count_old` is 0, and the old root key can be taken away. Other processes need both until then.
        """
        await self._succeed(self._vault.ring.migrate(root))

    async def finish(self, owner: str | None = None) -> None:
        """Move what is still under old keys, of ``owner`` or of everybody."""
        async with self._database.read(limit=LONG_SECONDS) as tx:
            retired = await rows.read_retired_keys(tx, owner)
        for key in retired:
            await self._empty(key)
        if owner is None:
            await self.follow()
            await self._rewrap()

    async def watch(self) -> None:
        """Every minute until cancelled, finish what a process has begun and not ended. Safe in every process."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            try:
                await self.finish()
            except TrunklineError as error:
                _log.warning("rotation_not_finished", next_try_seconds=60, reason=str(error))

    async def read_standing(self) -> VaultKeyState:
        """The version that is in use, and how far a rotation is from done."""
        await self.follow()
        old = await self.count_old()
        return VaultKeyState(self._vault.ring.state.kek_version, old.data_keys, old.wrappings)

    async def count_old(self) -> OldVersions:
        """How far it is from done."""
        async with self._database.read(limit=LONG_SECONDS) as tx:
            return OldVersions(
                data_keys=await rows.count_retired_keys(tx),
                wrappings=await rows.count_old_keys(tx, self._vault.ring.state.kek_version),
            )

    async def _empty(self, old: WrappedDataKey) -> None:
        """Move every secret from ``old`` to its owner's current key, then delete ``old``."""
        while True:
            async with self._database.write(limit=LONG_SECONDS) as tx:
                found = await rows.lock_key(tx, old.id)
                if found is None:
                    # Another process was faster.
                    return
                secrets = await rows.read_secrets_under(tx, old, self._batch)
                if not secrets:
                    break
                current = await rows.find_current_key(tx, old.owner)
                if current is None:
                    # Only a hand in the database can retire a key without another: begin anew rather than lose any.
                    current = await rows.insert_first_key(tx, self._vault.new_data_key(old.owner))
                moved = self._vault.reencrypt(secrets, old=found, new=current)
                for before, after in zip(secrets, moved, strict=True):
                    await rows.swap_secret(tx, before, after)
                await self._touch(tx, old.owner)
        try:
            async with self._database.write(limit=LONG_SECONDS) as tx:
                await rows.remove_key(tx, old.id)
        except Conflict:
            # Somebody sealed with it in the same moment. It stays retired, and the next round empties it.
            _log.info("data_key_still_in_use", consequence="It goes in the next round.")

    async def _succeed(self, ring: KeyRing) -> None:
        if not await self._states.replace_state(self._vault.ring.state, ring.state):
            raise Conflict("Another process is rotating the keys right now. Try again in a minute.")
        self._vault.use(ring)
        async with self._database.write() as tx:
            await self._audit.record(tx, None, "vault.rotate", after={"kekVersion": ring.state.kek_version})
        await self._rewrap()

    async def _rewrap(self) -> None:
        version = self._vault.ring.state.kek_version
        while True:
            async with self._database.write(limit=LONG_SECONDS) as tx:
                keys = await rows.read_old_keys(tx, version, self._batch)
                if not keys:
                    return
                for key in keys:
                    await rows.swap_key(tx, key, self._vault.rewrap(key))
                for owner in sorted({key.owner for key in keys}):
                    await self._touch(tx, owner)

    async def _touch(self, tx: Transaction, owner: str) -> None:
        for workspace_id in await rows.find_workspaces(tx, owner):
            await workspaces.touch(tx, workspace_id)
