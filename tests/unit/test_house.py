"""The rules of the house that no linter knows."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
TESTS = sorted(path for path in (ROOT / "tests").rglob("*.py") if "node_modules" not in path.parts)
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "shared"}


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_files_are_small() -> None:
    sizes = {path: lines(path) for path in SOURCES if path.name != "__init__.py"}
    assert median(sizes.values()) <= 120
    assert not [f"{path.relative_to(ROOT)}: {size}" for path, size in sizes.items() if size > 500]
    large = sorted(f"{path.relative_to(ROOT)}: {size}" for path, size in sizes.items() if size > 350)
    assert len(large) <= len(sizes) / 10, large


def test_files_of_tests_are_small() -> None:
    assert len(TESTS) > 500
    assert not [f"{path.relative_to(ROOT)}: {size}" for path in TESTS if (size := lines(path)) > 500]


def test_modules_are_nouns() -> None:
    assert not [path for path in SOURCES if path.stem in FORBIDDEN_NAMES]


PATH = re.compile(r"`((?:[\w.-]+/)+[\w.-]*)`")
ROOMS = {each.name for each in (ROOT / "src/trunkline").iterdir() if each.is_dir()}
MADE = re.compile(r"^faces/console/dist|/notes?(/|\.py)")
"""What a build makes, and what the example of CONTRIBUTING would make."""


def named_paths(text: str) -> list[str]:
    """The files and folders that a page names, written from the root or from the package."""
    tops = ROOMS | {each.name for each in ROOT.iterdir() if each.is_dir() and not each.name.startswith(".")}
    paths = [path for path in PATH.findall(text) if path.partition("/")[0] in tops]
    return [path for path in paths if not MADE.search(path)]


def exists(path: str) -> bool:
    """A path of a module may leave its ending out."""
    return any(
        (base / path).exists() or (base / f"{path}.py").exists()
        for base in (ROOT, ROOT / "src/trunkline", ROOT / "src")
    )


@pytest.mark.parametrize("page", ["ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_pages_name_what_exists(page: str) -> None:
    paths = named_paths((ROOT / page).read_text())
    assert len(paths) > 20
    assert not [path for path in paths if not exists(path)]


def test_pages_name_modules_that_exist() -> None:
    """Also where a name stands without its folder."""
    named = re.findall(r"`(\w+\.py)`", (ROOT / "ARCHITECTURE.md").read_text())
    assert len(named) > 10
    assert not set(named) - {path.name for path in [*SOURCES, *TESTS]}


def test_walks_are_short() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text().partition("\n## Walks\n")[2].partition("\n## ")[0]
    walks = {walk.partition("**")[0]: set(named_paths(walk)) for walk in text.split("- **")[1:]}
    beside = {walk.partition("**")[0]: set(re.findall(r"`(\w+\.py)`", walk)) for walk in text.split("- **")[1:]}
    assert len(walks) == 9
    opened = {walk: len(files) + len(beside[walk]) for walk, files in walks.items()}
    assert not {walk: count for walk, count in opened.items() if count > 10}
    assert not [file for files in walks.values() for file in files if not file.endswith(".py")]


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
    listed = subprocess.run(
        ["git", "ls-files", "*package-lock.json"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    locks = listed.stdout.split()
    assert len(locks) >= 5
    assert not [lock for lock in locks if '"resolved"' in (ROOT / lock).read_text()]


def test_every_secret_that_git_would_keep_is_ignored() -> None:
    ignored = subprocess.run(
        ["git", "check-ignore", ".trunkline/root.key", ".env"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split()
    assert ignored == [".trunkline/root.key", ".env"]
