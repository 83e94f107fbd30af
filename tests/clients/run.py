"""Runs the usual client libraries through a real Trunkline to aimock and to an Ollama as strict as the real one, and
writes what came of it into docs/conformance.md. ``make clients`` installs what it needs and runs it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))

from tests.clients import fake_ollama, page  # noqa: E402
from tests.e2e.server import Server  # noqa: E402
from tests.upstreams import aimock, checked  # noqa: E402
from tests.vendors import watch  # noqa: E402

MODELS = {
    "openai": "gpt-4o-mini",
    "anthropic": "claude-sonnet-4-5",
    "gemini": "gemini-2.5-flash",
    "openrouter": "openai/gpt-4o-mini",
    "ollama": "llama3.2",
}


def configure(server: Server, mock: str, ollama: str) -> None:
    for provider, model in MODELS.items():
        base = {"openrouter": f"{mock}/api/v1", "ollama": ollama}.get(provider, mock)
        entry: dict[str, Any] = {"name": provider, "provider": provider, "model": model, "baseUrl": base}
        if provider != "ollama":
            entry["apiKey"] = aimock.KEY
        status, answer = server.ask("POST", "/api/configurations", entry)
        if status != 201:
            raise SystemExit(f"{provider}: {answer}")


def play(*command: str) -> Iterator[dict[str, Any]]:
    """The rows that a program prints."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("{"):
            row = json.loads(line)
            print("ok  " if not row["error"] else "FAIL", *[row[name] for name in ("library", "wire", "tried")],
                  row["provider"], row["error"], flush=True)  # fmt: skip
            yield row
    if process.wait() != 0:
        raise SystemExit(f"{command[1]} ended with {process.returncode}")


def versions() -> dict[str, str]:
    """Of the libraries that were tried."""
    wanted = {"openai", "anthropic", "google-genai", "langchain", "pydantic-ai-slim", "instructor", "llama-index-core"}
    site = next((HERE / ".venv/lib").glob("python*/site-packages"))
    found = {one.metadata["Name"].lower(): one.version for one in distributions(path=[str(site)])}
    package = json.loads((HERE / "node/package.json").read_text())
    return {name: found[name] for name in sorted(wanted)} | {"ai": package["dependencies"]["ai"]}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        fixtures = Path(folder) / "fixtures"
        fixtures.mkdir()
        shutil.copy(HERE / "fixtures.json", fixtures / "a_clients.json")
        shutil.copy(aimock.HERE / "fixtures/chat.json", fixtures / "chat.json")
        server = Server(Path(folder))
        with (
            aimock.start(fixtures=fixtures) as mock,
            checked.before(mock.port) as url,
            fake_ollama.start() as ollama,
        ):
            server.start()
            try:
                server.sign_in()
                configure(server, url, ollama.url)
                key = server.make_key()
                python, node = str(HERE / ".venv/bin/python"), str(aimock.NODE)
                rows = list(play(python, str(HERE / "programs.py"), server.url, key, *MODELS))
                rows += play(node, str(HERE / "node/programs.mjs"), server.url, key, *MODELS)
            finally:
                server.stop()
            refused = [*watch.REFUSALS, *ollama.refused]
    page.write(ROOT / "docs/conformance.md", rows, versions(), refused, datetime.now(UTC).date(), list(MODELS))
    failed = [row for row in rows if row["error"] and not page.is_known(row)]
    passed = sum(not row["error"] for row in rows)
    print(f"{passed} of {len(rows)} passed; {len(refused)} requests would have been refused.")
    print(*refused, sep="\n")
    raise SystemExit(bool(failed or refused))


if __name__ == "__main__":
    main()
