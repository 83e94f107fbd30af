"""``trunkline models``: which models a name may stand for, and what they cost."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
import typer

from trunkline.cli.api import Api, call, find_path
from trunkline.cli.configuration import find_configuration
from trunkline.cli.kind import Record
from trunkline.cli.option import Json, Yes
from trunkline.cli.output import note, print_json, print_table, say
from trunkline.cli.providers import PROVIDERS
from trunkline.cli.pull import follow_pull
from trunkline.cli.record_commands import confirm, show_record, tell
from trunkline.core.errors import InvalidInput

app = typer.Typer(
    name="models", add_completion=False, help="Models of providers, and local models of Ollama.", no_args_is_help=True
)

Of = Annotated[
    str | None, typer.Argument(metavar="NAME", help="A configuration, or a provider. Default: what you may call.")
]
On = Annotated[str, typer.Argument(metavar="CONFIGURATION", help="A configuration of Ollama, by name or id.")]
Model = Annotated[str, typer.Argument(help="The model, such as llama3.2.")]

_PER_MILLION: Final = 1_000_000


@app.command("list")
def list_models(
    of: Of = None,
    search: Annotated[str, typer.Option(help="Only those with this in their id.")] = "",
    json: Json = False,
) -> None:
    """List the models that you can call, or those of a configuration or provider, with prices if known."""
    document = call(lambda api: _list(api, of))
    if json:
        print_json(document)
        return
    answer: Record = msgspec.json.decode(document)
    models: list[Record] = answer.get("models") or answer.get("data") or []
    print_table(
        ["model", ">context", ">$ in / million", ">$ out / million", "from"],
        [
            [
                one["id"],
                f"{one['contextLength']:,}" if one.get("contextLength") else "–",
                _write_price(one, "prompt"),
                _write_price(one, "completion"),
                one.get("owned_by") or answer.get("source") or "–",
            ]
            for one in models
            if search.lower() in one["id"].lower()
        ],
        empty="There is no such model." if search else "There are no models.",
    )
    if answer.get("problem"):
        note(answer["problem"])


@app.command("pull")
def pull(on: On, model: Model, json: Json = False) -> None:
    """Download a model with Ollama. Ctrl-C stops watching; the download continues."""

    async def work(api: Api) -> bytes:
        return await follow_pull(api, (await find_configuration(api, on)).id, model, quiet=json)

    document = call(work)
    if json:
        print_json(document)
    else:
        say(f"{model} is installed.")


@app.command("show")
def show(on: On, model: Model, json: Json = False) -> None:
    """Show what Ollama knows of an installed model."""

    async def work(api: Api) -> bytes:
        return await api.ask("GET", await _find_local(api, on, model))

    show_record(call(work), json=json)


@app.command("remove")
def remove(on: On, model: Model, yes: Yes = False, json: Json = False) -> None:
    """Have Ollama delete an installed model from its disk, for everybody who uses that server."""
    confirm(f"Delete {model} from the server of {on}?", yes=yes)

    async def work(api: Api) -> bytes:
        return await api.ask("DELETE", await _find_local(api, on, model))

    tell(call(work), f"{model} is deleted.", json=json)


async def _find_local(api: Api, configuration: str, model: str) -> str:
    return find_path("configurations", (await find_configuration(api, configuration)).id, "local-models", model)


async def _list(api: Api, of: str | None) -> bytes:
    if of is None:
        return await api.ask("GET", "/v1/models")
    configurations = await api.list("/api/configurations")
    for item in configurations:
        one: dict[str, Any] = msgspec.json.decode(item)
        if of in (one["id"], one["name"]):
            return await api.ask("GET", find_path("configurations", one["id"], "models"))
    providers = await PROVIDERS.list(api)
    if of.lower() in [one["name"] for one in providers]:
        return await api.ask("GET", PROVIDERS.place(of.lower(), "models"))
    raise InvalidInput(
        f"There is no configuration and no provider {of!r}. See `trunkline configurations list` and"
        " `trunkline providers list`."
    )


def _write_price(model: Record, part: str) -> str:
    """US dollars per million tokens; the catalogue has them per token, as text."""
    pricing: Record = model.get("pricing") or {}
    price = pricing.get(part)
    return "–" if price is None else f"{float(price) * _PER_MILLION:,.4g}"
