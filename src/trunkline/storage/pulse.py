"""Whether anything was written, for duties that need not look while nothing was."""

from __future__ import annotations

import sqlite3
from pathlib import Path


class Pulse:
    """Of a database of SQLite's at ``path``; None is one that cannot tell.

    A connection of its own asks for a number in shared memory, which takes some microseconds and waits for nobody:
    https://sqlite.org/pragma.html#pragma_data_version.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None

    def read(self) -> int | None:
        """A number that is another one after each commit, of whatever process. None: unknown, so look."""
        if self._path is None:
            return None
        try:
            if self._connection is None:
                address = f"{self._path.absolute().as_uri()}?mode=rw"
                self._connection = sqlite3.connect(address, uri=True, timeout=0, check_same_thread=False)
            return int(self._connection.execute("PRAGMA data_version").fetchone()[0])
        except sqlite3.Error:
            self.close()
            return None

    def close(self) -> None:
        """Of use again afterwards: then anything may have been written."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
