"""A real server in a folder of its own, started as a user starts it; it can be stopped, killed and started again."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import select
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, cast

import asyncpg  # pyright: ignore[reportMissingTypeStubs] - it has none

from tests.e2e.first_start import lay_first_start
from tests.upstreams.aimock import free_port
from trunkline.app.stopping import CLOSING_SECONDS

EMAIL = "owner@example.com"
PASSWORD = "correct horse battery staple"
TRUNKLINE = str(Path(sys.executable).parent / "trunkline")


class Server:
    """One installation."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "server.log"
        self.settings = settings
        self.options: list[str] = []
        """Of `trunkline serve`, which go before the settings."""
        self.wrapper: list[str] = []
        """The command that runs `trunkline serve`, which it must become."""
        self.starts_from_nothing = False
        """Whether the server makes its folder itself at its first start, as a test that is about that needs it."""
        self.process: subprocess.Popen[bytes] | None = None
        self.token: str | None = None

    def environment(self, **more: str) -> dict[str, str]:
        """A clean environment with this place's settings; those that are empty are not set."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "PYTHONPATH") if name in os.environ}
        settings = {
            **kept,
            "TRUNKLINE_PORT": str(self.port),
            "TRUNKLINE_DATA_DIR": str(self.data),
            "TRUNKLINE_ADMIN_EMAIL": EMAIL,
            "TRUNKLINE_ADMIN_PASSWORD": PASSWORD,
            "TRUNKLINE_LOG_FORMAT": "json",
            "TRUNKLINE_DRAIN_SECONDS": "5",
            **self.settings,
            **more,
        }
        return {name: value for name, value in settings.items() if value}

    def start(self, seconds: float = 180) -> None:
        """Start the server and wait until it is ready."""
        if not self.starts_from_nothing:
            lay_first_start(self.data, self.settings, EMAIL, PASSWORD)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.wrapper, TRUNKLINE, "serve", *self.options],
                env=self.environment(),
                stdout=log,
                stderr=log,
                cwd=self.folder,
            )
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log.read_text()
            with contextlib.suppress(OSError):
                if self.ask("GET", "/readyz", key=None)[0] == 200:
                    return
            # Also where it answered: it is to start, and not to answer again and again that it does.
            pause()
        raise AssertionError(f"the server did not become ready: {self.log.read_text()}")

    def processes(self) -> dict[str, int]:
        """The processes that the first one has started, by what they are: ``worker 0``, ``management``, ``intake``."""
        assert self.process is not None
        listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True)
        found: dict[str, int] = {}
        for line in listed.stdout.splitlines():
            pid, parent, *command = line.split()
            modules = [part for part in command if part.startswith("trunkline.app.")]
            if int(parent) == self.process.pid and modules:
                name = modules[0].removeprefix("trunkline.app.")
                number = f" {command[command.index(modules[0]) + 2]}" if name == "worker" else ""
                found[name + number] = int(pid)
        return found

    def kill(self) -> None:
        """kill -9 to all of its processes at once."""
        assert self.process is not None
        running = self.processes().values()
        self.process.send_signal(signal.SIGKILL)
        for pid in running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(10)
        for pid in running:
            while is_running(pid):
                pause()

    def stop(self) -> int:
        """Ask it to stop, and wait. Its exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        # What the setting promises, and as much again for a machine that runs all tests at once.
        drain = float(self.environment()["TRUNKLINE_DRAIN_SECONDS"])
        return self.process.wait(2 * (drain + CLOSING_SECONDS))

    def ask(
        self, method: str, path: str, body: Any = None, *, key: str | None = "", headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        """Status and JSON of an answer. ``key``: an API key; empty for the signed-in administrator; None for nobody."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        fields = {"content-type": "application/json", **(headers or {})}
        credential = self.token if key == "" else key
        if credential:
            fields["authorization"] = f"Bearer {credential}"
        try:
            connection.request(method, path, None if body is None else json.dumps(body), fields)
            response = connection.getresponse()
            text = response.read()
            return response.status, json.loads(text) if text else None
        finally:
            connection.close()

    def sign_in(self) -> None:
        """As the administrator."""
        status, answer = self.ask("POST", "/api/auth/login", {"email": EMAIL, "password": PASSWORD}, key=None)
        assert status == 200, answer
        self.token = answer["accessToken"]

    def make_key(self, **fields: Any) -> str:
        """An API key."""
        status, answer = self.ask("POST", "/api/keys", {"name": "test", **fields})
        assert status == 201, answer
        return answer["key"]

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the database says. ``values`` are for SQLite only."""
        url = self.settings.get("TRUNKLINE_DATABASE_URL", "")
        if url.startswith("postgresql"):
            assert not values
            return asyncio.run(_ask_postgres(url, query))
        connection = sqlite3.connect(self.data / "trunkline.db", timeout=10)
        try:
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()

    def end_leases(self, *names: str) -> None:
        """As if the time had passed for which a process held these duties, which is dead. On SQLite only."""
        with contextlib.closing(sqlite3.connect(self.data / "trunkline.db", timeout=10)) as connection, connection:
            connection.executemany("DELETE FROM leases WHERE name = ?", [(name,) for name in names])


async def _ask_postgres(url: str, query: str) -> list[tuple[Any, ...]]:
    connection = await cast("Any", asyncpg).connect(url.replace("+asyncpg", ""), timeout=30)
    try:
        return [tuple(row) for row in await connection.fetch(query)]
    finally:
        await connection.close()


def is_running(pid: int) -> bool:
    """Whether there is such a process. Nobody here is its parent."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def pause() -> None:
    """Let other processes run."""
    select.select([], [], [], 0.05)


def wait_for(condition: Any, seconds: float = 30) -> Any:
    """What ``condition()`` gives once it is true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        pause()
    raise AssertionError("it never became true")
