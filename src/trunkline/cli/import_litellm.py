"""``trunkline import litellm``: LiteLLM's models as configurations, in one command and with a report."""

from __future__ import annotations

import os
from collections.abc import Sequence, Set
from pathlib import Path
from typing import Annotated, Final, Literal, cast

import msgspec
import typer
import yaml

from trunkline.cli.api import Api, call
from trunkline.cli.configuration import Configuration
from trunkline.cli.option import Json
from trunkline.cli.output import note, print_json, print_table, say
from trunkline.core.chat import JsonValue
from trunkline.core.errors import Conflict, Forbidden, InvalidInput, NotFound, Unauthenticated, Unavailable
from trunkline.providers.litellm import Plan, Planned, read_plan

app = typer.Typer(
    name="import", add_completion=False, help="Bring along what another gateway has.", no_args_is_help=True
)

MAX_BYTES: Final = 16 << 20

Outcome = Literal["made", "would be made", "is there already", "needs its key", "refused"]


class Row(msgspec.Struct, rename="camel", omit_defaults=True):
    """What became of one model, as ``--json`` prints it. ``key`` says where the key comes from, never what it is."""

    name: str
    provider: str
    model: str
    outcome: Outcome
    key: str
    where: str
    base_url: str | None = None
    notes: list[str] = []


class NoteRow(msgspec.Struct):
    """What of the file was not mapped."""

    where: str
    message: str


class Report(msgspec.Struct, rename="camel"):
    """The whole import."""

    configurations: list[Row]
    notes: list[NoteRow]
    dry_run: bool


@app.callback()
def _import() -> None:
    """Bring along what another gateway has."""


@app.command("litellm")
def import_litellm(
    file: Annotated[Path, typer.Argument(metavar="CONFIG.YAML", help="The configuration of LiteLLM's proxy.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be made.")] = False,
    shared: Annotated[bool, typer.Option("--shared", help="Let everybody in the workspace use them.")] = False,
    json: Json = False,
) -> None:
    """Make a configuration for each model, and tell what was not mapped. Those that are there already stay as they are.

    Keys that the file refers to (os.environ/NAME) are read from this command's environment. The exit code is 1 when a
    model could not be made.
    """
    plan = read_plan(read_yaml(file), os.environ)
    rows = preview(plan) if dry_run else call(lambda api: make(api, plan, shared=shared))
    notes = [NoteRow(one.where, one.message) for one in plan.notes]
    report = Report(rows, notes, dry_run)
    if json:
        print_json(msgspec.json.encode(report))
    else:
        show(report)
    if any(row.outcome in {"needs its key", "refused"} for row in rows):
        raise typer.Exit(1)


def read_yaml(file: Path) -> JsonValue:
    """The parsed file. Raises InvalidInput when it cannot be read, and shows nothing of it, as it may hold keys."""
    try:
        with file.open("rb") as opened:
            raw = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror}.") from None
    if len(raw) > MAX_BYTES:
        raise InvalidInput(f"{file} is larger than a configuration can be.")
    try:
        parsed = cast("object", yaml.safe_load(raw))
        # Dates and other types of YAML become what JSON has for them.
        return cast("JsonValue", msgspec.json.decode(msgspec.json.encode(parsed)))
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark is not None else ""
        raise InvalidInput(f"{file} is not valid YAML{line}: {error.problem}.") from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, TypeError, ValueError):
        raise InvalidInput(f"{file} is not the YAML of a configuration.") from None


def preview(plan: Plan) -> list[Row]:
    """What would be made; marks what is there already when a server runs that can be asked, and needs none."""
    try:
        there = call(find_names)
    except (Unavailable, Unauthenticated) as error:
        note(f"What is there already is not known. {error.message}")
        there = set[str]()
    rows = [_row(one) for one in plan.configurations]
    for one, row in zip(plan.configurations, rows, strict=True):
        row.outcome = _foresee(one, there) or "would be made"
    return rows


async def find_names(api: Api) -> set[str]:
    """The names of the configurations that are there."""
    return {msgspec.json.decode(item, type=Configuration).name for item in await api.list("/api/configurations")}


async def make(api: Api, plan: Plan, *, shared: bool) -> list[Row]:
    """Make what is not there yet, in order. One that the server refuses does not keep the others from being made."""
    there = await find_names(api)
    rows: list[Row] = []
    for one in plan.configurations:
        row = _row(one)
        rows.append(row)
        foreseen = _foresee(one, there)
        if foreseen is not None:
            row.outcome = foreseen
            continue
        try:
            await api.ask("POST", "/api/configurations", body=_body(one, shared=shared))
        except (InvalidInput, Forbidden, Conflict, NotFound) as error:
            row.outcome = "refused"
            row.notes.append(error.message)
    return rows


def show(report: Report) -> None:
    """Both tables and what to do next."""
    print_table(
        ["name", "provider", "model", "key", "result", "notes"],
        [
            [row.name, row.provider, row.model, row.key, row.outcome, "; ".join(row.notes) or "–"]
            for row in report.configurations
        ],
        empty="There is no model in it that could be mapped.",
    )
    if report.notes:
        say("")
        print_table(
            ["in the file", "what was not mapped"], [[one.where, one.message] for one in report.notes], empty=""
        )
    count = sum(row.outcome in {"made", "would be made"} for row in report.configurations)
    verb = "would be made" if report.dry_run else "made"
    note(f"{count} of {len(report.configurations)} configurations {verb}; {len(report.notes)} notes.")
    _advise([row for row in report.configurations if row.outcome == "needs its key"])


def _advise(rows: Sequence[Row]) -> None:
    if rows:
        names = sorted({row.key.partition(" ")[0] for row in rows if row.key.endswith("(not set)")})
        what = f"Set {', '.join(names)}" if names else "Give their keys"
        note(f"{what} and run this again: what was made stays as it is.")


def _foresee(one: Planned, there: Set[str]) -> Outcome | None:
    if one.name in there:
        return "is there already"
    return "needs its key" if one.lacks_key else None


def _row(one: Planned) -> Row:
    if one.key is not None:
        key = one.key_env or "in the file"
    else:
        key = f"{one.key_env} (not set)" if one.key_env is not None else "–"
    return Row(one.name, one.provider, one.model, "made", key, one.where, one.base_url, list(one.notes))


def _body(one: Planned, *, shared: bool) -> dict[str, object]:
    body: dict[str, object] = {
        "name": one.name,
        "provider": one.provider,
        "model": one.model,
        "configuration": one.parameters,
    }
    if one.base_url is not None:
        body["baseUrl"] = one.base_url
    if one.key is not None:
        body["apiKey"] = one.key.reveal()
    if shared:
        body["shared"] = True
    return body
