"""A real Trunkline with everything on, started as a user starts it, and set up through its API."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from bench.nginx import Nginx, free_port

PASSWORD = "bench-password-1"
EMAIL = "bench@example.com"


class Trunkline:
    """A running server. ``key`` is an API key that calls all configurations; ``started`` the seconds until ready."""

    def __init__(self, port: int, pid: int, started: float, folder: Path) -> None:
        self.port = port
        self.pid = pid
        self.started = started
        self.journal = folder / "journal"
        self.url = f"http://127.0.0.1:{port}"
        self.key = ""
        self._token = ""

    def ask(self, method: str, path: str, body: object = None) -> dict[str, object]:
        """Call the management API. Raises RuntimeError for anything but a 2xx."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"content-type": "application/json"}
        if self._token:
            headers["authorization"] = f"Bearer {self._token}"
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        response = connection.getresponse()
        text = response.read()
        connection.close()
        if response.status >= 300:
            raise RuntimeError(f"{method} {path}: {response.status} {text[:500]!r}")
        return json.loads(text)

    def sign_in(self) -> None:
        """As the administrator, for what :meth:`ask` asks."""
        self._token = str(self.ask("POST", "/api/auth/login", {"email": EMAIL, "password": PASSWORD})["accessToken"])

    def add(self, name: str, provider: str, model: str, base: str) -> str:
        """A configuration. Its id."""
        entry: dict[str, object] = {"name": name, "provider": provider, "model": model, "baseUrl": base, "shared": True}
        if provider != "ollama":
            entry["apiKey"] = "sk-bench-abcdefghijklmnopqrstuvwx"
        return str(self.ask("POST", "/api/configurations", entry)["id"])

    def make_key(self) -> None:
        """The key that calls."""
        self.key = str(self.ask("POST", "/api/keys", {"name": "bench"})["key"])

    def make_held_key(self, holds: Sequence[str]) -> str:
        """A key that calls all configurations, held to what ``holds`` names, of which nothing is ever used up."""
        made = self.ask("POST", "/api/keys", {"name": "held"})
        for hold in holds:
            whose: dict[str, object] = {"subject": "key", "subjectId": made["id"]}
            if hold == "budget":
                budget: dict[str, object] = {"name": "held", "amount": "1000000", "period": "month", "hard": True}
                self.ask("POST", "/api/budgets", budget | whose)
            else:
                window: dict[str, object] = {} if hold == "parallel" else {"window": "minute"}
                self.ask("POST", "/api/limits", {"measure": hold, "amount": 1_000_000_000, **window} | whose)
        return str(made["key"])

    def set_up(self, upstream: Nginx) -> None:
        """Sign in, add a configuration for each provider and a route, make a key."""
        self.sign_in()
        made = {
            name: self.add(name, provider, model, base)
            for name, provider, model, base in (
                ("openai", "openai", "gpt-4o-mini", upstream.url),
                ("anthropic", "anthropic", "claude-sonnet-4-20250514", upstream.url),
                ("gemini", "gemini", "gemini-2.5-flash", upstream.url),
                ("ollama", "ollama", "llama3.2", upstream.url),
                ("openai-streamed", "openai", "gpt-4o-mini", f"{upstream.url}/streamed/v1"),
                ("anthropic-streamed", "anthropic", "claude-sonnet-4-20250514", f"{upstream.url}/streamed"),
                ("openai-slow", "openai", "gpt-4o-mini", f"{upstream.url}/slow/v1"),
            )
        }
        targets = [{"configurationId": made[name]} for name in ("openai", "openai-streamed")]
        self.ask("POST", "/api/routes", {"name": "route", "targets": targets})
        self.make_key()


def _ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


@contextmanager
def start(folder: Path, log: IO[bytes] | None = None, *, workers: int = 1) -> Generator[Trunkline]:
    """Run ``trunkline serve`` on ``folder`` until the block ends; it writes its log to ``log``, else to ours."""
    port = free_port()
    environment = {
        **os.environ,
        "TRUNKLINE_PORT": str(port),
        "TRUNKLINE_DATA_DIR": str(folder),
        "TRUNKLINE_ADMIN_EMAIL": EMAIL,
        "TRUNKLINE_ADMIN_PASSWORD": PASSWORD,
        "TRUNKLINE_LOG_LEVEL": "warning",
        "TRUNKLINE_WRITES_PER_MINUTE": "6000",
        "TRUNKLINE_WORKERS": str(workers),
        # All the load comes from one address, and many connections at once.
        "TRUNKLINE_UNAUTHENTICATED_CONNECTIONS": "4096",
    }
    began = time.perf_counter()
    command = [str(Path(sys.executable).parent / "trunkline"), "serve"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=log)
    try:
        while not _ready(port):
            if process.poll() is not None:
                raise RuntimeError(f"Trunkline did not start: exit code {process.returncode}")
            if time.perf_counter() - began > 60:
                raise RuntimeError("Trunkline did not become ready within a minute")
            time.sleep(0.005)
        yield Trunkline(port, process.pid, time.perf_counter() - began, folder)
    finally:
        process.terminate()
        process.wait(30)
