"""``trunkline retention``: how long a workspace keeps things."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
import typer

from trunkline.cli.api import call
from trunkline.cli.option import Json
from trunkline.cli.output import note, print_json, print_table

_KINDS: Final = ("requests", "conversations", "violations", "alerts", "audit")

Days = Annotated[int | None, typer.Option(min=0, metavar="DAYS", help="Days; 0: as long as the installation.")]


def retention(
    requests: Days = None,
    conversations: Days = None,
    violations: Days = None,
    alerts: Days = None,
    audit: Days = None,
    json: Json = False,
) -> None:
    """Show how long things are kept in the workspace; with options, keep them for a shorter time."""
    given = zip(_KINDS, (requests, conversations, violations, alerts, audit), strict=True)
    body = {f"{kind}Days": days or None for kind, days in given if days is not None}
    if body:
        document = call(lambda api: api.ask("PUT", "/api/retention", body=body))
    else:
        document = call(lambda api: api.ask("GET", "/api/retention"))
    if json:
        print_json(document)
        return
    read = msgspec.json.decode(document, type=dict[str, int | dict[str, int | None] | None])
    print_table(["", ">kept for"], [[kind, _write(read[f"{kind}Days"])] for kind in _KINDS], empty="")
    note("Sums of usage are always kept.")


def _write(days: object) -> str:
    return "ever" if days is None else f"{days:,} day{'' if days == 1 else 's'}"
