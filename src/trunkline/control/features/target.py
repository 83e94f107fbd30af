"""What serves a feature that has a target: a route, or a configuration that is shared with the workspace."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec

from trunkline.storage import features
from trunkline.storage.database import Transaction
from trunkline.storage.tables import Configuration, Route


class FoundTarget(msgspec.Struct, frozen=True):
    """Exactly one of ``route`` (its name) and ``configuration`` is set. ``model`` is what the latter is asked for."""

    route: str | None = None
    configuration: Configuration | None = None
    model: str | None = None


def match_target(target: str, routes: Iterable[Route], shared: Iterable[Configuration]) -> FoundTarget | None:
    """What ``target`` names: a route by name or id, a configuration by id or name, or ``<configuration>/<model>``.

    ``shared`` are configurations that the whole workspace may use, the best first. A feature means the same thing for
    everybody who runs it, so what only its user sees never counts. None: nothing.
    """
    for route in routes:
        if target in (route.name, route.id):
            return FoundTarget(route=route.name)
    usable = list(shared)
    head, slash, model = target.partition("/")
    for name, asked in ((target, None), *(((head, model),) if slash and model else ())):
        found = next((row for row in usable if row.id == name), None)
        found = found or next((row for row in usable if row.name == name), None)
        if found is not None:
            return FoundTarget(configuration=found, model=asked or found.model)
    return None


async def find_targets(tx: Transaction, workspace_id: str, targets: Collection[str]) -> dict[str, FoundTarget]:
    """The same of several from the database, as it is now. Those that name nothing are left out."""
    if not targets:
        return {}
    routes = await features.find_routes(tx, workspace_id, targets)
    named = {name for target in targets for name in (target, target.partition("/")[0])}
    shared = await features.find_shared(tx, workspace_id, named)
    found = {target: match_target(target, routes, shared) for target in targets}
    return {target: match for target, match in found.items() if match is not None}
