"""``trunkline requests``: calls one by one."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import msgspec
import typer

from trunkline.cli.api import call
from trunkline.cli.kind import Record
from trunkline.cli.option import Json
from trunkline.cli.output import note, print_json, print_table, say, write_cost

app = typer.Typer(add_completion=False)

Since = Annotated[str | None, typer.Option(help="From a date or time on.")]
Model = Annotated[str | None, typer.Option(help="Only of this model.")]
Tag = Annotated[str | None, typer.Option(help="Only with this tag.")]
Outcome = Annotated[
    Literal["ok", "error", "cancelled", "estimated"] | None, typer.Option(help="Only those that ended so.")
]


@app.callback(invoke_without_command=True)
def requests(
    ctx: typer.Context,
    since: Since = None,
    model: Model = None,
    tag: Tag = None,
    outcome: Outcome = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many, newest first.")] = 30,
    json: Json = False,
) -> None:
    """List requests, the newest first: your own, for admins the workspace's."""
    if ctx.invoked_subcommand is not None:
        return
    query = {"from": since, "model": model, "tag": tag, "outcome": outcome, "limit": str(limit)}
    document = call(lambda api: api.ask("GET", "/api/requests", query=query))
    if json:
        print_json(document)
        return
    found: list[Record] = msgspec.json.decode(document)
    print_table(
        ["when (UTC)", "model", "outcome", ">tokens in", ">tokens out", ">ms", ">cost", "request id"],
        [
            [
                one["openedAt"][:19].replace("T", " "),
                one["model"],
                one["error"] or one["outcome"],
                f"{one['inputTokens']:,}",
                f"{one['outputTokens']:,}",
                f"{one['durationMs']:,.0f}",
                "–" if one["costUSD"] is None else write_cost(one["costUSD"]),
                one["requestId"],
            ]
            for one in found
        ],
        empty='There are no requests. Try: trunkline chat "Say hello."',
    )


@app.command("show")
def show(
    request: Annotated[str, typer.Argument(help="Its request id, or the id of its usage event.")], json: Json = False
) -> None:
    """Show the whole life of a request."""
    document = call(lambda api: api.ask("GET", f"/api/requests/{request}"))
    if json:
        print_json(document)
        return
    one: Record = msgspec.json.decode(document)
    cost = "unknown" if one["costUSD"] is None else write_cost(one["costUSD"])
    say(f"{one['model']} by {one['provider']}: {one['error'] or one['outcome']} after {one['durationMs']:,.0f} ms.")
    say(f"Tokens: {', '.join(f'{name} {count:,}' for name, count in one['tokens'].items()) or 'none'}.")
    say(f"Cost: {cost}{f' ({source})' if (source := one['priceSource']) else ''}.")
    for attempt in one["attemptList"]:
        note(f"Attempt with {attempt['model']} failed after {attempt['durationMs']:,.0f} ms: {attempt['error']}.")
    for verdict in one["verdicts"]:
        note(f"It broke the policy {verdict['policyName']}: {verdict['explanation']}")


@app.command("export")
def export(
    file_format: Annotated[Literal["csv", "json"], typer.Option("--format", help="A table, or a JSON list.")] = "csv",
    since: Since = None,
    model: Model = None,
    tag: Tag = None,
    outcome: Outcome = None,
) -> None:
    """Write requests to standard output, as a file. The export is recorded in the audit log."""
    query = {"format": file_format, "from": since, "model": model, "tag": tag, "outcome": outcome}
    document = call(lambda api: api.ask("GET", "/api/requests/export", query=query))
    sys.stdout.buffer.write(document)
