"""The rules of the house that no linter knows."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "shared"}


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_files_are_small() -> None:
    sizes = {path: lines(path) for path in SOURCES if path.name != "__init__.py"}
    assert median(sizes.values()) <= 120
    assert not [f"{path.relative_to(ROOT)}: {size}" for path, size in sizes.items() if size > 500]
    large = sorted(f"{path.relative_to(ROOT)}: {size}" for path, size in sizes.items() if size > 350)
    assert len(large) <= len(sizes) / 10, large


def test_modules_are_nouns() -> None:
    assert not [path for path in SOURCES if path.stem in FORBIDDEN_NAMES]


def test_architecture_names_what_exists() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    named = set(
        re.findall(
            r"`((?:core|dialects|outbound|providers|vault|gateway|storage|control|faces|cli)/[\w/]+(?:\.py)?)`", text
        )
    )
    assert named
    missing = [name for name in named if not list((ROOT / "src/trunkline").glob(f"{name.rstrip('/')}*"))]
    assert not missing


@pytest.mark.parametrize(
    "page",
    [ROOT / "README.md", ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md")],
    ids=lambda page: page.name,
)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?://|#|mailto:)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_locks_name_no_index() -> None:
    lock = (ROOT / "uv.lock").read_text()
    assert set(re.findall(r"https?://([^/\"]+)", lock)) == {"index.invalid"}
    assert "resolved" not in (ROOT / "tests/upstreams/package-lock.json").read_text()


def test_every_secret_that_git_would_keep_is_ignored() -> None:
    ignored = subprocess.run(
        ["git", "check-ignore", ".trunkline/root.key", ".env"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split()
    assert ignored == [".trunkline/root.key", ".env"]
