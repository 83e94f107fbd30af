"""Bifrost's HTTP gateway, of a file: https://docs.getbifrost.ai/deployment-guides/config-json."""

from __future__ import annotations

import json
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from bench.nginx import Nginx, free_port
from bench.peers.peer import Installed, NotAvailable, Peer, run, serve

_MODULE = "github.com/maximhq/bifrost/transports/bifrost-http@latest"
_MODEL = "gpt-4o-mini"


def install(folder: Path) -> Installed:
    """By Go, where it is installed and its module proxy has Bifrost."""
    go = shutil.which("go")
    if go is None:
        raise NotAvailable("Go is not installed")
    run(
        ["env", f"GOBIN={folder}", f"GOMODCACHE={folder}/cache", go, "install", _MODULE],
        folder,
        f"go install {_MODULE}",
    )
    found = run([go, "version", "-m", str(folder / "bifrost-http")], folder, "go version")
    modules = [line.split() for line in found.splitlines() if line.split()[:1] == ["mod"]]
    return _Bifrost(folder, modules[0][2] if modules else "unknown")


class _Bifrost:
    def __init__(self, folder: Path, version: str) -> None:
        self._folder = folder
        self._version = version

    @contextmanager
    def start(self, provider: Nginx) -> Generator[Peer]:
        """Run it until the block ends."""
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        settings = {
            "client": {"enable_logging": False},
            "config_store": {"enabled": False},
            "providers": {
                "openai": _provider(provider.url),
                "streamed": {
                    **_provider(f"{provider.url}/streamed"),
                    "custom_provider_config": {"base_provider_type": "openai"},
                },
            },
        }
        data = self._folder / "data"
        data.mkdir(exist_ok=True)
        (data / "config.json").write_text(json.dumps(settings))
        command = [str(self._folder / "bifrost-http"), "-app-dir", str(data), "-host", "127.0.0.1", "-port", str(port)]
        with serve(command, self._folder, port, {}) as pid:
            yield Peer(
                name="Bifrost",
                version=self._version,
                features="provider keys in a file; no keys of its own, no budgets, no log of requests",
                url=url,
                pid=pid,
                model=f"openai/{_MODEL}",
                streamed_model=f"streamed/{_MODEL}",
            )


def _provider(base: str) -> dict[str, object]:
    key = {"name": "bench", "value": "sk-x", "models": [_MODEL], "weight": 1.0}
    return {"keys": [key], "network_config": {"base_url": base}}
