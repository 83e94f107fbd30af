"""``trunkline audit``: who changed, tested or was refused what."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import msgspec
import typer

from trunkline.cli.api import call
from trunkline.cli.kind import Record
from trunkline.cli.option import Json, Yes
from trunkline.cli.output import note, print_json, print_table, say
from trunkline.cli.record_commands import confirm

app = typer.Typer(add_completion=False)


@app.callback(invoke_without_command=True)
def audit(
    ctx: typer.Context,
    action: Annotated[str | None, typer.Option(help="Only this action, such as configuration.update.")] = None,
    outcome: Annotated[
        Literal["ok", "failed", "refused"] | None, typer.Option(help="Only those with this outcome.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many, newest first.")] = 30,
    json: Json = False,
) -> None:
    """Show who did what in the workspace, the newest first."""
    if ctx.invoked_subcommand is not None:
        return
    query = {"action": action, "outcome": outcome, "limit": str(limit)}
    document = call(lambda api: api.ask("GET", "/api/audit", query=query))
    if json:
        print_json(document)
        return
    events: list[Record] = msgspec.json.decode(document)
    print_table(
        ["when (UTC)", "who", "action", "what", "outcome"],
        [
            [
                event["at"][:19].replace("T", " "),
                event.get("actorName") or event["actorId"] or event["actorKind"],
                event["action"],
                " ".join(filter(None, [event["targetType"], event.get("targetName") or event["targetId"]])) or "–",
                event["outcome"],
            ]
            for event in events
        ],
        empty="Nothing has happened yet.",
    )


@app.command("export")
def export(
    file_format: Annotated[Literal["csv", "json"], typer.Option("--format", help="A table, or a list.")] = "csv",
) -> None:
    """Write all events of the workspace to standard output, as a file. The export is recorded."""
    sys.stdout.buffer.write(call(lambda api: api.ask("GET", "/api/audit/export", query={"format": file_format})))


@app.command("verify")
def verify(
    installation: Annotated[
        bool, typer.Option("--all", help="All workspaces, and what belongs to none. For the administrator.")
    ] = False,
    json: Json = False,
) -> None:
    """Check that nobody has changed the audit log. The exit code is 1 if somebody has.

    Keep the hash that it prints elsewhere: the same log never has another one at that event.
    """
    path = "/api/audit/verify/installation" if installation else "/api/audit/verify"
    document = call(lambda api: api.ask("GET", path))
    decoded: Record | list[Record] = msgspec.json.decode(document)
    chains = decoded if isinstance(decoded, list) else [decoded]
    if json:
        print_json(document)
    else:
        for chain in chains:
            _tell(chain)
    if not all(chain["valid"] for chain in chains):
        raise typer.Exit(1)


@app.command("acknowledge")
def acknowledge(
    comment: Annotated[str, typer.Option(help="What is known of it, for those who read the log.")] = "",
    installation: Annotated[
        bool, typer.Option("--installation", help="What belongs to no workspace. For the administrator.")
    ] = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Take note of a break that `verify` finds, and let the log go on from there. For owners.

    The log keeps what was found, and `verify` goes on telling it.
    """
    confirm("Acknowledge what is wrong with the audit log, for good?", yes=yes)
    path = "/api/audit/acknowledge/installation" if installation else "/api/audit/acknowledge"
    document = call(lambda api: api.ask("POST", path, body={"comment": comment}))
    if json:
        print_json(document)
        return
    decoded: Record | list[Record] = msgspec.json.decode(document)
    for chain in decoded if isinstance(decoded, list) else [decoded]:
        _tell(chain)


def _tell(chain: Record) -> None:
    where = f"Workspace {chain['workspaceId']}" if chain["workspaceId"] else "Installation"
    for renewal in chain["renewals"]:
        known = f": {renewal['comment']}" if renewal["comment"] else ""
        note(f"{where}: acknowledged {renewal['at'][:19].replace('T', ' ')} by event {renewal['sequence']}{known}")
        _tell_faults(renewal["faults"])
    if chain["valid"]:
        since = " since then" if chain["renewals"] else ""
        say(f"{where}: {chain['events']} events, nothing was changed{since}.")
        if chain["head"]:
            note(f"Event {chain['lastSequence']} has the hash {chain['head']}.")
        return
    say(f"{where}: the audit log was changed.")
    _tell_faults(chain["faults"])


def _tell_faults(faults: list[Record]) -> None:
    for fault in faults:
        at = f"event {fault['sequence']}" if fault["sequence"] is not None else "an event"
        note(f"{at}{' (' + fault['eventId'] + ')' if fault['eventId'] else ''}: {fault['message']}")
