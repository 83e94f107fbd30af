"""The wheel that is built of this folder: what a machine has that installs it, the console included."""

from __future__ import annotations

import http.client
import re
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.e2e.server import Server
from trunkline.faces.console.site import is_built

ROOT = Path(__file__).parents[2]
CONSOLE = "trunkline/faces/console/dist/"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with what the wheel brings."""
    assert is_built(), "make console"
    made = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(made)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (archive,) = made.glob("*.whl")
    with ZipFile(archive) as packed:
        packed.extractall(made / "unpacked")
    return made / "unpacked"


def list_assets(page: str) -> list[str]:
    """The scripts and styles that the console's page begins with."""
    return re.findall(r'(?:src|href)="[^"]*?(assets/[^"]+\.(?:js|css))"', page)


def read(server: Server, path: str) -> tuple[bytes, str | None]:
    """What is at that path, and how long it may be kept."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", path)
    answer = connection.getresponse()
    assert answer.status == 200
    return answer.read(), answer.headers["cache-control"]


def test_the_console_is_in_the_wheel_and_all_that_its_page_names_has_a_hash(wheel: Path) -> None:
    assets = list_assets((wheel / CONSOLE / "index.html").read_text())
    assert assets
    for asset in assets:
        assert (wheel / CONSOLE / asset).is_file()
        assert re.search(r"-[\w-]{8}\.(js|css)$", asset)


def test_nothing_but_the_console_is_in_it_that_is_not_kept_in_git(wheel: Path) -> None:
    listed = subprocess.run(["git", "ls-files", "src"], cwd=ROOT, check=True, capture_output=True, text=True)
    kept = set(listed.stdout.splitlines())
    files = (path.relative_to(wheel).as_posix() for path in (wheel / "trunkline").rglob("*") if path.is_file())
    assert [name for name in files if f"src/{name}" not in kept and not name.startswith(CONSOLE)] == []


def test_a_server_of_the_wheel_shows_the_console(wheel: Path, tmp_path: Path) -> None:
    server = Server(tmp_path, PYTHONPATH=str(wheel))
    server.start()
    try:
        page, _ = read(server, "/console/")
        (script, *_) = [asset for asset in list_assets(page.decode()) if asset.endswith(".js")]
        body, kept = read(server, f"/console/{script}")
        assert body == (wheel / CONSOLE / script).read_bytes()
        assert kept == "public, max-age=31536000, immutable"
    finally:
        server.stop()
