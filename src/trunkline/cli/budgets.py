"""``trunkline budgets``: what requests may cost."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
import typer

from trunkline.cli.api import Api, call
from trunkline.cli.kind import Kind, Record, text
from trunkline.cli.option import Json
from trunkline.cli.output import note, print_json, say
from trunkline.cli.record_commands import add_edit, add_list, add_remove, add_show, make_group
from trunkline.core.errors import InvalidInput
from trunkline.core.period import PeriodKind


def _write_subject(one: Record) -> str:
    if one["subject"] == "workspace":
        return "the workspace"
    return f"{one['subject']} {one['subjectName'] or one['subjectId']}"


def _write_period(one: Record) -> str:
    return "in all" if one["period"] == "total" else f"a {one['period']}"


BUDGETS: Final = Kind(
    noun="budget",
    command="budgets",
    path="/api/budgets",
    columns=(
        ("name", text("name")),
        ("for", _write_subject),
        ("amount", lambda one: f"${one['amount']} {_write_period(one)}"),
        ("spent", lambda one: f"${one['spent']}"),
        ("reserved", lambda one: f"${one['reserved']}"),
        ("left", lambda one: f"${one['left']}"),
        ("kind", lambda one: "hard" if one["hard"] else "soft"),
        ("id", text("id")),
    ),
)

app = make_group(BUDGETS, "Budgets: what requests may cost.")
add_list(app, BUDGETS, empty="There are no budgets. Add one: trunkline budgets add NAME AMOUNT")
add_show(app, BUDGETS)
add_edit(app, BUDGETS)
add_remove(app, BUDGETS, told=" Requests are no longer held to it.")


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="The name.")],
    amount: Annotated[str, typer.Argument(help="US dollars for each period, such as 25 or 0.5.")],
    period: Annotated[PeriodKind, typer.Option(help="How often it starts anew; `total`: never.")] = "month",
    time_zone: Annotated[str, typer.Option(help="Where periods begin at midnight, such as Europe/Berlin.")] = "UTC",
    user: Annotated[str | None, typer.Option(help="For the requests of a member, by id.")] = None,
    key: Annotated[str | None, typer.Option(help="For the requests of an API key, by id.")] = None,
    application: Annotated[str | None, typer.Option(help="For the requests of an application, by id.")] = None,
    feature: Annotated[str | None, typer.Option(help="For the requests to a feature, by its slug.")] = None,
    tag: Annotated[str | None, typer.Option(help="For the requests with this tag.")] = None,
    soft: Annotated[bool, typer.Option("--soft", help="Only watch: refuse nothing.")] = False,
    threshold: Annotated[
        list[int] | None, typer.Option(help="A percentage of the amount to be told at; repeat it for more.")
    ] = None,
    default_price: Annotated[
        str | None,
        typer.Option(
            metavar="INPUT,OUTPUT",
            help="Dollars per million tokens of models without a known price, which are refused otherwise.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Add a budget. Without one of the options for whom, it is for the whole workspace."""
    body: Record = {"name": name, "amount": amount, "period": period, "timeZone": time_zone, "hard": not soft}
    given = {"user": user, "key": key, "application": application, "feature": feature, "tag": tag}
    chosen = [(subject, value) for subject, value in given.items() if value is not None]
    if len(chosen) > 1:
        raise InvalidInput("A budget is for one of --user, --key, --application, --feature and --tag.")
    for subject, value in chosen:
        body |= {"subject": subject, "subjectId": value}
    if threshold:
        body["thresholds"] = threshold
    if default_price is not None:
        given_input, comma, given_output = default_price.partition(",")
        if not comma:
            raise InvalidInput("--default-price: write dollars per million input and output tokens, such as 3,15.")
        body["defaultPrice"] = {"input": given_input, "output": given_output}

    async def work(api: Api) -> bytes:
        return await api.ask("POST", BUDGETS.path, body=body)

    answer = call(work)
    if json:
        print_json(answer)
        return
    made: Record = msgspec.json.decode(answer)
    say(f"{name} is set: ${made['amount']} {_write_period(made)} for {_write_subject(made)}.")
    if made["spent"] != "0":
        note(f"${made['spent']} of this period is spent already.")
