"""Routes in the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from trunkline.core.errors import Conflict
from trunkline.storage.database import Transaction
from trunkline.storage.tables import Configuration, Route, RouteTarget


async def insert(tx: Transaction, route: Route) -> None:
    """Store a new one. Raises Conflict when the workspace already has one of that name."""
    tx.add(route)
    await save(tx, route)


async def save(tx: Transaction, route: Route) -> None:
    """Write what was changed on a row of this transaction. Raises Conflict for a name that is taken."""
    name = route.name
    try:
        await tx.flush()
    except IntegrityError as error:
        raise Conflict(_taken(name), code="duplicate_name") from error


async def require_free_name(tx: Transaction, workspace_id: str, name: str, *, besides: str | None = None) -> None:
    """Raise Conflict when the workspace has another route of that name."""
    found = await tx.scalar(select(Route.id).where(Route.workspace_id == workspace_id, Route.name == name))
    if found is not None and found != besides:
        raise Conflict(_taken(name), code="duplicate_name")


async def find(tx: Transaction, workspace_id: str, route_id: str, *, lock: bool = False) -> Route | None:
    """The workspace's route of that id. ``lock`` keeps other writers away from it until the end."""
    query = select(Route).where(Route.workspace_id == workspace_id, Route.id == route_id)
    # What this session has read before the lock was given may be an older state.
    return await tx.scalar(query.with_for_update().execution_options(populate_existing=True) if lock else query)


async def find_page(tx: Transaction, workspace_id: str, *, limit: int, after: str | None) -> Sequence[Route]:
    """The newest first; ``after`` is the last id of the page before. Ids grow with time."""
    query = select(Route).where(Route.workspace_id == workspace_id)
    if after is not None:
        query = query.where(Route.id < after)
    return (await tx.scalars(query.order_by(Route.id.desc()).limit(limit))).all()


async def count(tx: Transaction, workspace_id: str) -> int:
    """How many the workspace has."""
    return await tx.scalar(select(func.count()).select_from(Route).where(Route.workspace_id == workspace_id)) or 0


async def find_targets(tx: Transaction, route_ids: Iterable[str]) -> Mapping[str, list[RouteTarget]]:
    """The targets of these routes, by route, in their order."""
    found: defaultdict[str, list[RouteTarget]] = defaultdict(list)
    query = select(RouteTarget).where(RouteTarget.route_id.in_(list(route_ids)))
    for row in await tx.scalars(query.order_by(RouteTarget.route_id, RouteTarget.position)):
        found[row.route_id].append(row)
    return found


async def replace_targets(tx: Transaction, route_id: str, targets: Iterable[RouteTarget]) -> None:
    """Give a route exactly these targets, in this order; ``route_id`` and ``position`` of each are set here."""
    await tx.execute(delete(RouteTarget).where(RouteTarget.route_id == route_id))
    for position, target in enumerate(targets):
        target.route_id, target.position = route_id, position
        tx.add(target)
    await tx.flush()


async def find_names_using(tx: Transaction, configuration: Configuration) -> Sequence[str]:
    """The names of the routes that lead to a configuration, sorted."""
    query = select(Route.name).join(RouteTarget, RouteTarget.route_id == Route.id)
    query = query.where(Route.workspace_id == configuration.workspace_id)
    leading = {*await tx.scalars(query.where(RouteTarget.configuration_id == configuration.id))}
    return sorted(leading | {*await find_names_before(tx, configuration.workspace_id, configuration.id)})


async def find_names_before(tx: Transaction, workspace_id: str, subject_id: str) -> Sequence[str]:
    """The names of the routes that leave to ``subject_id`` what does not fulfil their conditions, sorted."""
    query = select(Route.name).where(Route.workspace_id == workspace_id, Route.otherwise_id == subject_id)
    return sorted(await tx.scalars(query))


async def find_otherwise(tx: Transaction, workspace_id: str) -> Mapping[str, str]:
    """What the workspace's routes leave such calls to, by route. The routes are locked until the end."""
    query = select(Route.id, Route.otherwise_id).where(
        Route.workspace_id == workspace_id, Route.otherwise_id.is_not(None)
    )
    rows = await tx.execute(query.order_by(Route.id).with_for_update())
    return {route_id: otherwise_id for route_id, otherwise_id in rows if otherwise_id is not None}


async def find_names_into(tx: Transaction, workspace_id: str, application_id: str) -> Sequence[str]:
    """The names of the routes that lead to configurations of an application, sorted."""
    query = (
        select(Route.name)
        .join(RouteTarget, RouteTarget.route_id == Route.id)
        .join(Configuration, Configuration.id == RouteTarget.configuration_id)
        .where(Route.workspace_id == workspace_id, Configuration.application_id == application_id)
    )
    return sorted(set(await tx.scalars(query)))


async def remove(tx: Transaction, route: Route) -> None:
    """Delete it with its targets. Its history is removed apart."""
    await tx.execute(delete(RouteTarget).where(RouteTarget.route_id == route.id))
    await tx.execute(delete(Route).where(Route.id == route.id, Route.workspace_id == route.workspace_id))


def _taken(name: str) -> str:
    return f"There is a route named {name!r} in this workspace. Choose another name."
