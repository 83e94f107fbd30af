"""What the commands say before they ask a server, and how they end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from trunkline.cli import apply
from trunkline.cli.application import app
from trunkline.cli.declared.document import read_document
from trunkline.cli.declared.kinds import KINDS
from trunkline.cli.declared.plan import Change, FieldChange, Plan
from trunkline.cli.declared.plan_text import describe, summarise, write_plan
from trunkline.core.errors import InvalidInput


def start(*words: str, stdin: str | None = None) -> Any:
    return CliRunner().invoke(app, list(words), input=stdin)


@pytest.mark.parametrize(("pending", "dry", "code"), [(True, True, 3), (False, True, 0), (True, False, 0)])
def test_a_dry_run_that_finds_something_ends_with_3(
    monkeypatch: pytest.MonkeyPatch, pending: bool, dry: bool, code: int
) -> None:
    monkeypatch.setattr(apply, "call", lambda work: pending)  # pyright: ignore[reportUnknownLambdaType]
    Path("trunkline.yaml").write_text("version: 1\n")
    assert start("apply", *(["--dry-run"] if dry else [])).exit_code == code
    assert start("apply", "-f", "-", *(["--dry-run"] if dry else []), stdin="version: 1\n").exit_code == code


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["apply"], "trunkline.yaml cannot be read: No such file or directory. Name another file with -f"),
        (["apply", "-f", "bad.yaml"], "bad.yaml:1: version: is required."),
        (["apply", "--prune", "keys"], "--prune keys: there is no such section. There are: applications, "),
        (["export", "-o", "bad.yaml"], "bad.yaml is there already. Add --force"),
    ],
)
def test_what_is_wrong_is_told_without_a_server(words: list[str], told: str) -> None:
    Path("bad.yaml").write_text("routes: []\n")
    refused = start(*words).exception
    assert isinstance(refused, InvalidInput)
    assert told in refused.message


def test_a_plan_is_told_field_by_field() -> None:
    text = b"version: 1\napplications: [{name: shop, configurations: [a]}]\n"
    wanted = read_document("f.yaml", text).wanted[0]
    kind = KINDS[0]
    made = Change(
        action="create", kind=kind, name="shop", fields=(FieldChange("name", None, "shop"),), wanted=wanted
    )  # fmt: skip
    late = Change(
        action="update", kind=kind, name="shop", fields=(FieldChange("configurations", None, ["a"]),), wanted=wanted,
        late=True,
    )  # fmt: skip
    fields = (
        FieldChange("strategy", "priority", "weighted"),
        FieldChange("systemPrompt", "one\ntwo\nthree", "one\n2\nthree"),
        FieldChange("enabled", True, False),
        FieldChange("tags", [], ["\x1b[31mred"]),
    )
    changed = Change(action="update", kind=kind, name="other", fields=fields)
    gone = Change(action="delete", kind=kind, name="old")
    plan = Plan(changes=(made, changed, late, gone), notes=(), unlisted={})
    assert [line.plain for line in write_plan(plan)] == [
        "+ application shop",
        "    name: shop",
        "    configurations: [a]",
        "~ application other",
        "    strategy: priority → weighted",
        "    systemPrompt:",
        "        one",
        "      - two",
        "      + 2",
        "        three",
        "    enabled: true → false",
        "    tags: [] → [[31mred]",
        "- application old",
    ]
    assert summarise(plan) == "1 to make, 1 to change, 1 to delete"
    assert [one["action"] for one in describe(plan)] == ["create", "update", "update", "delete"]
