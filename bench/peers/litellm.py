"""LiteLLM's proxy, set up as its guide for production says: https://docs.litellm.ai/docs/proxy/prod."""

from __future__ import annotations

import json
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from bench.nginx import Nginx, free_port
from bench.peers.peer import Installed, Peer, run, serve

_UV = ".tools/bin/uv"
_KEY = "sk-bench-master"


def install(folder: Path) -> Installed:
    """From PyPI, into an environment of its own."""
    uv = str(Path.cwd() / _UV)
    run([uv, "venv", "--quiet", "--no-python-downloads", "--python", sys.executable, "env"], folder, "uv venv")
    packages = ["--python", "env", "--only-binary", ":all:", "--compile-bytecode", "litellm[proxy]"]
    run([uv, "pip", "install", "--quiet", *packages], folder, "pip install litellm[proxy]")
    asked = "from importlib.metadata import version; print(version('litellm'))"
    return _LiteLLM(folder, run([str(folder / "env/bin/python"), "-c", asked], folder, "python").strip())


class _LiteLLM:
    def __init__(self, folder: Path, version: str) -> None:
        self._folder = folder
        self._version = version

    @contextmanager
    def start(self, provider: Nginx) -> Generator[Peer]:
        """Run it until the block ends."""
        port = free_port()
        models = [
            {"model_name": name, "litellm_params": {"model": "openai/gpt-4o-mini", "api_base": base, "api_key": "sk-x"}}
            for name, base in (("whole", f"{provider.url}/v1"), ("streamed", f"{provider.url}/streamed/v1"))
        ]
        settings = {"model_list": models, "general_settings": {"master_key": _KEY}}
        # JSON is YAML.
        (self._folder / "config.yaml").write_text(json.dumps(settings))
        command = ["env/bin/litellm", "--config", "config.yaml", "--host", "127.0.0.1", "--port", str(port)]
        environment = {
            "LITELLM_MODE": "PRODUCTION",
            "LITELLM_LOG": "ERROR",
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
            "LITELLM_TELEMETRY": "False",
        }
        url = f"http://127.0.0.1:{port}"
        with serve([*command, "--num_workers", "1"], self._folder, port, environment) as pid:
            yield Peer(
                name="LiteLLM",
                version=self._version,
                features="master key; no database, so neither keys of its own, budgets nor records of usage",
                url=url,
                pid=pid,
                model="whole",
                streamed_model="streamed",
                key=_KEY,
            )
