"""``trunkline templates``: settings to begin a configuration with."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from trunkline.cli.api import Api, call
from trunkline.cli.kind import Kind, Record, text
from trunkline.cli.option import Json, Yes
from trunkline.cli.output import print_json, say
from trunkline.cli.providers import PROVIDERS, Provider
from trunkline.cli.record_commands import confirm, make_group, read_fields, show_list, tell


def of_provider(provider: str) -> Kind:
    """The templates of one provider."""
    return Kind(
        noun="template",
        command="templates",
        path=PROVIDERS.place(provider, "templates"),
        columns=(
            ("name", text("name")),
            ("settings", text("configuration")),
            ("made by", lambda one: "Trunkline" if one["builtIn"] else "you"),
            ("meaning", text("description")),
        ),
    )


app = make_group(of_provider("any"), "Templates: parameters to start a configuration with.")


@app.command("list")
def list_templates(provider: Provider, json: Json = False) -> None:
    """List a provider's templates."""

    async def work(api: Api) -> list[Record]:
        return msgspec.json.decode(await api.ask("GET", of_provider(await PROVIDERS.find_id(api, provider)).path))

    show_list(of_provider(provider), call(work), json=json, empty="There are none.")


@app.command("add")
def add(
    provider: Provider,
    name: Annotated[str, typer.Argument(help="The name.")],
    parameter: Annotated[list[str], typer.Option("--set", metavar="NAME=VALUE", help="A parameter; repeat it.")],
    description: Annotated[str, typer.Option(help="What it is for.")] = "",
    json: Json = False,
) -> None:
    """Add a template of your own."""
    body = {"name": name, "description": description, "configuration": read_fields(parameter)}

    async def work(api: Api) -> bytes:
        return await api.ask("POST", of_provider(await PROVIDERS.find_id(api, provider)).path, body=body)

    answer = call(work)
    if json:
        print_json(answer)
    else:
        say(f"{name} is added.")


@app.command("remove")
def remove(
    provider: Provider,
    which: Annotated[str, typer.Argument(metavar="NAME", help="The template's name, or its id.")],
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Delete a template of your own."""
    confirm(f"Delete template {which}?", yes=yes)

    async def work(api: Api) -> bytes:
        kind = of_provider(await PROVIDERS.find_id(api, provider))
        return await api.ask("DELETE", kind.place(await kind.find_id(api, which)))

    tell(call(work), f"{which} is deleted.", json=json)
