"""``trunkline model-configs experiment``: which version is better."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from trunkline.cli.api import Api, call
from trunkline.cli.kind import Record
from trunkline.cli.model_config import CONFIGS
from trunkline.cli.option import Json, Yes
from trunkline.cli.output import note, print_json, say
from trunkline.cli.record_commands import confirm, tell
from trunkline.cli.versions import Config, Version, find_versions

app = typer.Typer(
    name="experiment", add_completion=False, help="Experiments: which version is better.", no_args_is_help=True
)


@app.command("show")
def show(config: Config, json: Json = False) -> None:
    """Show the results of the versions, and the verdict."""

    async def work(api: Api) -> bytes:
        return await api.ask("GET", CONFIGS.place(await CONFIGS.find_id(api, config), "experiment"))

    document = call(work)
    if json:
        print_json(document)
        return
    found: Record = msgspec.json.decode(document)
    say(found["verdict"])
    note(f"State: {found['state']}. Numbers for each version: add --json.")


@app.command("control")
def control(config: Config, version: Version, json: Json = False) -> None:
    """Choose the version that the others are compared with."""

    async def work(api: Api) -> bytes:
        identity = await (await find_versions(api, config)).find_id(api, version)
        path = CONFIGS.place(await CONFIGS.find_id(api, config), "experiment")
        return await api.ask("PUT", path, body={"controlVersionId": identity})

    tell(call(work), f"{version} is the control of {config}.", json=json)


@app.command("ship")
def ship(
    config: Config,
    version: Annotated[str, typer.Argument(metavar="VERSION", help="The winner.")],
    yes: Yes = False,
    json: Json = False,
) -> None:
    """End the experiment with a winner, which then serves all traffic."""
    confirm(f"Let {version} serve all of {config}?", yes=yes)

    async def work(api: Api) -> bytes:
        identity = await (await find_versions(api, config)).find_id(api, version)
        path = CONFIGS.place(await CONFIGS.find_id(api, config), "experiment", "ship")
        return await api.ask("POST", path, body={"versionId": identity})

    tell(call(work), f"{version} serves all of {config}.", json=json)


@app.command("revert")
def revert(config: Config, yes: Yes = False, json: Json = False) -> None:
    """End the experiment without a winner: the control version serves all traffic again."""
    confirm(f"End the experiment of {config} without a winner?", yes=yes)

    async def work(api: Api) -> bytes:
        return await api.ask("POST", CONFIGS.place(await CONFIGS.find_id(api, config), "experiment", "revert"))

    tell(call(work), f"The control serves all of {config} again.", json=json)
