"""A real PgBouncer in transaction mode, before the PostgreSQL server of the tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

PORT = 6432
CONNECTIONS = 2
"""To the server, for all clients together: so few that transactions of one client go now to one, now to another."""


def find_program() -> str | None:
    """Where it is. Debian puts it where only root looks."""
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def serve_pgbouncer(url: str) -> Iterator[str]:
    """The address by which ``url`` is reached through one that runs until the block ends. Skips where there is none."""
    program = find_program()
    if program is None:
        pytest.skip("pgbouncer is not installed: scripts/system-packages pgbouncer")
    parsed = make_url(url)
    behind = Path(str(parsed.query["host"]))
    # The path of a socket must be short.
    with tempfile.TemporaryDirectory(prefix="tl-pgb-") as name:
        folder = Path(name)
        settings = folder / "pgbouncer.ini"
        # It does not run as root: as the server's own user, then, who reaches that by its socket.
        user = f"user = {behind.owner()}" if os.geteuid() == 0 else ""
        settings.write_text(
            f"""
            [databases]
            * = host={behind} user=postgres
            [pgbouncer]
            unix_socket_dir = {folder}
            listen_port = {PORT}
            auth_type = any
            pool_mode = transaction
            default_pool_size = {CONNECTIONS}
            max_client_conn = 200
            logfile = {folder / "log"}
            {user}
            """
        )
        if os.geteuid() == 0:
            shutil.chown(folder, behind.owner())
            folder.chmod(0o755)
        process = subprocess.Popen([program, "-q", str(settings)], stderr=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 20
            while not (folder / f".s.PGSQL.{PORT}").exists():
                assert process.poll() is None, (folder / "log").read_text()
                assert time.monotonic() < deadline, "it does not listen"
                time.sleep(0.01)
            yield parsed.set(query={"host": str(folder), "port": str(PORT)}).render_as_string(hide_password=False)
        finally:
            process.kill()
            process.wait()
