"""A key that an independent HPKE sealed in another language, exactly as the guide shows it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.e2e.server import Server
from tests.upstreams.aimock import HERE, NODE

KEY = "sk-proj-canary-abcdefghijklmnopqrst-9Zx1"
GUIDE = Path(__file__).parents[2] / "docs/guide/keys.md"

pytestmark = pytest.mark.needs_node


def test_the_guides_program_seals_a_key_that_the_server_opens(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.start()
    try:
        server.sign_in()
        program = re.search(r"```ts\n(.*?)```", GUIDE.read_text(), re.DOTALL)
        assert program is not None
        (tmp_path / "node_modules").symlink_to(HERE / "node_modules")
        file = tmp_path / "seal.mts"
        file.write_text(program[1])
        where = {"TRUNKLINE_URL": server.url}
        done = subprocess.run(
            [str(NODE), str(file)],
            env=server.environment(TRUNKLINE_API_KEY=server.make_key(scope="manage"), OPENAI_API_KEY=KEY, **where),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout.strip() == "sk-proj-…9Zx1", done.stderr
        sealed = server.ask("GET", "/api/configurations")[1][0]
        assert sealed["apiKey"] == "sk-proj-…9Zx1"
        # The same seal for another address opens nothing.
        moved = re.sub(r'"https://api.openai.com:443"', '"https://evil.example:443"', file.read_text())
        file.write_text(moved.replace('"sealed"', '"moved"'))
        done = subprocess.run(
            [str(NODE), str(file)],
            env=server.environment(
                TRUNKLINE_API_KEY=server.make_key(scope="manage", name="two"), OPENAI_API_KEY=KEY, **where
            ),
            capture_output=True,
            text=True,
            check=False,
        )
        assert '"statusCode":400' in done.stderr, done.stdout + done.stderr
    finally:
        server.stop()
    for path in [*server.data.rglob("*"), server.log]:
        if path.is_file():
            assert KEY.encode() not in path.read_bytes()
