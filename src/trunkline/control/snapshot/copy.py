"""The copy of the snapshot on local disk: with it a gateway restarts and serves while the database is down."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from trunkline.core.errors import CannotOpen
from trunkline.gateway.snapshot import Snapshot
from trunkline.logs import get_logger
from trunkline.vault.box import Box
from trunkline.vault.key_ring import KeyRing, KeyState
from trunkline.vault.subkey import Purpose

_log: Final = get_logger(__name__)

LIFETIME: Final = timedelta(hours=24)
_BOUND_TO: Final = b"trunkline/1 snapshot copy"


class _File(msgspec.Struct, frozen=True, array_like=True):
    """On disk. ``key_state`` holds nothing secret, and opens the rest together with the root key."""

    key_state: KeyState
    sealed: bytes
    revision: int | None = None
    """That of the sealed snapshot, for who wants to know how new it is without opening it. Earlier files lack it."""


class _Copy(Snapshot, frozen=True, kw_only=True):
    saved_at: datetime


class SnapshotCopy:
    """One file (0600), replaced whole. It is good for 24 hours from when the database was last read for it."""

    def __init__(self, path: Path, *, clock: Callable[[], datetime] | None = None) -> None:
        self._path = path
        self._clock = clock or partial(datetime.now, UTC)

    def write(self, snapshot: Snapshot, ring: KeyRing) -> None:
        """Replace the copy. Blocks for as long as the disk takes: call it in a thread. OSError when that is full."""
        copy = _Copy(saved_at=self._clock(), **msgspec.structs.asdict(snapshot))
        sealed = _box(ring).seal(msgspec.msgpack.encode(copy), _BOUND_TO)
        draft = self._path.with_name(f".{self._path.name}.{secrets.token_hex(8)}")
        # The folder is made by whoever writes to it first.
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(msgspec.msgpack.encode(_File(ring.state, sealed, snapshot.revision)))
            draft.replace(self._path)
        finally:
            with suppress(FileNotFoundError):
                draft.unlink()

    def read_key_state(self) -> KeyState | None:
        """The key ring's state as it was: it stands in for the database's. None without a copy."""
        file = self._load()
        return file.key_state if file else None

    def read_revision(self) -> int | None:
        """The revision of the snapshot that it was made of. None where there is no copy that tells."""
        file = self._load()
        return file.revision if file else None

    def read(self, ring: KeyRing) -> Snapshot | None:
        """The snapshot; None when there is no copy, when it is older than 24 hours, or when it does not open."""
        file = self._load()
        if file is None:
            return None
        try:
            copy = msgspec.msgpack.decode(_box(ring).open(file.sealed, _BOUND_TO), type=_Copy)
        except (CannotOpen, msgspec.MsgspecError) as error:
            _log.warning("snapshot_copy_unusable", reason=type(error).__name__)
            return None
        if file.revision not in (None, copy.revision):
            _log.warning("snapshot_copy_unusable", reason="revision")
            return None
        age = self._clock() - copy.saved_at
        if age > LIFETIME:
            _log.warning("snapshot_copy_too_old", hours=round(age / timedelta(hours=1)))
            return None
        return Snapshot(**{name: getattr(copy, name) for name in Snapshot.__struct_fields__})

    def _load(self) -> _File | None:
        try:
            return msgspec.msgpack.decode(self._path.read_bytes(), type=_File)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError) as error:
            _log.warning("snapshot_copy_unusable", reason=type(error).__name__)
            return None


def _box(ring: KeyRing) -> Box:
    return Box(ring.derive(Purpose.SNAPSHOT))
