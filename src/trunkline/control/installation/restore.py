"""Bringing a backup back: checked whole before anything of the data folder is touched."""

from __future__ import annotations

import gzip
import os
import shutil
import tarfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

import msgspec

from trunkline.control.installation.archive import (
    DATABASE,
    FORMAT,
    JOURNAL,
    MANIFEST,
    ROOT_KEY,
    Manifest,
    Report,
    is_name,
    pour,
)
from trunkline.control.installation.backup_folder import BackupFolder
from trunkline.control.installation.running import is_running
from trunkline.core.errors import CannotOpen, Conflict, InvalidInput, Unavailable
from trunkline.storage import sqlite_file
from trunkline.storage.schema_version import list_versions
from trunkline.vault.root_key import RootKeyFile, RootKeySource, verify

_LONGEST_MANIFEST: Final = 16 << 20
_STAGED: Final = ".restoring"
_SNAPSHOT: Final = "snapshot"


class Restore:
    """Restores into ``folder``, whose database is ``database``.

    Everything is unpacked and checked within it first, out of the way. The change itself is the renaming of one file,
    the database, over the old one: so whatever happens, the folder holds the old state or that of the backup. What was
    there before is kept in ``before-<time>`` within it.
    """

    def __init__(self, *, folder: Path, database: Path, journal: Path, root_key: RootKeySource) -> None:
        self._folder = folder
        self._database = database
        self._journal = journal
        self._root_key = root_key

    def run(
        self, source: Path, *, replace: bool, begin: Callable[[Manifest], Report], at: str | None = None
    ) -> Path | None:
        """Restore the backup ``source``; gives where the old state is kept, None when there was none.

        Of a folder of backups it is the newest, or the newest whose time begins with ``at``.
        ``begin`` is told what is coming, and gives whom to tell of each step. Raises :class:`Conflict` when a server
        runs on the folder, or when it holds a database and not ``replace``; :class:`InvalidInput` for a file that is no
        backup, is damaged, or is of a newer version; :class:`CannotOpen` when the root key at hand is not the backup's.
        """
        self._refuse_while_running()
        if self._database.exists() and not replace:
            raise Conflict(
                f"{self._folder} holds an installation already. Add --force to replace it; the old one is kept."
            )
        staged = self._folder / _STAGED
        try:
            if not source.exists():
                raise InvalidInput(f"There is no file or folder {source}.")
            is_new = not self._folder.exists()
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.rmtree(staged, ignore_errors=True)
            staged.mkdir(mode=0o700)
            try:
                manifest = (
                    self._gather(source, staged, begin, at) if source.is_dir() else _unpack(source, staged, begin)
                )
                self._check(manifest, staged)
                self._refuse_while_running()
                return self._swap(staged)
            finally:
                shutil.rmtree(staged, ignore_errors=True)
                if is_new and not any(self._folder.iterdir()):
                    self._folder.rmdir()
        except OSError as error:
            raise Unavailable(f"The data folder {self._folder} cannot be written ({error.strerror}).") from error

    def _gather(self, source: Path, staged: Path, begin: Callable[[Manifest], Report], at: str | None) -> Manifest:
        """Every file of a backup in a folder of them in ``staged``, as its manifest says it is."""
        root = self._root_key.load()
        if root is None:
            raise CannotOpen(
                "These backups are encrypted with the root key. Put the key file that you kept at"
                f" {self._root_key.describe()} (mode 0600), then restore again.",
                code="root_key",
            )
        folder = BackupFolder(source, root)
        backup = folder.find(at)
        manifest = folder.read_manifest(backup)
        _require_known(manifest)
        _require_room(manifest, staged)
        folder.unpack(backup, staged, begin(manifest))
        for item in manifest.files:
            with (staged / item.path).open("rb") as file:
                if pour(file) != (item.size, item.sha256):
                    raise _damaged(source)
        return manifest

    def _refuse_while_running(self) -> None:
        if is_running(self._journal):
            raise Conflict(f"A server runs on {self._folder}. Stop it first (Ctrl-C where it runs).")

    def _check(self, manifest: Manifest, staged: Path) -> None:
        damage = sqlite_file.find_damage(staged / DATABASE)
        if damage is not None:
            raise InvalidInput(f"The database in the backup is damaged: {damage}.")
        here = self._root_key.load()
        if here is not None:
            if not verify(here, manifest.root_check):
                raise CannotOpen(
                    f"The backup was encrypted with another root key than {self._root_key.describe()}. Put the backup's"
                    " key there, or restore into an empty folder: TRUNKLINE_DATA_DIR=/path/to/folder",
                    code="wrong_root_key",
                )
            return
        if not manifest.has_root_key or not isinstance(self._root_key, RootKeyFile):
            raise CannotOpen(
                "The backup does not hold the root key, without which nothing in it opens. Put the key file that you"
                f" kept at {self._root_key.describe()} (mode 0600), then restore again.",
                code="root_key",
            )
        brought = RootKeyFile(staged / ROOT_KEY).load()
        if brought is None or not verify(brought, manifest.root_check):
            raise InvalidInput("The root key in the backup is not the one that its database was encrypted with.")

    def _swap(self, staged: Path) -> Path | None:
        """Put the new state in the place of the old one; on an error of the disk, all goes back to where it was."""
        kept = self._folder / f"before-{datetime.now(UTC):%Y%m%dT%H%M%S.%f}" if self._database.exists() else None
        moves = _Moves()
        try:
            if kept is not None:
                self._lay_aside(kept, moves)
            (staged / JOURNAL).mkdir(mode=0o700, exist_ok=True)
            moves.move(staged / JOURNAL, self._journal)
            if self._root_key.load() is None:
                moves.move(staged / ROOT_KEY, Path(self._root_key.describe()))
            _sync(self._folder)
            moves.move(staged / DATABASE, self._database)
            _sync(self._folder)
        except OSError:
            moves.undo()
            raise
        return kept

    def _lay_aside(self, kept: Path, moves: _Moves) -> None:
        """The old state under other names, but for the database: it stays until the new one takes its place."""
        kept.mkdir(mode=0o700)
        sqlite_file.fold_companions(self._database)
        shutil.copy2(self._database, kept / DATABASE)
        moves.move(self._journal, kept / JOURNAL)
        moves.move(self._folder / _SNAPSHOT, kept / _SNAPSHOT)
        for ending in sqlite_file.COMPANIONS:
            # There only when the database is too damaged to take them in; the new one must not meet them.
            companion = f"{self._database.name}{ending}"
            moves.move(self._database.with_name(companion), kept / companion)


class _Moves:
    """Renames that can be taken back."""

    def __init__(self) -> None:
        self._done: list[tuple[Path, Path]] = []

    def move(self, source: Path, target: Path) -> None:
        """Rename ``source`` to ``target``, over a file that is there. A no-op when there is no ``source``."""
        if not source.exists():
            return
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if target.is_dir():
            target.rmdir()
        source.replace(target)
        self._done.append((source, target))

    def undo(self) -> None:
        """Take all renames back, the last one first."""
        for source, target in reversed(self._done):
            with suppress(OSError):
                target.replace(source)


def _unpack(source: Path, staged: Path, begin: Callable[[Manifest], Report]) -> Manifest:
    """Every file of the backup in ``staged``, as its manifest says it is."""
    try:
        with tarfile.open(source, mode="r:gz") as archive:
            manifest = _read_manifest(archive)
            _require_room(manifest, staged)
            report = begin(manifest)
            expected = {item.path: item for item in manifest.files}
            while (entry := archive.next()) is not None:
                item = expected.pop(entry.name, None)
                content = archive.extractfile(entry) if entry.isreg() else None
                if item is None or content is None or not is_name(item.path) or entry.size != item.size:
                    raise _damaged(source)
                if _write(content, staged / item.path, report) != (item.size, item.sha256):
                    raise _damaged(source)
            if expected or not (staged / DATABASE).exists():
                raise _damaged(source)
            return manifest
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile):
        raise _damaged(source) from None


def _read_manifest(archive: tarfile.TarFile) -> Manifest:
    first = archive.next()
    is_manifest = first is not None and first.isreg() and first.name == MANIFEST
    content = archive.extractfile(first) if first is not None and is_manifest else None
    if content is None:
        raise InvalidInput("This file is no backup of Trunkline.")
    try:
        manifest = msgspec.json.decode(content.read(_LONGEST_MANIFEST), type=Manifest)
    except msgspec.MsgspecError:
        raise InvalidInput("This file is no backup of Trunkline.") from None
    _require_known(manifest)
    return manifest


def _require_known(manifest: Manifest) -> None:
    if manifest.format != FORMAT or manifest.schema not in list_versions():
        raise InvalidInput(
            f"This backup was made by Trunkline {manifest.trunkline}, which is newer than this one. Restore it with"
            " that version or a later one."
        )


def _require_room(manifest: Manifest, staged: Path) -> None:
    free = shutil.disk_usage(staged).free
    # The new database, and a copy of the old one, for which the same is assumed.
    if free < 2 * manifest.size:
        raise Unavailable(
            f"There is not enough room: {2 * manifest.size >> 20:,} MiB are needed and {free >> 20:,} MiB are free."
        )


def _write(content: IO[bytes], path: Path, report: Report) -> tuple[int, str]:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        found = pour(content, file, report)
        file.flush()
        os.fsync(file.fileno())
    return found


def _damaged(source: Path) -> InvalidInput:
    return InvalidInput(f"The backup {source} is damaged or not complete. Nothing was restored. Use another one.")


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
