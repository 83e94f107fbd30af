"""``trunkline model-configs``: an application's models, their versions and the experiments with them."""

from __future__ import annotations

from typing import Annotated

import typer

from trunkline.cli import experiments, versions
from trunkline.cli.api import Api, call
from trunkline.cli.applications import APPLICATIONS
from trunkline.cli.kind import Record
from trunkline.cli.model_config import CONFIGS
from trunkline.cli.option import Json
from trunkline.cli.output import print_json, say
from trunkline.cli.record_commands import (
    Which,
    add_edit,
    add_list,
    add_remove,
    add_show,
    make_group,
    read_fields,
    tell,
)
from trunkline.cli.secret_input import read_secret

app = make_group(CONFIGS, "Model configs of applications, their versions and experiments.")
add_list(app, CONFIGS, empty="There are none. Add one: trunkline model-configs add NAME --application … --provider …")
add_show(app, CONFIGS)
add_edit(app, CONFIGS)
add_remove(app, CONFIGS)
app.add_typer(versions.app)
app.add_typer(experiments.app)


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="The name that requests use as `model`.")],
    application: Annotated[str, typer.Option(help="The application that it belongs to, by name or id.")],
    provider: Annotated[str, typer.Option(help="The provider.")],
    model: Annotated[str, typer.Option(help="The provider's name of the model.")],
    parameter: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A setting, such as temperature=0.2.")
    ] = None,
    key_env: Annotated[str | None, typer.Option(help="The environment variable that holds the provider's key.")] = None,
    key_stdin: Annotated[bool, typer.Option("--key-stdin", help="Read the key from standard input.")] = False,
    json: Json = False,
) -> None:
    """Add a model config. Without a key option it borrows the workspace's key of that provider."""
    body: Record = {"name": name, "provider": provider, "modelId": model, "settings": read_fields(parameter or ())}
    if key_env is not None or key_stdin:
        body["apiKey"] = read_secret("API key", option="--key", env=key_env, stdin=key_stdin).reveal()

    async def work(api: Api) -> bytes:
        body["applicationId"] = await APPLICATIONS.find_id(api, application)
        return await api.ask("POST", "/model-configs", body=body)

    answer = call(work)
    if json:
        print_json(answer)
    else:
        say(f"{name} is added to {application}.")


@app.command("set-default")
def set_default(which: Which, json: Json = False) -> None:
    """Make it the default of its application."""

    async def work(api: Api) -> bytes:
        return await api.ask("PATCH", CONFIGS.place(await CONFIGS.find_id(api, which), "default"))

    tell(call(work), f"{which} is the default now.", json=json)
