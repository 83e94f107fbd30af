"""The reference pages say what the code says, and the guide names only what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer
import typer.main
from typer.core import TyperGroup

from trunkline.cli.application import COMMANDS, app, load_command
from trunkline.cli.reference import write_pages
from trunkline.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
OF_TESTS = re.compile(r"TRUNKLINE_TEST_[A-Z_]*[A-Z]")
"""What says how long or how often a test does something."""

PATHS = re.compile(r"`(tests/[a-z0-9_/.]+)`")
NAMES = {str(page.relative_to(ROOT)): page for page in PAGES}


@pytest.mark.parametrize("name", ["settings.md", "api.md", "providers.md", "metrics.md", "trunkline.schema.json"])
def test_the_reference_is_what_the_code_gives(name: str) -> None:
    written = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")
    assert written == write_pages()[name], "Run: .venv/bin/trunkline reference docs/reference"


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere(name: str) -> None:
    page = NAMES[name]
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{name} links to {target}"


def test_the_readme_leads_to_every_guide() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [str(page.relative_to(ROOT)) for page in (ROOT / "docs/guide").glob("*.md") if page.name not in text] == []


@pytest.mark.parametrize("name", NAMES)
def test_settings_and_tests_that_pages_name_exist(name: str) -> None:
    known = {f"TRUNKLINE_{field.upper()}" for field in Settings.__struct_fields__}
    known |= {"TRUNKLINE_URL", "TRUNKLINE_API_KEY", "TRUNKLINE_WORKSPACE", "TRUNKLINE_WRITE_DOCS"}
    known |= {name for test in (ROOT / "tests/faults").glob("*.py") for name in OF_TESTS.findall(test.read_text())}
    named = set(re.findall(r"TRUNKLINE_[A-Z_]*[A-Z]", NAMES[name].read_text(encoding="utf-8")))
    assert named <= known
    assert all((ROOT / path).exists() for path in PATHS.findall(NAMES[name].read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", NAMES)
def test_commands_that_pages_name_exist_with_their_options(name: str) -> None:
    root = typer.main.get_command(app)
    text = NAMES[name].read_text(encoding="utf-8").replace("\\\n", " ")
    for line in re.findall(r"^(?:.*\s)?\.venv/bin/trunkline (.+)$", text, re.MULTILINE):
        words = re.sub(r"\s#.*", "", line).replace("`", " ").split()
        command = root
        if words and words[0] in COMMANDS:
            command = load_command(words.pop(0))
        while words and isinstance(command, TyperGroup):
            inner = command.get_command(typer.Context(command), words[0])
            if inner is None:
                break
            command = inner
            words.pop(0)
        assert command is not root, f"{name}: trunkline {line}"
        options = {option for parameter in command.params for option in parameter.opts}
        assert {word.partition("=")[0] for word in words if word.startswith("--")} <= options | {"--help"}, line
