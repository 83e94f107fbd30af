"""``trunkline import litellm``: LiteLLM's models as configurations and routes, in one command and with a report."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, cast

import msgspec
import typer

from trunkline.cli.api import Api, call, find_path
from trunkline.cli.configuration import Configuration
from trunkline.cli.option import Json
from trunkline.cli.output import note, print_json, print_table, say
from trunkline.core.chat import JsonValue
from trunkline.core.errors import Conflict, Forbidden, InvalidInput, NotFound, Unauthenticated, Unavailable

if TYPE_CHECKING:
    from trunkline.providers.litellm import Plan, Planned, PlannedRoute

app = typer.Typer(
    name="import", add_completion=False, help="Import the configuration of another gateway.", no_args_is_help=True
)

MAX_BYTES: Final = 16 << 20

Outcome = Literal["made", "would be made", "is there already", "needs its key", "waits for its targets", "refused"]

_REFUSALS: Final = (InvalidInput, Forbidden, Conflict, NotFound)


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


class RouteRow(msgspec.Struct, rename="camel", omit_defaults=True):
    """What became of one route. ``targets`` are names of configurations, best first."""

    name: str
    strategy: str
    targets: list[str]
    outcome: Outcome
    where: str
    notes: list[str] = []


class _Route(msgspec.Struct):
    """A route, as far as it matters here."""

    name: str


class NoteRow(msgspec.Struct):
    """What of the file was not mapped."""

    where: str
    message: str


class Report(msgspec.Struct, rename="camel"):
    """The whole import."""

    configurations: list[Row]
    routes: list[RouteRow]
    notes: list[NoteRow]
    dry_run: bool


@app.callback()
def _import() -> None:
    """Import the configuration of another gateway."""


@app.command("litellm")
def import_litellm(
    file: Annotated[Path, typer.Argument(metavar="CONFIG.YAML", help="The configuration file of the LiteLLM proxy.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be created.")] = False,
    shared: Annotated[bool, typer.Option("--shared", help="Share them with everybody in the workspace.")] = False,
    json: Json = False,
) -> None:
    """Make a configuration for each model, a route for each that has several entries or fallbacks, and tell what was
    not mapped. Those that are there already stay as they are.

    Keys that the file refers to (os.environ/NAME) are read from this command's environment. Configurations that a route
    leads to are shared with the workspace. The exit code is 1 when something could not be made.
    """
    from trunkline.providers.litellm import read_plan  # noqa: PLC0415 - all that providers are is slow to load

    plan = read_plan(read_yaml(file), os.environ)
    rows, routes = preview(plan) if dry_run else call(lambda api: make(api, plan, shared=shared))
    notes = [NoteRow(one.where, one.message) for one in plan.notes]
    report = Report(rows, routes, notes, dry_run)
    if json:
        print_json(msgspec.json.encode(report))
    else:
        show(report)
    if any(row.outcome in {"needs its key", "waits for its targets", "refused"} for row in (*rows, *routes)):
        raise typer.Exit(1)


def read_yaml(file: Path) -> JsonValue:
    """The parsed file. Raises InvalidInput when it cannot be read, and shows nothing of it, as it may hold keys."""
    import yaml  # noqa: PLC0415 - slow to load, too

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


def preview(plan: Plan) -> tuple[list[Row], list[RouteRow]]:
    """What would be made; marks what is there already when a server runs that can be asked, and needs none."""
    try:
        there, routes = call(find_there)
    except (Unavailable, Unauthenticated) as error:
        note(f"What is there already is not known. {error.message}")
        there, routes = dict[str, Configuration](), set[str]()
    rows = [_row(one) for one in plan.configurations]
    for one, row in zip(plan.configurations, rows, strict=True):
        row.outcome = _foresee(one, there) or "would be made"
    lacking = {row.name for row in rows if row.outcome == "needs its key"}
    route_rows = [_route_row(route) for route in plan.routes]
    for route, row in zip(plan.routes, route_rows, strict=True):
        row.outcome = "is there already" if row.name in routes else _wait(route, row, lacking) or "would be made"
    return rows, route_rows


async def find_there(api: Api) -> tuple[dict[str, Configuration], set[str]]:
    """The configurations that are there, by name and shared ones first, and the names of the routes."""
    found = [msgspec.json.decode(item, type=Configuration) for item in await api.list("/api/configurations")]
    found.sort(key=lambda one: one.shared)
    routes = [msgspec.json.decode(item, type=_Route) for item in await api.list("/api/routes")]
    return {one.name: one for one in found}, {one.name for one in routes}


async def make(api: Api, plan: Plan, *, shared: bool) -> tuple[list[Row], list[RouteRow]]:
    """Make what is not there yet, in order. One that the server refuses does not keep the others from being made."""
    there, routes = await find_there(api)
    rows: list[Row] = []
    for one in plan.configurations:
        row = _row(one)
        rows.append(row)
        foreseen = _foresee(one, there)
        if foreseen is not None:
            row.outcome = foreseen
            continue
        try:
            answer = await api.ask("POST", "/api/configurations", body=_body(one, shared=shared or one.shared))
            there[one.name] = msgspec.json.decode(answer, type=Configuration)
        except _REFUSALS as error:
            row.outcome = "refused"
            row.notes.append(error.message)
    lacking = {row.name for row in rows if row.outcome == "needs its key"}
    return rows, [await _make_route(api, route, there, lacking, exists=route.name in routes) for route in plan.routes]


async def _make_route(
    api: Api, route: PlannedRoute, there: dict[str, Configuration], lacking: set[str], *, exists: bool
) -> RouteRow:
    """Make one, once all that it leads to is there; what the server has refused is left out of it."""
    row = _route_row(route)
    row.outcome = "is there already" if exists else _wait(route, row, lacking) or "made"
    if row.outcome != "made":
        return row
    targets: list[dict[str, object]] = []
    try:
        for target in route.targets:
            found = there.get(target.name)
            if found is None:
                row.notes.append(f"{target.name} could not be made and is no target")
                continue
            if not found.shared:
                answer = await api.ask("PUT", find_path("configurations", found.id), body={"shared": True})
                there[target.name] = msgspec.json.decode(answer, type=Configuration)
                row.notes.append(f"{target.name} is shared with the workspace now")
            given: dict[str, object] = {"configurationId": found.id}
            given |= {"priority": target.priority, "weight": target.weight}
            if target.fallback_for is not None:
                given["fallbackFor"] = target.fallback_for
            targets.append(given if target.model is None else {**given, "model": target.model})
        body = {"name": route.name, "strategy": route.strategy, "targets": targets}
        await api.ask("POST", "/api/routes", body=body)
    except _REFUSALS as error:
        row.outcome = "refused"
        row.notes.append(error.message)
    return row


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
    if report.routes:
        say("")
        print_table(
            ["route", "strategy", "targets", "result", "notes"],
            [
                [row.name, row.strategy, ", ".join(row.targets), row.outcome, "; ".join(row.notes) or "–"]
                for row in report.routes
            ],
            empty="",
        )
    if report.notes:
        say("")
        print_table(
            ["in the file", "what was not mapped"], [[one.where, one.message] for one in report.notes], empty=""
        )
    verb = "would be made" if report.dry_run else "made"
    counts = [
        f"{sum(row.outcome in {'made', 'would be made'} for row in rows)} of {len(rows)} {what}"
        for what, rows in (("configurations", report.configurations), ("routes", report.routes))
        if rows or what == "configurations"
    ]
    note(f"{' and '.join(counts)} {verb}; {len(report.notes)} notes.")
    _advise([row for row in report.configurations if row.outcome == "needs its key"])


def _advise(rows: Sequence[Row]) -> None:
    if rows:
        names = sorted({row.key.partition(" ")[0] for row in rows if row.key.endswith("(not set)")})
        what = f"Set {', '.join(names)}" if names else "Give their keys"
        note(f"{what} and run this again: what was made stays as it is.")


def _wait(route: PlannedRoute, row: RouteRow, lacking: set[str]) -> Outcome | None:
    """Whether a route waits for configurations that need their keys."""
    waiting = sorted(lacking.intersection(target.name for target in route.targets))
    if not waiting:
        return None
    row.notes.append(f"{', '.join(waiting)}: no key yet")
    return "waits for its targets"


def _foresee(one: Planned, there: Mapping[str, Configuration]) -> Outcome | None:
    if one.name in there:
        return "is there already"
    return "needs its key" if one.lacks_key else None


def _row(one: Planned) -> Row:
    if one.key is not None:
        key = one.key_env or "in the file"
    else:
        key = f"{one.key_env} (not set)" if one.key_env is not None else "–"
    return Row(one.name, one.provider, one.model, "made", key, one.where, one.base_url, list(one.notes))


def _route_row(route: PlannedRoute) -> RouteRow:
    names = [f"{target.name}/{target.model}" if target.model else target.name for target in route.targets]
    return RouteRow(route.name, route.strategy, names, "made", route.where, list(route.notes))


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
