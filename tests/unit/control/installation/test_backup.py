"""Backup and restore: all of one moment or nothing, and never a folder that is half of each."""

from __future__ import annotations

import hashlib
import io
import os
import sqlite3
import tarfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trunkline.control.installation.archive import Manifest
from trunkline.control.installation.backup import write_backup
from trunkline.control.installation.installation import Installation
from trunkline.control.installation.restore import Restore
from trunkline.core.errors import CannotOpen, Conflict, InvalidInput, TrunklineError, Unavailable
from trunkline.gateway.journal.process_lock import ProcessLock
from trunkline.storage import facts
from trunkline.storage.database import Database
from trunkline.vault.root_key import RootKey, RootKeyFile

PROCESS = "0" * 32
SEGMENT = f"{PROCESS}-00000001.journal"


class Folder:
    """A data folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.database = path / "trunkline.db"
        self.journal = path / "journal"
        self.root_key = RootKeyFile(path / "root.key")

    async def fill(self, fact: str) -> None:
        """An installation that knows ``fact``, with an event that waits in its journal."""
        database = Database(f"sqlite+aiosqlite:///{self.database}")
        await database.migrate()
        await Installation(database).open_ring(self.root_key)
        async with database.write() as tx:
            await facts.settle(tx, "test", fact)
        await database.close()
        self.journal.mkdir(exist_ok=True)
        (self.journal / SEGMENT).write_bytes(fact.encode())

    def back_up(self, target: Path, *, include_root_key: bool = False) -> Manifest:
        return write_backup(
            database=self.database,
            journal=self.journal,
            root_key=self.root_key,
            target=target,
            include_root_key=include_root_key,
        )

    def restore(self, source: Path, *, replace: bool = False) -> Path | None:
        work = Restore(folder=self.path, database=self.database, journal=self.journal, root_key=self.root_key)
        return work.run(source, replace=replace, begin=lambda _: lambda _: None)

    def fact(self) -> str:
        with sqlite3.connect(self.database) as connection:
            return connection.execute("SELECT value FROM facts WHERE name = 'test'").fetchone()[0]

    def state(self) -> dict[str, bytes]:
        files = (path for path in self.path.rglob("*") if path.is_file())
        return {str(path.relative_to(self.path)): path.read_bytes() for path in files}


@pytest.fixture
async def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "data")
    await made.fill("one")
    return made


def test_a_backup_comes_back_whole(folder: Folder, tmp_path: Path) -> None:
    manifest = folder.back_up(tmp_path / "b", include_root_key=True)
    assert manifest.has_root_key
    assert {item.path for item in manifest.files} == {"trunkline.db", "root.key", f"journal/{SEGMENT}"}
    assert (tmp_path / "b").stat().st_mode & 0o777 == 0o600
    other = Folder(tmp_path / "other")
    assert other.restore(tmp_path / "b") is None
    assert other.fact() == "one"
    assert (other.journal / SEGMENT).read_bytes() == b"one"
    assert (other.path / "root.key").stat().st_mode & 0o777 == 0o600
    assert other.path.stat().st_mode & 0o777 == 0o700
    assert sorted(path.name for path in other.path.iterdir()) == ["journal", "root.key", "trunkline.db"]


def test_what_a_writer_has_not_committed_is_not_in_it(folder: Folder, tmp_path: Path) -> None:
    writer = sqlite3.connect(folder.database, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("UPDATE facts SET value = 'two' WHERE name = 'test'")
    folder.back_up(tmp_path / "b", include_root_key=True)
    writer.execute("COMMIT")
    writer.close()
    other = Folder(tmp_path / "other")
    other.restore(tmp_path / "b")
    assert (other.fact(), folder.fact()) == ("one", "two")


def test_the_root_key_stays_out_unless_it_is_asked_for(folder: Folder, tmp_path: Path) -> None:
    assert not folder.back_up(tmp_path / "b").has_root_key
    key = (folder.path / "root.key").read_bytes().strip()
    with tarfile.open(tmp_path / "b") as archive:
        for member in archive:
            content = archive.extractfile(member)
            assert content is not None
            assert key not in content.read()
    other = Folder(tmp_path / "other")
    with pytest.raises(CannotOpen, match="does not hold the root key"):
        other.restore(tmp_path / "b")
    assert not other.path.exists()


def test_a_key_that_was_kept_is_enough(folder: Folder, tmp_path: Path) -> None:
    folder.back_up(tmp_path / "b")
    other = Folder(tmp_path / "other")
    other.path.mkdir(mode=0o700)
    (folder.path / "root.key").rename(other.path / "root.key")
    other.restore(tmp_path / "b")
    assert other.fact() == "one"


def test_another_key_is_never_replaced(folder: Folder, tmp_path: Path) -> None:
    folder.back_up(tmp_path / "b", include_root_key=True)
    other = Folder(tmp_path / "other")
    other.root_key.create()
    before = other.state()
    with pytest.raises(CannotOpen, match="another root key"):
        other.restore(tmp_path / "b")
    assert other.state() == before


async def test_the_old_state_is_kept(folder: Folder, tmp_path: Path) -> None:
    folder.back_up(tmp_path / "b")
    with sqlite3.connect(folder.database) as connection:
        connection.execute("UPDATE facts SET value = 'two' WHERE name = 'test'")
    connection.close()
    (folder.journal / f"{PROCESS}-00000002.journal").write_bytes(b"two")
    (folder.path / "snapshot").write_bytes(b"two")
    with pytest.raises(Conflict, match="--force"):
        folder.restore(tmp_path / "b")
    assert folder.fact() == "two"
    kept = folder.restore(tmp_path / "b", replace=True)
    assert kept is not None
    assert folder.fact() == "one"
    assert [path.name for path in folder.journal.iterdir()] == [SEGMENT]
    assert not (folder.path / "snapshot").exists()
    assert Folder(kept).fact() == "two"
    assert (kept / "journal" / f"{PROCESS}-00000002.journal").read_bytes() == b"two"


def test_a_damaged_database_is_replaced_with_its_companions(folder: Folder, tmp_path: Path) -> None:
    folder.back_up(tmp_path / "b")
    folder.database.write_bytes(b"not a database" * 1000)
    (folder.path / "trunkline.db-wal").write_bytes(b"old")
    kept = folder.restore(tmp_path / "b", replace=True)
    assert kept is not None
    assert folder.fact() == "one"
    assert not (folder.path / "trunkline.db-wal").exists() or (folder.path / "trunkline.db-wal").read_bytes() != b"old"


def test_not_while_a_server_runs(folder: Folder, tmp_path: Path) -> None:
    folder.back_up(tmp_path / "b")
    lock = ProcessLock.acquire(folder.journal, PROCESS)
    assert lock is not None
    before = folder.state()
    with pytest.raises(Conflict, match="A server runs on"):
        folder.restore(tmp_path / "b", replace=True)
    assert folder.state() == before
    lock.release()


def test_a_file_that_is_there_is_never_replaced(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "b").write_text("mine")
    with pytest.raises(Conflict, match="exists already"):
        folder.back_up(tmp_path / "b")
    assert (tmp_path / "b").read_text() == "mine"


def test_nothing_to_back_up(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="nothing to back up"):
        Folder(tmp_path / "none").back_up(tmp_path / "b")
    assert list(tmp_path.iterdir()) == []


def test_a_newer_version_is_refused(folder: Folder, tmp_path: Path) -> None:
    with sqlite3.connect(folder.database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    folder.back_up(tmp_path / "b")
    with pytest.raises(InvalidInput, match="newer than this one"):
        folder.restore(tmp_path / "b", replace=True)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1), cut=st.booleans())
def test_a_damaged_backup_changes_nothing(folder: Folder, tmp_path: Path, place: float, cut: bool) -> None:
    whole = tmp_path / "b"
    if not whole.exists():
        folder.back_up(whole)
    good = whole.read_bytes()
    at = min(int(place * len(good)), len(good) - 1)
    damaged = tmp_path / "damaged"
    damaged.write_bytes(good[:at] if cut else good[:at] + bytes([good[at] ^ 0x10]) + good[at + 1 :])
    before = folder.state()
    try:
        kept = folder.restore(damaged, replace=True)
    except TrunklineError:
        assert folder.state() == before
    else:
        # The flipped bit was in what does not matter: a time stamp of the compression, say.
        assert folder.fact() == "one"
        assert kept is not None


def test_a_file_that_is_not_what_the_manifest_says_is_found(folder: Folder, tmp_path: Path) -> None:
    folder.back_up(tmp_path / "b")
    forged = tmp_path / "forged"
    with tarfile.open(tmp_path / "b") as archive, tarfile.open(forged, "w:gz") as copy:
        for member in archive:
            content = archive.extractfile(member)
            assert content is not None
            data = content.read()
            copy.addfile(member, io.BytesIO(data.replace(b"one", b"two") if member.name != "manifest.json" else data))
    before = folder.state()
    with pytest.raises(InvalidInput, match="damaged"):
        folder.restore(forged, replace=True)
    assert folder.state() == before


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "journal/../../outside", "snapshot"])
def test_a_hostile_archive_writes_nothing_outside(folder: Folder, tmp_path: Path, name: str) -> None:
    manifest = folder.back_up(tmp_path / "b")
    document = msgspec.to_builtins(manifest)
    document["files"] = [{"path": name, "size": 4, "sha256": hashlib.sha256(b"evil").hexdigest()}]
    hostile = tmp_path / "hostile"
    with tarfile.open(hostile, "w:gz") as archive:
        for path, content in (("manifest.json", msgspec.json.encode(document)), (name, b"evil")):
            entry = tarfile.TarInfo(path)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    before = folder.state()
    with pytest.raises(InvalidInput):
        folder.restore(hostile, replace=True)
    assert folder.state() == before
    assert not (tmp_path / "outside").exists()


def test_a_link_in_the_archive_is_not_followed(folder: Folder, tmp_path: Path) -> None:
    manifest = folder.back_up(tmp_path / "b")
    hostile = tmp_path / "hostile"
    with tarfile.open(hostile, "w:gz") as archive:
        content = msgspec.json.encode(manifest)
        entry = tarfile.TarInfo("manifest.json")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
        link = tarfile.TarInfo("trunkline.db")
        link.type, link.linkname = tarfile.SYMTYPE, str(folder.database)
        archive.addfile(link)
    with pytest.raises(InvalidInput):
        folder.restore(hostile, replace=True)


def test_a_disk_that_fails_in_the_midst_leaves_the_old_state(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.back_up(tmp_path / "b")
    (folder.journal / f"{PROCESS}-00000002.journal").write_bytes(b"two")
    (folder.path / "snapshot").write_bytes(b"two")
    before = folder.state()
    rename = Path.replace

    def fail(self: Path, target: Path) -> Path:
        if target == folder.database:
            raise OSError(28, os.strerror(28))
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(Unavailable, match="cannot be written"):
        folder.restore(tmp_path / "b", replace=True)
    after = {name: content for name, content in folder.state().items() if not name.startswith("before-")}
    assert after == before


def test_no_backup_at_all(folder: Folder, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="There is no file"):
        folder.restore(tmp_path / "none", replace=True)
    (tmp_path / "text").write_text("hello")
    with pytest.raises(InvalidInput, match="damaged or not complete"):
        folder.restore(tmp_path / "text", replace=True)


def test_a_wrong_key_in_the_archive_is_found(folder: Folder, tmp_path: Path) -> None:
    (folder.path / "root.key").write_text(RootKey.generate().export_text() + "\n")
    folder.back_up(tmp_path / "b", include_root_key=True)
    with pytest.raises(InvalidInput, match="not the one that its database was encrypted with"):
        Folder(tmp_path / "other").restore(tmp_path / "b")
