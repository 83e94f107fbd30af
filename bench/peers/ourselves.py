"""Trunkline as it is started for `make bench`, and nginx as the floor, as peers of the others."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from bench import nginx, server
from bench.nginx import Nginx
from bench.peers.peer import Installed, Peer, run


def install_nginx(folder: Path) -> Installed:
    """It is on this machine."""
    return _Proxy(folder)


def install_trunkline(folder: Path) -> Installed:
    """It is on this machine."""
    return _Trunkline(folder)


class _Proxy:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def start(self, provider: Nginx) -> Generator[Peer]:
        """Run it until the block ends."""
        said = run(["sh", "-c", "nginx -v 2>&1"], self._folder, "nginx")
        with nginx.proxy(self._folder / "proxy", provider) as proxy:
            yield Peer(
                name="nginx",
                version=said.rpartition("/")[2].strip(),
                features="a plain proxy, which looks at nothing",
                url=proxy.url,
                pid=proxy.pid,
                model="m",
                streamed_model="m",
                streamed_path="/streamed/v1/chat/completions",
            )


class _Trunkline:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def start(self, provider: Nginx) -> Generator[Peer]:
        """Run it until the block ends."""
        with server.start(self._folder / "data") as running:
            running.set_up(provider)
            yield Peer(
                name="Trunkline",
                version=version("trunkline"),
                features="its own keys, sealed provider keys, a synced journal, usage and cost of each call in SQLite",
                url=running.url,
                pid=running.pid,
                model="openai",
                streamed_model="openai-streamed",
                key=running.key,
                journal=running.journal,
            )
