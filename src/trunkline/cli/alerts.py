"""``trunkline alerts``: what fires, and what did."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
import typer

from trunkline.cli import alert_channels, alert_rules
from trunkline.cli.api import Api, call
from trunkline.cli.kind import Kind, Record, text
from trunkline.cli.option import Json
from trunkline.cli.output import note
from trunkline.cli.record_commands import add_show, make_group, show_list, tell
from trunkline.core.alert import AlertKind, Severity

ALERTS: Final = Kind(
    noun="alert",
    command="alerts",
    path="/api/alerts",
    names=(),
    columns=(
        ("since (UTC)", lambda one: one["startedAt"][:16].replace("T", " ")),
        ("state", text("state")),
        ("severity", text("severity")),
        ("what", text("summary")),
        ("id", text("id")),
    ),
)

app = make_group(ALERTS, "Alerts: what is wrong, and who is told.")
app.add_typer(alert_rules.app)
app.add_typer(alert_channels.app)
add_show(app, ALERTS)


@app.command("list")
def list_alerts(
    every: Annotated[bool, typer.Option("--all", help="Also those that are over.")] = False,
    kind: Annotated[AlertKind | None, typer.Option(help="Only those of this kind.")] = None,
    severity: Annotated[Severity | None, typer.Option(help="Only those that are so severe.")] = None,
    json: Json = False,
) -> None:
    """List the alerts that you may see, the newest first."""
    query = {"state": None if every else "open", "kind": kind, "severity": severity}

    async def work(api: Api) -> list[Record]:
        return [msgspec.json.decode(item) for item in await api.list(ALERTS.path, query=query)]

    empty = "There was none." if every else "There is nothing wrong. Earlier ones: trunkline alerts list --all"
    show_list(ALERTS, call(work), json=json, empty=empty)


@app.command("acknowledge")
def acknowledge(
    which: Annotated[str, typer.Argument(metavar="ID", help="Its id, or the end of that.")], json: Json = False
) -> None:
    """Say that you see to an alert: channels are not told again until it is over."""

    async def work(api: Api) -> bytes:
        return await api.ask("POST", ALERTS.place(await ALERTS.find_id(api, which), "acknowledge"))

    answer = call(work)
    tell(answer, f"Acknowledged: {msgspec.json.decode(answer)['summary']}", json=json)


@app.command("deliveries")
def deliveries(
    alert: Annotated[str | None, typer.Option(help="Only those of this alert, by its id.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many, newest first.")] = 30,
    json: Json = False,
) -> None:
    """List what was sent to the channels, or is to be."""

    async def work(api: Api) -> list[Record]:
        query = {"limit": str(limit), "alertId": None if alert is None else await ALERTS.find_id(api, alert)}
        return msgspec.json.decode(await api.ask("GET", _DELIVERIES.path, query=query))

    found = call(work)
    show_list(_DELIVERIES, found, json=json, empty="Nothing was sent.")
    if not json and any(each["state"] == "waiting" for each in found):
        note("What is waiting is tried again by itself.")


_DELIVERIES: Final = Kind(
    noun="delivery",
    command="alerts deliveries",
    path="/api/alerts/deliveries",
    names=(),
    columns=(
        ("when (UTC)", lambda one: one["createdAt"][:19].replace("T", " ")),
        ("channel", text("channelName")),
        ("notice", text("notice")),
        ("state", text("state")),
        (">attempts", text("attempts")),
        ("reason", text("reason")),
    ),
)
