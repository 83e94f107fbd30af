"""``trunkline alerts rules``: when people are told."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
import typer

from trunkline.cli.alert_channels import CHANNELS
from trunkline.cli.api import Api, call
from trunkline.cli.kind import Kind, Record, text
from trunkline.cli.option import Json
from trunkline.cli.output import note, print_json, print_table, say
from trunkline.cli.record_commands import Settings, add_edit, add_list, add_remove, add_show, read_fields
from trunkline.core.alert import KINDS, AlertKind, Severity


def _write_when(one: Record) -> str:
    unit = KINDS[one["kind"]].unit
    when = one["kind"].replace("_", " ")
    if one["threshold"] is not None:
        when += f", {one['threshold']:g} {unit}"
    return f"{when} in {one['windowMinutes']} min" if one["windowMinutes"] else when


def _write_subject(one: Record) -> str:
    if one["subject"] is None:
        return "the installation" if one["workspaceId"] is None else "everything"
    return f"{one['subject']} {one['subjectId']}"


RULES: Final = Kind(
    noun="rule",
    command="alerts rules",
    path="/api/alerts/rules",
    columns=(
        ("name", text("name")),
        ("fires when", _write_when),
        ("for", _write_subject),
        ("severity", text("severity")),
        (">channels", lambda one: str(len(one["channelIds"]))),
        ("on", text("enabled")),
        ("id", text("id")),
    ),
)

app = typer.Typer(name="rules", add_completion=False, help="Rules: when people are told.", no_args_is_help=True)
add_list(app, RULES, empty="There are no rules.")
add_show(app, RULES)
add_edit(app, RULES)
add_remove(app, RULES, told=" Its open alerts are over.")

KindArgument = Annotated[AlertKind, typer.Argument(help="What it watches.")]
Threshold = Annotated[float | None, typer.Option(help="From where on it fires, in the unit of its kind.")]
More = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="FIELD=VALUE", help="Another field of the API: repeat it for more."),
]


@app.command("add")
def add(
    kind: KindArgument,
    name: Annotated[str | None, typer.Option(help="What to call it.")] = None,
    threshold: Threshold = None,
    window: Annotated[int | None, typer.Option(help="The minutes that are added up, a multiple of 15.")] = None,
    severity: Annotated[Severity | None, typer.Option(help="How severe that is.")] = None,
    channel: Annotated[list[str] | None, typer.Option(help="A channel to tell: repeat it for more.")] = None,
    more: More = None,
    json: Json = False,
) -> None:
    """Add a rule. What is left out is as usual for its kind."""
    body = _read(kind, threshold, window, more, name=name, severity=severity)

    async def work(api: Api) -> bytes:
        if channel:
            body["channelIds"] = [await CHANNELS.find_id(api, each) for each in channel]
        return await api.ask("POST", RULES.path, body=body)

    answer = call(work)
    if json:
        print_json(answer)
        return
    made: Record = msgspec.json.decode(answer)
    say(f"{made['name']} fires at: {_write_when(made)}.")
    if not made["channelIds"]:
        note("It tells no channel: its alerts are listed by `trunkline alerts list`.")


@app.command("tell")
def tell_channels(
    which: Annotated[str, typer.Argument(metavar="NAME", help="The rule's name, or its id.")],
    channels: Annotated[list[str], typer.Argument(metavar="CHANNEL", help="The channels to tell.")],
    json: Json = False,
) -> None:
    """Have a rule tell these channels, and no others."""

    async def work(api: Api) -> bytes:
        body = {"channelIds": [await CHANNELS.find_id(api, each) for each in channels]}
        return await api.ask("PUT", RULES.place(await RULES.find_id(api, which)), body=body)

    answer = call(work)
    if json:
        print_json(answer)
    else:
        say(f"{msgspec.json.decode(answer)['name']} tells {', '.join(channels)}.")


@app.command("preview")
def preview(
    kind: KindArgument,
    threshold: Threshold = None,
    window: Annotated[int | None, typer.Option(help="The minutes that are added up, a multiple of 15.")] = None,
    days: Annotated[int, typer.Option(min=1, max=31, help="How far to look back.")] = 7,
    more: More = None,
    json: Json = False,
) -> None:
    """Show when a rule would have fired. Nothing is saved."""
    body = {**_read(kind, threshold, window, more), "days": days}
    answer = call(lambda api: api.ask("POST", "/api/alerts/preview", body=body))
    if json:
        print_json(answer)
        return
    found: Record = msgspec.json.decode(answer)
    print_table(
        ["from (UTC)", "until (UTC)", "what", ">value"],
        [
            [
                one["from"][:16].replace("T", " "),
                "still so" if one["until"] is None else one["until"][:16].replace("T", " "),
                one["subjectName"],
                "–" if one["value"] is None else f"{one['value']:,.1f}",
            ]
            for one in found["firings"]
        ],
        empty=f"It would not have fired in the last {days} days.",
    )
    if found["note"]:
        note(found["note"])


def _read(
    kind: AlertKind, threshold: float | None, window: int | None, more: Settings | None, **rest: Any
) -> dict[str, Any]:
    given = {"kind": kind, "threshold": threshold, "windowMinutes": window, **rest}
    return {name: value for name, value in given.items() if value is not None} | read_fields(more or [])
