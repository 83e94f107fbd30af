"""A SQLite database as a file: copied whole while others write to it, looked into, and made one file again."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from trunkline.core.errors import Unavailable

COMPANIONS: Final = ("-wal", "-shm")
"""What SQLite keeps beside a database in WAL mode; it belongs to that one file and to no other."""

_WAIT_SECONDS: Final = 10.0


def copy_database(source: Path, target: Path) -> None:
    """A consistent copy of ``source``, as of one moment, in the one file ``target``, which must not exist.

    Writers are not held up (https://sqlite.org/backup.html). :class:`Unavailable` when it cannot be read.
    """
    try:
        with _open(source) as original, closing(sqlite3.connect(target)) as copy:
            original.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.DatabaseError as error:
        raise Unavailable(f"The database {source} cannot be copied ({error}).") from error


def find_damage(path: Path) -> str | None:
    """What is wrong with the database's structure; None when nothing is."""
    try:
        with _open(path) as connection:
            first = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.DatabaseError as error:
        return str(error)
    return None if first == "ok" else first


def read_version(path: Path) -> str | None:
    """The version of the schema; None when there is none."""
    return _read(path, "SELECT version_num FROM alembic_version")


def read_fact(path: Path, name: str) -> str | None:
    """A single value of the installation; None when there is none."""
    return _read(path, "SELECT value FROM facts WHERE name = ?", name)


def has_unfinished_admin(path: Path) -> bool:
    """Whether nobody has set the first administrator's password yet."""
    query = "SELECT id FROM users WHERE role = 'admin' AND password_hash IS NULL AND disabled_at IS NULL LIMIT 1"
    return _read(path, query) is not None


def fold_companions(path: Path) -> None:
    """Bring what stands in the files beside the database into it. Nobody else may have it open.

    A database that is too damaged for that is left as it is.
    """
    try:
        with closing(sqlite3.connect(path, timeout=_WAIT_SECONDS)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.DatabaseError:
        return


def _read(path: Path, query: str, *values: str) -> str | None:
    try:
        with _open(path) as connection:
            row = connection.execute(query, values).fetchone()
    except sqlite3.DatabaseError:
        return None
    return None if row is None else str(row[0])


@contextmanager
def _open(path: Path) -> Generator[sqlite3.Connection]:
    address = f"{path.absolute().as_uri()}?mode=rw"
    with closing(sqlite3.connect(address, uri=True, timeout=_WAIT_SECONDS)) as connection:
        yield connection
