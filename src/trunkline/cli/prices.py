"""``trunkline prices``: what models cost the workspace, in place of the prices of the list."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
import typer

from trunkline.cli.api import call
from trunkline.cli.kind import Kind, Record, text
from trunkline.cli.option import Json
from trunkline.cli.output import print_json, say
from trunkline.cli.record_commands import add_list, add_remove, add_show, make_group
from trunkline.core.errors import InvalidInput


def _write_prices(record: Record) -> str:
    return ", ".join(f"{unit} {amount:g}" for unit, amount in record["prices"].items())


PRICES: Final = Kind(
    noun="price",
    command="prices",
    path="/api/prices",
    names=("model",),
    columns=(
        ("provider", text("provider")),
        ("model", text("model")),
        ("tier", text("tier")),
        ("US dollars", _write_prices),
        ("from", lambda record: record["startsAt"][:10]),
        ("until", lambda record: (record["endsAt"] or "")[:10]),
        ("id", text("id")),
    ),
)

app = make_group(PRICES, "Prices that the workspace has agreed on itself.")
add_list(app, PRICES, empty="There are no prices of your own: those of the list count.")
add_show(app, PRICES)
add_remove(app, PRICES)


@app.command("add")
def add(
    provider: Annotated[str, typer.Argument(help="The provider.")],
    model: Annotated[str, typer.Argument(help="The model, as the provider names it.")],
    prices: Annotated[
        list[str],
        typer.Argument(metavar="UNIT=DOLLARS...", help="What it costs, such as input=0.12 for a million tokens."),
    ],
    tier: Annotated[str, typer.Option(help="standard, flex, priority or batch.")] = "standard",
    since: Annotated[str | None, typer.Option(help="From when on, such as 2026-01-01T00:00:00Z. Default: now.")] = None,
    until: Annotated[str | None, typer.Option(help="Until when.")] = None,
    note: Annotated[str, typer.Option(help="Why.")] = "",
    json: Json = False,
) -> None:
    """Set what a model costs, from the next request on."""
    amounts: dict[str, str] = {}
    for given in prices:
        unit, _, dollars = given.partition("=")
        if not dollars:
            raise InvalidInput(f"{given!r} is no price. Write it as input=0.12.")
        amounts[unit] = dollars
    body: dict[str, Any] = {"provider": provider, "model": model, "tier": tier, "prices": amounts, "note": note}
    body |= {name: moment for name, moment in (("startsAt", since), ("endsAt", until)) if moment is not None}
    answer = call(lambda api: api.ask("POST", PRICES.path, body=body))
    if json:
        print_json(answer)
        return
    record: Record = msgspec.json.decode(answer)
    say(f"{record['model']} of {record['provider']} costs {_write_prices(record)} US dollars now.")
