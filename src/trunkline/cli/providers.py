"""``trunkline providers``: who serves models, and what Trunkline knows of them."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
import typer

from trunkline.cli.api import Api, call
from trunkline.cli.kind import Kind, Record, text, write_value
from trunkline.cli.option import Json
from trunkline.cli.output import print_json, print_table
from trunkline.cli.record_commands import add_list, make_group

PROVIDERS: Final = Kind(
    noun="provider",
    command="providers",
    path="/api/providers",
    names=("name", "displayName"),
    id="name",
    columns=(
        ("provider", text("name")),
        ("name", text("displayName")),
        ("key", lambda one: "needed" if one["requiresApiKey"] else "optional" if one["acceptsApiKey"] else "none"),
        ("environment", text("env")),
        ("example", lambda one: write_value(one["exampleModels"][:1])),
    ),
)

Provider = Annotated[str, typer.Argument(metavar="PROVIDER", help="Its name, such as openai.")]

app = make_group(PROVIDERS, "Providers that Trunkline knows.")
add_list(app, PROVIDERS, empty="There are none.")


@app.command("show")
def show(which: Provider, json: Json = False) -> None:
    """Show what a provider needs, and where its keys and documentation are."""
    found = call(lambda api: PROVIDERS.find(api, which))
    if json:
        print_json(msgspec.json.encode(found))
        return
    print_table(["", ""], [[name, write_value(value)] for name, value in found.items()], empty="")


@app.command("parameters")
def parameters(which: Provider, json: Json = False) -> None:
    """List the parameters that a configuration of this provider may set."""

    async def work(api: Api) -> bytes:
        return await api.ask("GET", PROVIDERS.place(await PROVIDERS.find_id(api, which), "schema"))

    document = call(work)
    if json:
        print_json(document)
        return
    schema: Record = msgspec.json.decode(document)
    print_table(
        ["parameter", "type", "default", "meaning"],
        [
            [name, _write_type(one), write_value(one.get("default")), one.get("description", "")]
            for name, one in schema.get("properties", {}).items()
        ],
        empty="It takes none.",
    )


def _write_type(schema: Record) -> str:
    """``number 0–2``, ``low | high``, ``string``."""
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    kind = write_value(schema.get("type"), "any")
    low, high = schema.get("minimum"), schema.get("maximum")
    return (
        f"{kind} {'' if low is None else low}–{'' if high is None else high}" if (low, high) != (None, None) else kind
    )
