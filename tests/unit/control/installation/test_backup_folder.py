"""A folder of backups: each adds what changed, all of one moment, and nothing opens without the root key."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from trunkline.control.configurations.credentials import Credentials
from trunkline.control.installation.backup import add_backup
from trunkline.control.installation.backup_folder import Added, BackupFolder, list_backups
from trunkline.control.installation.installation import Installation
from trunkline.control.installation.restore import Restore
from trunkline.core.errors import CannotOpen, Conflict, InvalidInput, TrunklineError
from trunkline.core.ids import new_id
from trunkline.core.secret import Secret
from trunkline.storage import facts
from trunkline.storage.database import Database
from trunkline.storage.tables import User, Workspace
from trunkline.vault.box import Box
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.root_key import RootKey, RootKeyFile
from trunkline.vault.subkey import Purpose
from trunkline.vault.vault import Vault

ORIGIN = "https://api.openai.com:443"
CANARY = "the canary of a fact that is stored in plain"
KEYS = 40


class Folder:
    """A data folder, with provider keys in its database."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.database = path / "trunkline.db"
        self.root_key = RootKeyFile(path / "root.key")
        self.journal = path / "journal"
        self.keys: dict[str, str] = {}
        """The provider keys in it, by workspace and credential."""

    def open(self) -> Database:
        return Database(f"sqlite+aiosqlite:///{self.database}")

    async def fill(self) -> None:
        """Credentials of two owners, and an event that waits in the journal."""
        database = self.open()
        await database.migrate()
        credentials = Credentials(Vault(await Installation(database).open_ring(self.root_key)))
        user, workspace = new_id(), new_id()
        async with database.write() as tx:
            await facts.settle(tx, "test", CANARY)
            tx.add(User(id=user, email="ann@example.com", name="Ann"))
            tx.add(Workspace(id=workspace, name="Ann's"))
            await tx.flush()
            for number in range(KEYS):
                key = f"sk-drill-{number:04}-0123456789"
                owner = f"user:{user}" if number % 2 else f"workspace:{workspace}"
                credential = await credentials.seal(
                    tx,
                    workspace_id=workspace,
                    owner=owner,
                    provider="openai",
                    created_by=user,
                    fields={"apiKey": Secret(key)},
                    origins=[ORIGIN],
                )
                self.keys[f"{workspace} {credential}"] = key
        await database.close()
        self.journal.mkdir(exist_ok=True)
        (self.journal / f"{'0' * 32}-00000001.journal").write_bytes(b"an event that waits")

    def back_up(self, target: Path, keep: int | None = None) -> Added:
        return add_backup(
            database=self.database, journal=self.journal, root_key=self.root_key, target=target, keep=keep
        )

    def restore(self, source: Path, at: str | None = None, *, replace: bool = False) -> None:
        work = Restore(folder=self.path, database=self.database, journal=self.journal, root_key=self.root_key)
        work.run(source, replace=replace, begin=lambda _: lambda _: None, at=at)

    def say(self, value: str) -> None:
        """Change a fact in the database."""
        with closing(sqlite3.connect(self.database)) as connection, connection:
            connection.execute("UPDATE facts SET value = ? WHERE name = 'test'", (value,))

    def said(self) -> str:
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute("SELECT value FROM facts WHERE name = 'test'").fetchone()[0]


@pytest.fixture
async def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "data")
    folder.path.mkdir()
    await folder.fill()
    return folder


async def count_opened(folder: Folder, root: RootKey, keys: dict[str, str]) -> int:
    """How many of the keys open with ``root``."""
    database = folder.open()
    opened = 0
    try:
        state = await Installation(database).read_state()
        assert state is not None
        credentials = Credentials(Vault(KeyRing([root], state)))
        async with database.read() as tx:
            for name, key in keys.items():
                workspace, credential = name.split()
                found = await credentials.open(tx, workspace, credential, origin=ORIGIN)
                opened += found["apiKey"].reveal() == key
    except CannotOpen:
        return 0
    finally:
        await database.close()
    return opened


def move_key(source: Folder, target: Folder) -> None:
    target.path.mkdir(mode=0o700, exist_ok=True)
    (target.path / "root.key").write_bytes((source.path / "root.key").read_bytes())
    (target.path / "root.key").chmod(0o600)


async def test_a_drill_on_an_empty_machine(folder: Folder, tmp_path: Path) -> None:
    store = tmp_path / "backups"
    folder.back_up(store)
    assert len(folder.keys) == KEYS

    empty = Folder(tmp_path / "empty")
    with pytest.raises(CannotOpen, match="encrypted with the root key"):
        empty.restore(store)
    assert not empty.database.exists()
    move_key(folder, empty)
    empty.restore(store)
    root = empty.root_key.load()
    assert root is not None
    assert await count_opened(empty, root, folder.keys) == KEYS
    assert await count_opened(empty, RootKey.generate(), folder.keys) == 0
    assert [path.read_bytes() for path in empty.journal.iterdir()] == [b"an event that waits"]


def test_nothing_in_the_folder_opens_with_another_root_key(folder: Folder, tmp_path: Path) -> None:
    store = tmp_path / "backups"
    folder.back_up(store)
    pieces = list((store / "pieces").glob("??/*"))
    assert pieces
    other = RootKey.generate()
    opened = 0
    for path in pieces:
        content = path.read_bytes()
        assert CANARY.encode() not in content
        try:
            Box(other.derive(Purpose.BACKUP)).open(content, b"trunkline/1 piece of a backup " + path.name.encode())
            opened += 1
        except CannotOpen:
            continue
    assert opened == 0
    with pytest.raises(CannotOpen, match="another root key"):
        BackupFolder(store, other).read_manifest(list_backups(store)[0])


def test_only_what_changed_is_added(folder: Folder, tmp_path: Path) -> None:
    store = tmp_path / "backups"
    first = folder.back_up(store)
    assert first.new_pieces == first.pieces > 4
    again = folder.back_up(store)
    assert again.new_pieces == 0
    assert again.added < 4096
    folder.say("changed")
    changed = folder.back_up(store)
    assert 0 < changed.new_pieces <= 3
    assert changed.added < first.added / 2


def test_each_backup_comes_back_as_it_was(folder: Folder, tmp_path: Path) -> None:
    store = tmp_path / "backups"
    made: dict[str, str] = {}
    for value in ("one", "two", "three"):
        folder.say(value)
        made[folder.back_up(store).backup] = value
    assert list_backups(store) == list(made)
    for number, (backup, value) in enumerate(made.items()):
        empty = Folder(tmp_path / f"empty-{number}")
        move_key(folder, empty)
        empty.restore(store, backup)
        assert empty.said() == value
    folder.restore(store, replace=True)
    assert folder.said() == "three", "the newest"
    with pytest.raises(InvalidInput, match=r"no backup of 1999.*" + list_backups(store)[0]):
        folder.restore(store, "1999", replace=True)
    (tmp_path / "none").mkdir()
    with pytest.raises(InvalidInput, match="holds none"):
        folder.restore(tmp_path / "none", replace=True)


def test_a_backup_under_traffic_is_of_one_moment(folder: Folder, tmp_path: Path) -> None:
    with closing(sqlite3.connect(folder.database)) as connection, connection:
        connection.execute("CREATE TABLE pairs (a INTEGER, b INTEGER, filling TEXT)")
        connection.executemany("INSERT INTO pairs VALUES (0, 0, ?)", [("x" * 2000,)] * 200)
    stop = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(folder.database, timeout=30)) as connection:
            number = 0
            while not stop.is_set():
                number += 1
                with connection:
                    connection.execute("UPDATE pairs SET a = ?", (number,))
                    connection.execute("UPDATE pairs SET b = ?", (number,))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        backups = [folder.back_up(tmp_path / "backups").backup for _ in range(3)]
    finally:
        stop.set()
        writer.join()
    for number, backup in enumerate(backups):
        empty = Folder(tmp_path / f"empty-{number}")
        move_key(folder, empty)
        empty.restore(tmp_path / "backups", backup)
        with closing(sqlite3.connect(empty.database)) as connection:
            assert connection.execute("SELECT count(DISTINCT a), sum(a <> b) FROM pairs").fetchone() == (1, 0)


def test_old_ones_go_and_those_that_stay_are_whole(folder: Folder, tmp_path: Path) -> None:
    store = tmp_path / "backups"
    for value in ("one", "two", "three"):
        folder.say(value)
        last = folder.back_up(store, keep=2)
    assert len(list_backups(store)) == 2
    root = folder.root_key.load()
    assert root is not None
    before = {path.name for path in (store / "pieces").glob("??/*")}
    folder.say("four")
    folder.back_up(store, keep=1)
    assert before - {path.name for path in (store / "pieces").glob("??/*")}, "what nobody needs is deleted"
    assert last.backup not in list_backups(store)
    folder.say("lost")
    folder.restore(store, replace=True)
    assert folder.said() == "four"


def damages(store: Path) -> Iterator[tuple[str, Path, bytes | None]]:
    """Each file of the folder with a byte changed, cut short and gone; the lock holds nothing."""
    for path in sorted(store.rglob("*")):
        if not path.is_file() or path.name == "lock":
            continue
        content = path.read_bytes()
        middle = len(content) // 2
        yield "changed", path, content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        yield "cut", path, content[:middle]
        if path.suffix != ".backup":
            yield "gone", path, None


def test_damage_of_any_file_is_found_and_changes_nothing(folder: Folder, tmp_path: Path) -> None:
    store = tmp_path / "backups"
    folder.say("before")
    folder.back_up(store)
    folder.say("after")
    seen = 0
    for what, path, content in damages(store):
        original = path.read_bytes()
        if content is None:
            path.unlink()
        else:
            path.write_bytes(content)
        with pytest.raises(TrunklineError, match="damaged"):
            folder.restore(store, replace=True)
        assert folder.said() == "after", (what, path)
        path.write_bytes(original)
        seen += 1
    assert seen > 10
    folder.restore(store, replace=True)
    assert folder.said() == "before"


def test_one_writes_at_a_time(folder: Folder, tmp_path: Path) -> None:
    root = folder.root_key.load()
    assert root is not None
    with BackupFolder(tmp_path / "backups", root).writing(), pytest.raises(Conflict, match="Another backup"):
        folder.back_up(tmp_path / "backups")
    (tmp_path / "file").touch()
    with pytest.raises(Conflict, match="is a file"):
        folder.back_up(tmp_path / "file")


def test_a_backup_that_was_cut_off_is_none(folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = tmp_path / "backups"
    fsync, calls = os.fsync, 0

    def fail(descriptor: int) -> None:
        nonlocal calls
        calls += 1
        if calls > 3:
            raise OSError(28, "No space left on device")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(TrunklineError, match="No space left"):
        folder.back_up(store)
    monkeypatch.undo()
    assert list_backups(store) == []
    folder.back_up(store)
    folder.restore(store, replace=True)
    assert folder.said() == CANARY
