"""A gateway that runs, and how one is started."""

from __future__ import annotations

import http.client
import os
import subprocess
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import msgspec

from bench.nginx import Nginx

_START_SECONDS = 180
PATH = "/v1/chat/completions"


class NotAvailable(Exception):
    """This machine cannot get or start it; the text says why."""


class Peer(msgspec.Struct, frozen=True):
    """A gateway that answers.

    ``model`` is called at ``url`` with ``key`` and ``headers``; ``streamed_model`` at ``streamed_path`` with
    ``streamed_headers``. ``features`` says what was on. ``journal`` is where work waits that the load leaves.
    """

    name: str
    version: str
    features: str
    url: str
    pid: int
    model: str
    streamed_model: str
    key: str = ""
    headers: Mapping[str, str] = {}
    streamed_headers: Mapping[str, str] = {}
    streamed_path: str = PATH
    journal: Path | None = None


class Installed(Protocol):
    """A gateway on this disk, which can be started."""

    @contextmanager
    def start(self, provider: Nginx) -> Generator[Peer]:
        """Run it until the block ends, with ``provider`` as its provider."""
        ...


class Install(Protocol):
    """Puts a gateway into ``folder``. Raises :class:`NotAvailable`."""

    def __call__(self, folder: Path) -> Installed: ...


def run(command: Sequence[str], folder: Path, what: str) -> str:
    """What an installation prints. Raises :class:`NotAvailable` with its last line when it fails."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=900)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotAvailable(f"{what}: {error}") from None
    if done.returncode:
        said = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        raise NotAvailable(f"{what}: {said[-1].strip() if said else f'exit code {done.returncode}'}")
    return done.stdout


@contextmanager
def serve(command: Sequence[str], folder: Path, port: int, environment: Mapping[str, str]) -> Generator[int]:
    """Run a server until the block ends. Its process id, once it answers anything on ``port``."""
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env={**os.environ, **environment}, stdout=log, stderr=log)
        try:
            _wait_until_answering(process, port)
            yield process.pid
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_answering(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise NotAvailable(f"it ended with exit code {process.returncode} at its start")
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/health")
            connection.getresponse()
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        else:
            return
        finally:
            connection.close()
    raise NotAvailable(f"it did not answer within {_START_SECONDS} s of its start")
