"""``trunkline model-configs versions``: variants of a model config that share its traffic."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
import typer

from trunkline.cli.api import Api, call
from trunkline.cli.kind import Columns, Kind, Record, text
from trunkline.cli.model_config import CONFIGS
from trunkline.cli.option import Json, Yes
from trunkline.cli.record_commands import Settings, confirm, lay_over, read_fields, show_list, show_record, tell
from trunkline.core.errors import InvalidInput

Config = Annotated[str, typer.Argument(metavar="CONFIG", help="The model config, by name or id.")]
Version = Annotated[str, typer.Argument(metavar="VERSION", help="The version, by its name, its label or its id.")]

_COLUMNS: Final[Columns] = (
    ("version", text("version")),
    ("label", text("label")),
    ("model", text("modelId")),
    (">share", lambda one: f"{one['trafficPercent']:g} %"),
    ("active", text("isActive")),
    ("id", text("_id")),
)

app = typer.Typer(
    name="versions", add_completion=False, help="Versions that share a model config's traffic.", no_args_is_help=True
)


async def find_versions(api: Api, config: str) -> Kind:
    """The versions of one model config."""
    return Kind(
        noun="version",
        command="model-configs versions",
        path=CONFIGS.place(await CONFIGS.find_id(api, config), "versions"),
        names=("version", "label"),
        id="_id",
        columns=_COLUMNS,
    )


@app.command("list")
def list_versions(config: Config, json: Json = False) -> None:
    """List the versions of a model config."""

    async def work(api: Api) -> tuple[Kind, list[Record]]:
        kind = await find_versions(api, config)
        return kind, await kind.list(api)

    kind, found = call(work)
    show_list(kind, found, json=json, empty=f"{config} has no versions: all of its traffic is served alike.")


@app.command("show")
def show(config: Config, version: Version, json: Json = False) -> None:
    """Show one version with all its fields."""

    async def work(api: Api) -> bytes:
        return msgspec.json.encode(await (await find_versions(api, config)).find(api, version))

    show_record(call(work), json=json)


@app.command("add")
def add(
    config: Config,
    version: Annotated[str, typer.Argument(help="The name, such as v2.")],
    label: Annotated[str, typer.Option(help="What is different about it.")] = "",
    model: Annotated[str | None, typer.Option(help="Another model of the provider.")] = None,
    share: Annotated[float, typer.Option(min=0, max=100, help="Its share of the traffic, in percent.")] = 0,
    parameter: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A setting, such as temperature=0.2.")
    ] = None,
    json: Json = False,
) -> None:
    """Add a version. The traffic of the others is scaled."""
    body: Record = {"version": version, "label": label, "trafficPercent": share}
    if model is not None:
        body["modelId"] = model
    if parameter:
        body["settings"] = read_fields(parameter)

    async def work(api: Api) -> bytes:
        return await api.ask("POST", (await find_versions(api, config)).path, body=body)

    tell(call(work), f"{version} is added, with {share:g} % of the traffic.", json=json)


@app.command("edit")
def edit(config: Config, version: Version, settings: Settings, json: Json = False) -> None:
    """Change fields of a version; the others stay as they are."""
    body = read_fields(settings)

    async def work(api: Api) -> bytes:
        kind = await find_versions(api, config)
        found = await kind.find(api, version)
        return await api.ask("PUT", kind.place(found["_id"]), body=lay_over(found, body))

    tell(call(work), f"{version} is changed.", json=json)


@app.command("shares")
def shares(
    config: Config,
    given: Annotated[list[str], typer.Argument(metavar="VERSION=PERCENT...", help="Such as v1=90 v2=10.")],
    json: Json = False,
) -> None:
    """Set the traffic of all active versions at once; it must add up to 100."""

    async def work(api: Api) -> bytes:
        kind = await find_versions(api, config)
        body: list[Record] = []
        for one in given:
            name, _, percent = one.partition("=")
            try:
                share = float(percent)
            except ValueError:
                raise InvalidInput(f"{one}: write it as VERSION=PERCENT, such as v2=10.") from None
            body.append({"_id": await kind.find_id(api, name), "trafficPercent": share})
        return await api.ask("PUT", kind.path, body=body)

    tell(call(work), f"The traffic of {config} is shared: {', '.join(given)}.", json=json)


@app.command("remove")
def remove(config: Config, version: Version, yes: Yes = False, json: Json = False) -> None:
    """Delete a version. The others take over its traffic."""
    confirm(f"Delete version {version} of {config}?", yes=yes)

    async def work(api: Api) -> bytes:
        kind = await find_versions(api, config)
        return await api.ask("DELETE", kind.place(await kind.find_id(api, version)))

    tell(call(work), f"{version} is deleted.", json=json)
