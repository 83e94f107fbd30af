"""``trunkline routes``: names that lead to several configurations."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import typer

from trunkline.cli.api import Api, call, find_path
from trunkline.cli.configuration import find_configuration
from trunkline.cli.nearest import suggest_or_list
from trunkline.cli.option import Json
from trunkline.cli.output import note, print_json, print_table, say
from trunkline.core.errors import InvalidInput, NotFound
from trunkline.core.strategy import Strategy

app = typer.Typer(
    name="routes",
    add_completion=False,
    help="Routes: one name for several configurations, with fallback.",
    no_args_is_help=True,
)


_KEPT = {"contextWindow": "too long", "contentFilter": "filtered"}


class Target(msgspec.Struct, rename="camel"):
    """A target, as far as it is shown."""

    configuration_name: str
    priority: int
    weight: int
    problem: str | None
    conditions: dict[str, Any] | None = None
    fallback_for: str | None = None


class Route(msgspec.Struct, rename="camel"):
    """A route, as far as it is shown."""

    id: str
    name: str
    strategy: str
    targets: list[Target]
    is_active: bool
    conditions: dict[str, Any] | None = None
    otherwise_name: str | None = None


@app.command("list")
def list_routes(json: Json = False) -> None:
    """List the workspace's routes."""
    found = call(lambda api: api.list("/api/routes"))
    if json:
        print_json(msgspec.json.encode(found))
        return
    print_table(
        ["name", "strategy", "targets", "state", "id"],
        [
            [route.name, route.strategy, _write_targets(route), _write_state(route), route.id]
            for route in (msgspec.json.decode(item, type=Route) for item in found)
        ],
        empty="There are no routes. Make one: trunkline routes add NAME CONFIGURATION …",
    )


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="The name that requests use as `model`.")],
    targets: Annotated[
        list[str], typer.Argument(metavar="CONFIGURATION...", help="Its targets: shared configurations, by name or id.")
    ],
    strategy: Annotated[
        Strategy,
        typer.Option(
            help="How targets are ordered: as listed, by weight, in turn, by requests under way, by price, or by"
            " measured speed."
        ),
    ] = "priority",
    weight: Annotated[
        list[int] | None, typer.Option(help="For weighted: a weight for each target, in order; repeat it.")
    ] = None,
    fallback: Annotated[
        list[str] | None, typer.Option(help="A fallback when no target can serve; repeat it for more.")
    ] = None,
    too_long: Annotated[
        list[str] | None,
        typer.Option(help="A fallback for requests that are too long for the other targets; repeat it for more."),
    ] = None,
    filtered: Annotated[
        list[str] | None,
        typer.Option(help="A fallback for requests that a content filter refused; repeat it for more."),
    ] = None,
    hedge_ms: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="Send an embeddings request to the next target too after that many milliseconds; 0: after the 95th"
            " percentile.",
        ),
    ] = None,
    cache: Annotated[
        int | None, typer.Option(min=1, metavar="SECONDS", help="Keep responses and use them again for that long.")
    ] = None,
    json: Json = False,
) -> None:
    """Add a route: requests go to the first target, and fall back to the next ones."""
    weights = weight or [1] * len(targets)
    if len(weights) != len(targets):
        raise InvalidInput(f"Give one --weight for each configuration: {len(targets)}, not {len(weights)}.")

    async def work(api: Api) -> bytes:
        given: list[dict[str, object]] = []
        for wanted, share in zip(targets, weights, strict=True):
            found = await find_configuration(api, wanted)
            given.append({"configurationId": found.id, "weight": share})
        for priority, wanted in enumerate(fallback or (), 1):
            found = await find_configuration(api, wanted)
            given.append({"configurationId": found.id, "priority": priority})
        for cause, names in (("contextWindow", too_long), ("contentFilter", filtered)):
            for wanted in names or ():
                found = await find_configuration(api, wanted)
                given.append({"configurationId": found.id, "fallbackFor": cause})
        body: dict[str, object] = {"name": name, "strategy": strategy, "targets": given}
        if cache is not None:
            body["caching"] = {"ttlSeconds": cache}
        if hedge_ms is not None:
            body["hedging"] = {"afterMs": hedge_ms or None}
        return await api.ask("POST", "/api/routes", body=body)

    answer = call(work)
    if json:
        print_json(answer)
        return
    say(f"{name} is ready to use as a model.")
    note(f"It leads to {_write_targets(msgspec.json.decode(answer, type=Route))}.")


@app.command("condition")
def condition(
    which: Annotated[str, typer.Argument(metavar="NAME", help="The route's name, or its id.")],
    target: Annotated[
        str | None,
        typer.Argument(metavar="CONFIGURATION", help="The target, by name or id; without it, the whole route."),
    ] = None,
    min_tokens: Annotated[int | None, typer.Option(min=0, help="The fewest input tokens.")] = None,
    max_tokens: Annotated[int | None, typer.Option(min=0, help="The most input tokens.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="A tag that requests must have; repeat it for more.")] = None,
    metadata: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="A field of the request's metadata; repeat it.")
    ] = None,
    family: Annotated[
        list[str] | None, typer.Option(help="The beginning of the model's name; repeat it for more.")
    ] = None,
    hours: Annotated[str | None, typer.Option(metavar="HH:MM-HH:MM", help="The time of day.")] = None,
    time_zone: Annotated[str, typer.Option(help="The time zone of --hours.")] = "UTC",
    day: Annotated[list[str] | None, typer.Option(help="A weekday on which --hours start; repeat it.")] = None,
    otherwise: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Of a whole route: the route or configuration that serves all other requests."
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Say which requests a route or a target is for; without options: for all."""
    if otherwise is not None and target is not None:
        raise InvalidInput("--otherwise is for a whole route: leave the configuration out.")
    said: dict[str, object] = {}
    if min_tokens is not None:
        said["minInputTokens"] = min_tokens
    if max_tokens is not None:
        said["maxInputTokens"] = max_tokens
    if tag:
        said["tags"] = tag
    if metadata:
        pairs = [each.partition("=") for each in metadata]
        if not all(name and equals for name, equals, _ in pairs):
            raise InvalidInput("Write --metadata as NAME=VALUE.")
        said["metadata"] = {name: value for name, _, value in pairs}
    if family:
        said["modelFamilies"] = family
    if hours is not None:
        start, _, end = hours.partition("-")
        said["hours"] = {"start": start, "end": end, "timeZone": time_zone, "days": day or []}

    async def work(api: Api) -> bytes:
        route = await find_route(api, which)
        if target is None:
            body = {"conditions": said or None, "otherwiseId": await _find_otherwise(api, otherwise)}
            return await api.ask("PUT", find_path("routes", route.id), body=body)
        answer = await api.ask("GET", find_path("routes", route.id))
        read: dict[str, Any] = msgspec.json.decode(answer)
        found = await find_configuration(api, target)
        named = [each for each in read["targets"] if each["configurationId"] == found.id]
        if not named:
            raise NotFound(f"{found.name} is no target of {route.name}.")
        for each in named:
            each["conditions"] = said or None
        return await api.ask("PUT", find_path("routes", route.id), body={"targets": read["targets"]})

    answer = call(work)
    if json:
        print_json(answer)
        return
    say(f"{target or which} takes {'requests that fulfil the conditions' if said else 'all requests'}.")


@app.command("remove")
def remove(
    which: Annotated[str, typer.Argument(metavar="NAME", help="Its name, or its id.")], json: Json = False
) -> None:
    """Remove a route. Its configurations stay."""

    async def work(api: Api) -> tuple[Route, bytes]:
        route = await find_route(api, which)
        return route, await api.ask("DELETE", find_path("routes", route.id))

    route, answer = call(work)
    if json:
        print_json(answer)
    else:
        say(f"{route.name} is removed.")


async def find_route(api: Api, which: str) -> Route:
    """The route of that id or name. Raises NotFound, which names the nearest."""
    routes = [msgspec.json.decode(item, type=Route) for item in await api.list("/api/routes")]
    for route in routes:
        if which in (route.id, route.name):
            return route
    hint = suggest_or_list(which, [route.name for route in routes])
    raise NotFound(f"There is no route {which!r}.{hint or ' `trunkline routes list` shows which there are.'}")


async def _find_otherwise(api: Api, which: str | None) -> str | None:
    """The id of a route of that name or id, else of a configuration."""
    if which is None:
        return None
    for item in await api.list("/api/routes"):
        route = msgspec.json.decode(item, type=Route)
        if which in (route.id, route.name):
            return route.id
    return (await find_configuration(api, which)).id


def _write_state(route: Route) -> str:
    state = "active" if route.is_active else "inactive"
    if route.conditions is None:
        return state
    other = f"; otherwise {route.otherwise_name}" if route.otherwise_name else ""
    return f"{state} (conditions{other})"


def _write_targets(route: Route) -> str:
    """``a, b``; ``a ×3`` where weights count; ``a, then b`` where priorities differ; ``a (off)`` after a problem."""
    priorities = sorted({target.priority for target in route.targets})
    weighted = route.strategy == "weighted"

    def write(target: Target) -> str:
        return (
            (target.configuration_name or "a private one")
            + (f" ×{target.weight}" if weighted else "")
            + (" (off)" if target.problem is not None else "")
            + (" (conditions)" if target.conditions is not None else "")
            + (f" ({_KEPT.get(target.fallback_for, target.fallback_for)})" if target.fallback_for is not None else "")
        )

    groups = [[write(one) for one in route.targets if one.priority == priority] for priority in priorities]
    return ", then ".join(", ".join(group) for group in groups)
