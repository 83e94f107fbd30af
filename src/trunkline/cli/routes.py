"""``trunkline routes``: names that lead to several configurations."""

from __future__ import annotations

from typing import Annotated

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


class Target(msgspec.Struct, rename="camel"):
    """A target, as far as it is shown."""

    configuration_name: str
    priority: int
    weight: int
    problem: str | None


class Route(msgspec.Struct, rename="camel"):
    """A route, as far as it is shown."""

    id: str
    name: str
    strategy: str
    targets: list[Target]
    is_active: bool


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
            [route.name, route.strategy, _write_targets(route), "active" if route.is_active else "inactive", route.id]
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
        typer.Option(help="How targets are ordered: as listed, by weight, by price, or by measured speed."),
    ] = "priority",
    weight: Annotated[
        list[int] | None, typer.Option(help="For weighted: a weight for each target, in order; repeat it.")
    ] = None,
    fallback: Annotated[
        list[str] | None, typer.Option(help="A fallback when no target can serve; repeat it for more.")
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
        return await api.ask("POST", "/api/routes", body={"name": name, "strategy": strategy, "targets": given})

    answer = call(work)
    if json:
        print_json(answer)
        return
    say(f"{name} is ready to use as a model.")
    note(f"It leads to {_write_targets(msgspec.json.decode(answer, type=Route))}.")


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


def _write_targets(route: Route) -> str:
    """``a, b``; ``a ×3`` where weights count; ``a, then b`` where priorities differ; ``a (off)`` after a problem."""
    priorities = sorted({target.priority for target in route.targets})
    weighted = route.strategy == "weighted"

    def write(target: Target) -> str:
        return (
            (target.configuration_name or "a private one")
            + (f" ×{target.weight}" if weighted else "")
            + (" (off)" if target.problem is not None else "")
        )

    groups = [[write(one) for one in route.targets if one.priority == priority] for priority in priorities]
    return ", then ".join(", ".join(group) for group in groups)
