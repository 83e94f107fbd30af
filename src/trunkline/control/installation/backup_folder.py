"""A folder of backups that share what did not change: each adds the pieces that the ones before lack.

``pieces/ab/abcd…`` is a piece of a file, named by an HMAC of its content; ``2026-11-30T20-15-00.123456Z.backup`` is a
backup: the manifest, and of which pieces each file is made. Everything is compressed, and encrypted under keys that
derive from the root key. Whoever has the folder alone learns how much there is, and when it changed.
"""

from __future__ import annotations

import fcntl
import hmac
import os
import secrets
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

import msgspec

from trunkline.control.installation.archive import Manifest, Report, is_name
from trunkline.core.errors import CannotOpen, Conflict, InvalidInput
from trunkline.vault.box import Box
from trunkline.vault.root_key import RootKey, verify
from trunkline.vault.subkey import Purpose

PIECE: Final = 64 << 10
"""Bytes. Sixteen pages of SQLite, which changes pages in place: what did not change stays at the same offset."""

_ENDING: Final = ".backup"
_TIME: Final = "%Y-%m-%dT%H-%M-%S.%fZ"
_PIECE_TEXT: Final = b"trunkline/1 piece of a backup "
_LIST_TEXT: Final = b"trunkline/1 backup "


class Added(msgspec.Struct, frozen=True, rename="camel"):
    """What a backup has added to the folder. ``size`` is of its files, ``added`` what was written, both in bytes."""

    backup: str
    size: int
    added: int
    pieces: int
    new_pieces: int


class _Listing(msgspec.Struct, frozen=True, rename="camel"):
    """``pieces``: for each file of the manifest, in its order, the names of what it is made of."""

    manifest: Manifest
    pieces: tuple[tuple[str, ...], ...]


class _Head(msgspec.Struct, frozen=True, rename="camel"):
    """The first line of a backup, in plain: what is needed to say why it cannot be opened."""

    root_check: str
    trunkline: str
    format: int = 1


class BackupFolder:
    """One such folder. One process writes at a time."""

    def __init__(self, folder: Path, root: RootKey) -> None:
        self._folder = folder
        self._root = root
        self._box = Box(root.derive(Purpose.BACKUP))
        self._name_key = root.derive(Purpose.BACKUP_NAME)

    @contextmanager
    def writing(self) -> Generator[None]:
        """Keep others from writing until the block ends. :class:`Conflict` where one does already."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._folder / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Conflict(f"Another backup is being written to {self._folder}. Try again after it.") from None
            yield

    def add(self, manifest: Manifest, source: Path) -> Added:
        """Add the files of ``manifest``, which are below ``source``. A backup is there whole or not at all."""
        known = {path.name for path in (self._folder / "pieces").glob("??/*")}
        before, written = len(known), 0
        listed: list[tuple[str, ...]] = []
        for item in manifest.files:
            names: list[str] = []
            with (source / item.path).open("rb") as file:
                while piece := file.read(PIECE):
                    name = hmac.digest(self._name_key, piece, "sha256").hex()
                    names.append(name)
                    if name not in known:
                        known.add(name)
                        sealed = self._box.seal(zlib.compress(piece, 6), _PIECE_TEXT + name.encode())
                        written += _write(self._find(name), sealed)
            listed.append(tuple(names))
        head = _Head(root_check=manifest.root_check, trunkline=manifest.trunkline)
        line = msgspec.json.encode(head) + b"\n"
        body = zlib.compress(msgspec.msgpack.encode(_Listing(manifest, tuple(listed))), 6)
        name = datetime.now(UTC).strftime(_TIME)
        written += _write(self._folder / f"{name}{_ENDING}", line + self._box.seal(body, _LIST_TEXT + line))
        return Added(
            backup=name,
            size=manifest.size,
            added=written,
            pieces=sum(map(len, listed)),
            new_pieces=len(known) - before,
        )

    def keep(self, count: int) -> int:
        """Delete all backups but the newest ``count``, and the pieces that no other needs. How many backups went.

        Nothing is deleted where one that stays cannot be opened, as what it needs is not known.
        """
        names = list_backups(self._folder)
        needed = {name for backup in names[-count:] for pieces in self._read(backup).pieces for name in pieces}
        gone = names[:-count]
        for backup in gone:
            (self._folder / f"{backup}{_ENDING}").unlink()
        for path in (self._folder / "pieces").glob("??/*"):
            if path.name not in needed:
                path.unlink()
        return len(gone)

    def find(self, at: str | None) -> str:
        """The newest backup, or the newest whose name begins with ``at``. :class:`InvalidInput` where there is none."""
        names = list_backups(self._folder)
        found = [name for name in names if at is None or name.startswith(at)]
        if not found:
            there = f"Those of {self._folder} are: {', '.join(names)}." if names else f"{self._folder} holds none."
            raise InvalidInput(f"There is no backup of {at}. {there}" if at else f"There is no backup. {there}")
        return found[-1]

    def read_manifest(self, backup: str) -> Manifest:
        """What the backup holds. :class:`CannotOpen` with another root key, :class:`InvalidInput` if it is damaged."""
        return self._read(backup).manifest

    def unpack(self, backup: str, target: Path, report: Report) -> None:
        """Write the backup's files below ``target``. :class:`InvalidInput` where a piece is missing or damaged."""
        listing = self._read(backup)
        for item, names in zip(listing.manifest.files, listing.pieces, strict=True):
            if not is_name(item.path):
                raise self._damaged(backup)
            path = target / item.path
            path.parent.mkdir(mode=0o700, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                for name in names:
                    piece = self._open_piece(backup, name)
                    file.write(piece)
                    report(len(piece))
                _sync(file)

    def _open_piece(self, backup: str, name: str) -> bytes:
        try:
            sealed = self._find(name).read_bytes()
            piece = zlib.decompress(self._box.open(sealed, _PIECE_TEXT + name.encode()))
        except (FileNotFoundError, CannotOpen, zlib.error):
            raise self._damaged(backup) from None
        return piece

    def _read(self, backup: str) -> _Listing:
        content = (self._folder / f"{backup}{_ENDING}").read_bytes()
        line, newline, sealed = content.partition(b"\n")
        try:
            head = msgspec.json.decode(line, type=_Head)
        except msgspec.MsgspecError:
            raise self._damaged(backup) from None
        if head.format != 1:
            raise InvalidInput(f"The backup {backup} was made by Trunkline {head.trunkline}, a newer one than this.")
        if not verify(self._root, head.root_check):
            raise CannotOpen(
                f"The backup {backup} was encrypted with another root key. Put the key that it was made with in the"
                " place of this one, or restore into an empty folder: TRUNKLINE_DATA_DIR=/path/to/folder",
                code="wrong_root_key",
            )
        try:
            body = zlib.decompress(self._box.open(sealed, _LIST_TEXT + line + newline))
            return msgspec.msgpack.decode(body, type=_Listing)
        except (CannotOpen, zlib.error, msgspec.MsgspecError):
            raise self._damaged(backup) from None

    def _find(self, name: str) -> Path:
        return self._folder / "pieces" / name[:2] / name

    def _damaged(self, backup: str) -> InvalidInput:
        return InvalidInput(f"The backup {backup} is damaged or not complete. Nothing was restored. Use another one.")


def list_backups(folder: Path) -> list[str]:
    """The names of the backups in ``folder``, which are the times at which they were made, the oldest first."""
    return sorted(path.name.removesuffix(_ENDING) for path in folder.glob(f"*{_ENDING}"))


def _write(path: Path, content: bytes) -> int:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            _sync(file)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return len(content)


def _sync(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())
