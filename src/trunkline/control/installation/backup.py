"""Backups of an installation on SQLite, also while it runs."""

from __future__ import annotations

import io
import os
import secrets
import shutil
import tarfile
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from trunkline import __version__
from trunkline.control.installation.archive import DATABASE, JOURNAL, MANIFEST, ROOT_KEY, Item, Manifest, pour
from trunkline.control.installation.backup_folder import Added, BackupFolder
from trunkline.control.installation.installation import KEY_STATE
from trunkline.core.errors import CannotOpen, Conflict, Unavailable
from trunkline.storage import sqlite_file
from trunkline.vault.key_ring import KeyState
from trunkline.vault.root_key import RootKeySource, verify


def write_backup(
    *, database: Path, journal: Path, root_key: RootKeySource, target: Path, include_root_key: bool
) -> Manifest:
    """Write all of an installation, as of one moment, to the new file ``target`` (0600).

    The file is there whole or not at all. :class:`Conflict` when there is one of that name; :class:`Unavailable` when
    there is nothing to back up or no room; :class:`CannotOpen` without the root key that is asked for.
    """
    if target.exists():
        raise Conflict(f"{target} exists already. Name another file, or remove it.")
    if not database.exists():
        raise Unavailable(f"There is no database {database}: there is nothing to back up.")
    try:
        # Beside the target, so that the last step is a mere rename.
        with tempfile.TemporaryDirectory(dir=target.absolute().parent, prefix=".trunkline-backup-") as name:
            folder = Path(name)
            _collect(folder, database, journal)
            if include_root_key:
                _put_root_key(folder, root_key)
            return _pack(folder, target)
    except OSError as error:
        raise Unavailable(f"The backup {target} cannot be written ({error.strerror}).") from error


def add_backup(
    *, database: Path, journal: Path, root_key: RootKeySource, target: Path, keep: int | None = None
) -> Added:
    """Add all of an installation, as of one moment, to the folder ``target``: what it lacks of it, encrypted.

    With ``keep``, only that many backups stay in the folder. :class:`Conflict` while another process writes to it;
    :class:`Unavailable` when there is nothing to back up or no room; :class:`CannotOpen` without the root key.
    """
    if target.exists() and not target.is_dir():
        raise Conflict(f"{target} is a file. An incremental backup goes into a folder: name another one.")
    if not database.exists():
        raise Unavailable(f"There is no database {database}: there is nothing to back up.")
    root = root_key.load()
    if root is None:
        raise CannotOpen(f"There is no root key {root_key.describe()} to encrypt with.", code="root_key")
    store = BackupFolder(target, root)
    try:
        with store.writing(), tempfile.TemporaryDirectory(dir=database.absolute().parent, prefix=".backup-") as name:
            folder = Path(name)
            _collect(folder, database, journal)
            manifest = _make_manifest(folder)
            if not verify(root, manifest.root_check):
                raise CannotOpen(f"{root_key.describe()} is not the root key of {database}.", code="wrong_root_key")
            added = store.add(manifest, folder)
            if keep is not None:
                store.keep(keep)
            return added
    except OSError as error:
        raise Unavailable(f"The backup {target} cannot be written ({error.strerror}).") from error


def _collect(folder: Path, database: Path, journal: Path) -> None:
    """The journal first: what leaves it for the database meanwhile is then found in both, and is counted once."""
    (folder / JOURNAL).mkdir()
    for segment in sorted(journal.glob("*.journal")):
        with suppress(FileNotFoundError):
            shutil.copyfile(segment, folder / JOURNAL / segment.name)
    sqlite_file.copy_database(database, folder / DATABASE)


def _put_root_key(folder: Path, source: RootKeySource) -> None:
    root = source.load()
    if root is None:
        raise CannotOpen(f"There is no root key {source.describe()} to include.", code="root_key")
    (folder / ROOT_KEY).write_text(root.export_text() + "\n", encoding="ascii")


def _make_manifest(folder: Path) -> Manifest:
    state, schema = sqlite_file.read_fact(folder / DATABASE, KEY_STATE), sqlite_file.read_version(folder / DATABASE)
    if state is None or schema is None:
        raise Unavailable("The database holds no installation: there is nothing to back up.")
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)
    return Manifest(
        trunkline=__version__,
        schema=schema,
        created_at=datetime.now(UTC),
        root_check=msgspec.json.decode(state, type=KeyState).root_check,
        files=tuple(_describe(path, folder) for path in files),
    )


def _pack(folder: Path, target: Path) -> Manifest:
    manifest = _make_manifest(folder)
    draft = folder / f"draft-{secrets.token_hex(8)}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz") as archive:
            document = msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"
            _add(archive, MANIFEST, io.BytesIO(document), len(document))
            for item in manifest.files:
                with (folder / item.path).open("rb") as content:
                    _add(archive, item.path, content, item.size)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(target)
    return manifest


def _describe(path: Path, folder: Path) -> Item:
    with path.open("rb") as file:
        size, digest = pour(file)
    return Item(path.relative_to(folder).as_posix(), size, digest)


def _add(archive: tarfile.TarFile, name: str, content: io.BufferedIOBase, size: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    archive.addfile(entry, content)
