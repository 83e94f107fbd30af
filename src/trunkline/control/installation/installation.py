"""The installation itself: its id and its key ring, made once and the same for every process."""

from __future__ import annotations

import asyncio
from typing import Final

import msgspec

from trunkline.core.errors import CannotOpen
from trunkline.storage import facts
from trunkline.storage.database import Database
from trunkline.vault.key_ring import KeyRing, KeyState
from trunkline.vault.root_key import OwnRootKey, RootKey, RootKeyFile, RootKeySource

KEY_STATE: Final = "key_state"
"""The fact that holds the :class:`KeyState` as JSON."""


class Installation:
    """Opens the key ring at start, and replaces its state when it was rotated."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open_ring(self, source: RootKeySource, previous: RootKeySource | None = None) -> KeyRing:
        """The key ring of this installation, made at its first start together with the root key's file.

        :class:`CannotOpen`, with nothing written, when the root key is missing, unusable or not the one that the
        database was encrypted with. Of processes that start together one makes the ring, the others read it.
        ``previous`` is where the old root key is while everything is wrapped anew with a changed one; what to do then
        says :class:`trunkline.vault.vault.Vault`.
        """
        state = await self.read_state()
        root = await asyncio.to_thread(source.load)
        if root is None:
            root = await self._make_root(source, state)
        old = await asyncio.to_thread(previous.load) if previous is not None else None
        if state is not None:
            return KeyRing([root] if old is None else [root, old], state)
        ring = KeyRing.create(root)
        async with self._database.write() as tx:
            held = _decode(await facts.settle(tx, KEY_STATE, _encode(ring.state)))
        return KeyRing([root], held)

    async def read_state(self) -> KeyState | None:
        """The ring's state as the database has it; None before the first start."""
        async with self._database.read() as tx:
            text = await facts.find(tx, KEY_STATE)
        return None if text is None else _decode(text)

    async def replace_state(self, old: KeyState, new: KeyState) -> bool:
        """Compare and swap, as a rotation does it. Whether ``old`` was still what the database had."""
        async with self._database.write() as tx:
            return await facts.replace(tx, KEY_STATE, _encode(old), _encode(new))

    async def _make_root(self, source: RootKeySource, state: KeyState | None) -> RootKey:
        if state is not None:
            wrap = "" if isinstance(source, RootKeyFile) else " Where you have the plain one: `trunkline vault wrap`."
            raise CannotOpen(
                f"The root key {source.describe()} is missing, and the database is encrypted with it. Nothing was"
                f" written. Restore the file from your backup, or point TRUNKLINE_ROOT_KEY_FILE at it.{wrap}",
                code="root_key",
            )
        if not isinstance(source, OwnRootKey):
            raise CannotOpen(f"The root key {source.describe()} is missing.", code="root_key")
        return await asyncio.to_thread(source.create)


def _encode(state: KeyState) -> str:
    return msgspec.json.encode(state).decode()


def _decode(text: str) -> KeyState:
    return msgspec.json.decode(text, type=KeyState)
