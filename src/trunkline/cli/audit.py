"""``trunkline audit``: who changed, tested or was refused what."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
import typer

from trunkline.cli.api import call
from trunkline.cli.kind import Record
from trunkline.cli.option import Json
from trunkline.cli.output import print_json, print_table


def audit(
    action: Annotated[str | None, typer.Option(help="Only this action, such as configuration.update.")] = None,
    outcome: Annotated[
        Literal["ok", "failed", "refused"] | None, typer.Option(help="Only those with this outcome.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many, newest first.")] = 30,
    json: Json = False,
) -> None:
    """Show who did what in the workspace, the newest first."""
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
