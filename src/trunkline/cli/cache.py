"""``trunkline cache``: the responses that are kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, Final, Literal

import msgspec
import typer

from trunkline.cli.api import Api, call, find_path
from trunkline.cli.configuration import find_configuration
from trunkline.cli.features import FEATURES
from trunkline.cli.option import Json, Yes
from trunkline.cli.output import note, print_json, print_table, say
from trunkline.cli.record_commands import confirm
from trunkline.cli.routes import find_route
from trunkline.core.caching import LEAST_THRESHOLD, USUAL_THRESHOLD, CacheScope

app = typer.Typer(
    name="cache", add_completion=False, help="The response cache: what is kept and used again.", no_args_is_help=True
)

Kind = Annotated[Literal["route", "configuration", "feature"], typer.Argument(help="What it is.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="Its name, its id, or the slug of a feature.")]


class Standing(msgspec.Struct, rename="camel"):
    """How the cache stands."""

    storage: str
    hits: int
    misses: int
    saved_usd: float = msgspec.field(name="savedUSD")
    entries: int
    bytes: int


@app.command("status")
def status(json: Json = False) -> None:
    """Show how often the cache had a response, and what it keeps."""
    document = call(lambda api: api.ask("GET", "/api/cache"))
    if json:
        print_json(document)
        return
    one = msgspec.json.decode(document, type=Standing)
    asked = one.hits + one.misses
    print_table(
        ["", ""],
        [
            ["hits", f"{one.hits:,}" + (f" ({one.hits / asked:.1%})" if asked else "")],
            ["misses", f"{one.misses:,}"],
            ["saved", f"${one.saved_usd:,.6f}".rstrip("0").rstrip(".")],
            ["responses", f"{one.entries:,}"],
            ["size", f"{one.bytes / 1024:,.1f} KiB"],
            ["kept in", "Redis" if one.storage == "redis" else "memory"],
        ],
        empty="",
    )
    note("Counted since the server started. `trunkline usage` has the figures of any time.")


@app.command("on")
def on(
    kind: Kind,
    name: Name,
    seconds: Annotated[int, typer.Option(min=1, help="For how long a response is used again.")] = 3600,
    scope: Annotated[
        CacheScope, typer.Option(help="Who gets it: whoever it was made for, or everybody with the same rights.")
    ] = "user",
    with_tools: Annotated[
        bool, typer.Option("--with-tools", help="Keep responses to requests with tools, too.")
    ] = False,
    similar: Annotated[
        str | None,
        typer.Option(
            metavar="MODEL",
            help="Use responses again for questions that mean the same: a shared configuration or a route that makes"
            " embeddings.",
        ),
    ] = None,
    threshold: Annotated[
        float, typer.Option(min=LEAST_THRESHOLD, max=1, help="How similar such questions are at least.")
    ] = USUAL_THRESHOLD,
    json: Json = False,
) -> None:
    """Keep the responses of a route, a configuration or a feature."""
    caching: dict[str, Any] = {"ttlSeconds": seconds, "scope": scope, "withTools": with_tools}
    if similar is not None:
        caching["semantic"] = {"model": similar, "threshold": threshold}
    _change(kind, name, caching, f"Responses of {name} are kept for {seconds:,} seconds.", json=json)


@app.command("off")
def off(kind: Kind, name: Name, json: Json = False) -> None:
    """Keep no more responses of a route, a configuration or a feature."""
    _change(kind, name, None, f"No responses of {name} are kept.", json=json)


@app.command("clear")
def clear(yes: Yes = False, json: Json = False) -> None:
    """Delete all responses that are kept for the workspace."""
    confirm("Delete all responses that are kept?", yes=yes)
    answer = call(lambda api: api.ask("DELETE", "/api/cache"))
    if json:
        print_json(answer)
    else:
        say("The cache is empty.")


async def _find_route(api: Api, name: str) -> str:
    return find_path("routes", (await find_route(api, name)).id)


async def _find_configuration(api: Api, name: str) -> str:
    return find_path("configurations", (await find_configuration(api, name)).id)


async def _find_feature(api: Api, name: str) -> str:
    return FEATURES.place(await FEATURES.find_id(api, name))


_PLACES: Final[Mapping[str, Callable[[Api, str], Awaitable[str]]]] = {
    "route": _find_route,
    "configuration": _find_configuration,
    "feature": _find_feature,
}


def _change(kind: str, name: str, caching: dict[str, Any] | None, told: str, *, json: bool) -> None:
    async def work(api: Api) -> bytes:
        return await api.ask("PUT", await _PLACES[kind](api, name), body={"caching": caching})

    answer = call(work)
    if json:
        print_json(answer)
    else:
        say(told)
