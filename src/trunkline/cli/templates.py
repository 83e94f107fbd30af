"""``trunkline templates``: settings to begin a configuration with."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
import typer

from trunkline.cli.api import Api, call
from trunkline.cli.kind import Columns, Kind, Record, text
from trunkline.cli.option import Json, Yes
from trunkline.cli.output import print_json, say
from trunkline.cli.providers import PROVIDERS, Provider
from trunkline.cli.record_commands import confirm, make_group, read_fields, show_list, show_record, tell

_COLUMNS: Final[Columns] = (
    ("name", text("name")),
    ("provider", text("provider")),
    ("model", text("model", "any")),
    ("settings", text("configuration")),
    ("made by", lambda one: "Trunkline" if one["builtIn"] else "you"),
    ("meaning", text("description")),
)

TEMPLATES: Final = Kind(noun="template", command="templates", path="/api/templates", columns=_COLUMNS)


def of_provider(provider: str) -> Kind:
    """The templates of one provider."""
    return msgspec.structs.replace(TEMPLATES, path=PROVIDERS.place(provider, "templates"))


async def find_template(api: Api, which: str, provider: str | None = None) -> Record:
    """The template of that name or id, of ``provider`` where several have one. Raises NotFound and Conflict."""
    kind = TEMPLATES if provider is None else of_provider(await PROVIDERS.find_id(api, provider))
    return await kind.find(api, which)


app = make_group(TEMPLATES, "Templates: settings to begin a configuration with, by model.")

Of = Annotated[str | None, typer.Option("--provider", help="One of this provider.")]


@app.command("list")
def list_templates(
    provider: Annotated[str | None, typer.Argument(metavar="PROVIDER", help="A provider's only.")] = None,
    search: Annotated[str, typer.Option(help="Only those with these words in their name, model or provider.")] = "",
    json: Json = False,
) -> None:
    """List templates: those of models, and those that fit any model of a provider."""

    async def work(api: Api) -> list[Record]:
        if provider is not None:
            return await of_provider(await PROVIDERS.find_id(api, provider)).list(api)
        # Without a provider the list is about models: what fits any of them is repeated by each provider.
        found = msgspec.json.decode(await api.ask("GET", TEMPLATES.path, query={"search": search}), type=list[Record])
        return [one for one in found if one["model"] is not None or not one["builtIn"]]

    records = call(work)
    words = search.lower().split()
    shown = [
        one
        for one in records
        if all(word in f"{one['name']} {one['model']} {one['provider']}".lower() for word in words)
    ]
    show_list(TEMPLATES, shown, json=json, empty="There is no such template.")


@app.command("show")
def show(
    which: Annotated[str, typer.Argument(metavar="NAME", help="Its name, such as `Claude Opus 5.5`, or its id.")],
    provider: Of = None,
    json: Json = False,
) -> None:
    """Show one template."""
    show_record(msgspec.json.encode(call(lambda api: find_template(api, which, provider))), json=json)


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
