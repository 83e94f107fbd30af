"""The package that an extension begins with works as it is written, and is what the guide shows."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
from typer.testing import CliRunner

from trunkline.cli.application import app
from trunkline.extensions.kind import ExtensionKind
from trunkline.extensions.package import GROUPS
from trunkline.extensions.template import render_template

GUIDE = Path(__file__).parents[3] / "docs/guide/extensions.md"
KINDS: tuple[ExtensionKind, ...] = get_args(ExtensionKind)


@pytest.mark.parametrize("kind", KINDS)
def test_it_passes_its_own_tests(tmp_path: Path, kind: ExtensionKind) -> None:
    told = CliRunner().invoke(app, ["extensions", "new", "my-own", "--kind", kind, "--folder", str(tmp_path)])
    assert told.exit_code == 0, told.output
    made = tmp_path / "trunkline-my-own"
    assert str(made) in told.output
    command = [sys.executable, "-m", "pytest", "-q", "-W", "ignore"]
    done = subprocess.run(command, cwd=made, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_the_guide_shows_it(kind: ExtensionKind) -> None:
    shown = re.findall(r"^```(?:py|toml)\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    name = {"provider": "acme", "gate": "teams", "alert-channel": "rooms"}[kind]
    files = dict(render_template(name, kind))
    if kind != "provider":
        # One is like the other.
        del files["pyproject.toml"]
    assert [path for path, text in files.items() if text not in shown] == []


def test_it_is_found_by_the_group_of_its_kind() -> None:
    for group, kind in GROUPS.items():
        text = render_template("acme", kind)["pyproject.toml"]
        assert f'[project.entry-points."{group}"]\nacme = "trunkline_acme:extension"' in text


def test_a_folder_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "trunkline-acme").mkdir()
    told = CliRunner().invoke(app, ["extensions", "new", "acme", "--folder", str(tmp_path)])
    assert "is there already" in str(told.exception)
    assert list((tmp_path / "trunkline-acme").iterdir()) == []


@pytest.mark.parametrize("name", ["../up", "Acme", "a", "x-", "1st"])
def test_a_name_that_cannot_be_one_is_refused(tmp_path: Path, name: str) -> None:
    told = CliRunner().invoke(app, ["extensions", "new", name, "--folder", str(tmp_path)])
    assert "name: must be 2 to 32 lower-case letters" in str(told.exception)
    assert list(tmp_path.iterdir()) == []
