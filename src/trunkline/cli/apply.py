"""``trunkline apply``: make a workspace what a file says."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
import typer

from trunkline.cli.api import Api, call
from trunkline.cli.option import Json, Yes
from trunkline.cli.output import complain, make_console, note, print_json, say
from trunkline.cli.record_commands import confirm
from trunkline.core.errors import InvalidInput
from trunkline.core.secret import Secret

if TYPE_CHECKING:
    from trunkline.cli.declared.document import Document
    from trunkline.cli.declared.plan import Plan

PENDING: Final = 3
"""The exit code of a dry run that found something to do. 2 is that of a command that is typed wrong."""


def apply(
    file: Annotated[
        str, typer.Option("--file", "-f", metavar="FILE", help="What the workspace is to be; `-` is standard input.")
    ] = "trunkline.yaml",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would change. The exit code is 3 if anything would.")
    ] = False,
    prune: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SECTION",
            help="Delete what is in a section of the workspace (`routes`, say) and not in the file. Repeatable.",
        ),
    ] = None,
    renew_secrets: Annotated[
        bool, typer.Option("--renew-secrets", help="Store every secret anew, also those that look the same.")
    ] = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Make a workspace what a file says. Shows what changes, and asks first."""
    # The shapes of the API are slow to load, and two commands alone need them.
    from trunkline.cli.declared.document import read_document  # noqa: PLC0415
    from trunkline.cli.declared.kinds import SECTIONS  # noqa: PLC0415

    sections = list(prune or ())
    for section in sections:
        if section not in SECTIONS:
            raise InvalidInput(f"--prune {section}: there is no such section. There are: {', '.join(SECTIONS)}.")
    document = read_document(file if file != "-" else "standard input", _read(file))
    secrets = resolve_all(document, os.environ, Path(file).parent if file != "-" else Path())

    async def work(api: Api) -> bool:
        return await run(
            api, document, secrets, sections, dry_run=dry_run, renew_secrets=renew_secrets, yes=yes, json=json
        )

    if call(work) and dry_run:
        raise typer.Exit(PENDING)


async def run(
    api: Api,
    document: Document,
    secrets: Mapping[str, Secret | None],
    prune: list[str],
    *,
    dry_run: bool = False,
    renew_secrets: bool = False,
    yes: bool = False,
    json: bool = False,
) -> bool:
    """Plan, show, ask and carry out. Whether there was anything to do."""
    from trunkline.cli.declared.carrying_out import Carrier, Halted  # noqa: PLC0415
    from trunkline.cli.declared.declaration import declare  # noqa: PLC0415
    from trunkline.cli.declared.plan import make_plan  # noqa: PLC0415
    from trunkline.cli.declared.plan_text import describe, write_change  # noqa: PLC0415
    from trunkline.cli.declared.server_state import open_workspace, read_state  # noqa: PLC0415

    there, me, workspace = await open_workspace(api, document.workspace)
    sections = document.sections | frozenset(prune)
    state = await read_state(there, me, workspace, sections)
    plan = make_plan(document, state, secrets, prune, renew_secrets=renew_secrets)
    carrier = Carrier(there, state, secrets)
    mistakes = await carrier.find_mistakes(plan)
    if mistakes:
        raise document.refuse(mistakes)
    if not json:
        _show(plan, f"{state.workspace} at {api.origin}")
    if not dry_run and not plan.changes:
        await declare(there, workspace["id"], document.text.name, plan)
    if dry_run or not plan.changes:
        if json:
            print_json(msgspec.json.encode({"changes": describe(plan), "notes": plan.notes, "applied": 0}))
        return bool(plan.changes)
    confirm("Apply these changes?", yes=yes)
    done: list[str] = []
    try:
        await carrier.carry_out(plan, lambda change: done.append(write_change(change)))
    except Halted as halted:
        if json:
            print_json(msgspec.json.encode({"changes": describe(plan), "notes": plan.notes, "applied": halted.done}))
        _tell_halt(plan, halted.done, halted.error.message)
        raise typer.Exit(1) from None
    if json:
        print_json(msgspec.json.encode({"changes": describe(plan), "notes": plan.notes, "applied": len(plan.changes)}))
    else:
        say(f"Applied: {_count(len(done))}.")
    # What the server keeps in another form than it was sent would change at every run: better told now.
    again = make_plan(document, await read_state(there, me, await _reread(there, workspace), sections), secrets)
    for change in again.changes:
        names = ", ".join(field.field for field in change.fields)
        note(f"{change.kind.noun} {change.name}: the server keeps {names} in another form than the file has it.")
    await declare(there, workspace["id"], document.text.name, again)
    return True


async def _reread(api: Api, workspace: dict[str, Any]) -> dict[str, Any]:
    return await api.get(f"/api/workspaces/{workspace['id']}", dict[str, Any])


def _read(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise InvalidInput(
            f"{file} cannot be read: {error.strerror}. Name another file with -f, or write one: trunkline export."
        ) from None


def resolve_all(document: Document, environment: Mapping[str, str], folder: Path) -> dict[str, Secret | None]:
    """What each reference of ``document`` leads to; None where nothing is there."""
    from trunkline.cli.declared.secret_reference import is_reference, resolve  # noqa: PLC0415
    from trunkline.cli.declared.yaml_text import read_object  # noqa: PLC0415

    found: dict[str, Secret | None] = {}
    for wanted in document.wanted:
        given = [wanted.fields.get(name) for name in wanted.kind.secrets]
        for name in wanted.kind.merged:
            given += read_object(read_object(wanted.fields.get(name)).get("headers")).values()
        found.update(
            (text, resolve(text, environment, folder)) for text in given if isinstance(text, str) and is_reference(text)
        )
    return found


def _show(plan: Plan, where: str) -> None:
    from trunkline.cli.declared.plan_text import summarise, write_plan  # noqa: PLC0415

    console = make_console()
    for line in write_plan(plan):
        console.print(line)
    for told in _tell(plan):
        note(told)
    if plan.changes:
        say(f"{where}: {summarise(plan)}.")
    else:
        say(f"{where} is as the file says.")


def _tell(plan: Plan) -> Iterator[str]:
    yield from plan.notes
    for section, count in sorted(plan.unlisted.items()):
        yield f"{section}: {count} on the server are not in the file and stay. --prune {section} deletes them."


def _tell_halt(plan: Plan, done: int, message: str) -> None:
    from trunkline.cli.declared.plan_text import write_change  # noqa: PLC0415

    failed = plan.changes[done]
    for change in plan.changes[:done]:
        note(f"done: {write_change(change)}")
    complain(f"{failed.kind.noun} {failed.name}: {message}")
    for change in plan.changes[done + 1 :]:
        note(f"not tried: {change.action} {change.kind.noun} {change.name}")
    note(f"{done} of {_count(len(plan.changes))} made. Put it right and run this again: it goes on from here.")


def _count(number: int) -> str:
    return f"{number} change{'' if number == 1 else 's'}"
