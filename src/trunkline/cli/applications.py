"""``trunkline applications``: programs, with the configurations and keys that belong to them."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
import typer

from trunkline.cli.api import Api, call
from trunkline.cli.configuration import find_configuration
from trunkline.cli.kind import Kind, Record, text
from trunkline.cli.option import Json
from trunkline.cli.output import note, print_json, say
from trunkline.cli.record_commands import Which, add_edit, add_list, add_remove, add_show, make_group, tell

APPLICATIONS: Final = Kind(
    noun="application",
    command="applications",
    path="/api/applications",
    columns=(
        ("name", text("name")),
        (">configurations", lambda one: str(len(one["configurationIds"]))),
        ("id", text("id")),
    ),
)

app = make_group(APPLICATIONS, "Applications, with their own configurations and API keys.")
add_list(app, APPLICATIONS, empty="There are no applications. Add one: trunkline applications add NAME")
add_show(app, APPLICATIONS)
add_edit(app, APPLICATIONS)
add_remove(app, APPLICATIONS, told=" Its keys stop working.")


@app.command("add")
def add(name: Annotated[str, typer.Argument(help="The name of the app.")], json: Json = False) -> None:
    """Add an application."""
    answer = call(lambda api: api.ask("POST", "/api/applications", body={"name": name}))
    if json:
        print_json(answer)
        return
    made: Record = msgspec.json.decode(answer)
    say(f"{name} is added. Its id is {made['id']}.")
    note(f"Give it a key: trunkline keys add NAME --application {name}")


@app.command("set-default")
def set_default(
    which: Which,
    configuration: Annotated[str, typer.Argument(help="A configuration of the application, by name or id.")],
    json: Json = False,
) -> None:
    """Choose the configuration that the application's keys call as `default`."""

    async def work(api: Api) -> bytes:
        found = await find_configuration(api, configuration)
        path = APPLICATIONS.place(await APPLICATIONS.find_id(api, which))
        return await api.ask("PUT", path, body={"defaultConfigurationId": found.id})

    tell(call(work), f"{configuration} is the default of {which}.", json=json)
