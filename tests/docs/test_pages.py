"""Every block of the guide runs as it is typed, in order, in a fresh installation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs import internet
from tests.docs.newcomer import ROOT, Newcomer
from tests.docs.page import read_blocks
from tests.upstreams.aimock import free_port

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs/guide").glob("*.md"))]
NAMES = {str(page.relative_to(ROOT)): page for page in PAGES if read_blocks(page)}
START_THEMSELVES = {"README.md", "docs/guide/first-run.md"}
MEANT = {"docs/guide/policies.md": "Write to ada@example.com"}
"""What a page shows to be refused."""

pytestmark = [pytest.mark.needs_node, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def python_path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with internet.start(tmp_path_factory.mktemp("internet")) as path:
        yield path


@pytest.fixture
def newcomer(tmp_path: Path, python_path: Path) -> Iterator[Newcomer]:
    reader = Newcomer(tmp_path, free_port(), python_path)
    yield reader
    reader.close()


@pytest.mark.parametrize("name", NAMES)
def test_page(newcomer: Newcomer, name: str) -> None:
    blocks = read_blocks(NAMES[name])
    if name not in START_THEMSELVES:
        newcomer.start()
    for block in blocks:
        said = newcomer.follow(block)
        meant = MEANT.get(name)
        if meant is not None and meant in block.text:
            assert "FAILED" in said, f"{name}:{block.line} was not refused:\n{said}"
        else:
            assert "FAILED" not in said, f"{name}:{block.line}\n{block.text}\n{said}"
            assert "Traceback" not in said, f"{name}:{block.line}\n{said}"
