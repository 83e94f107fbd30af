"""Features in the database, and what they may be served by."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import delete, func, select, union
from sqlalchemy.exc import IntegrityError

from trunkline.core.errors import Conflict
from trunkline.storage.database import Transaction
from trunkline.storage.planner_statistics import aside
from trunkline.storage.tables import Configuration, Feature, Route


async def insert(tx: Transaction, feature: Feature) -> None:
    """Store one that was not saved yet. Raises Conflict when the workspace has one of that slug by now."""
    tx.add(feature)
    slug = feature.slug
    try:
        await tx.flush()
    except IntegrityError as error:
        raise Conflict(
            f"The feature {slug!r} was saved by somebody else just now. Read it again and repeat your change.",
            code="duplicate_slug",
        ) from error


async def find(tx: Transaction, workspace_id: str, slug: str, *, lock: bool = False) -> Feature | None:
    """The workspace's saved feature of that slug. ``lock`` keeps other writers away from it until the end."""
    query = select(Feature).where(Feature.workspace_id == workspace_id, Feature.slug == slug)
    # What this session has read before the lock was given may be an older state.
    return await tx.scalar(query.with_for_update().execution_options(populate_existing=True) if lock else query)


async def list_all(tx: Transaction, workspace_id: str) -> Sequence[Feature]:
    """All that the workspace has saved, the oldest first."""
    query = select(Feature).where(Feature.workspace_id == workspace_id)
    return (await tx.scalars(query.order_by(Feature.created_at, Feature.id))).all()


async def count(tx: Transaction, workspace_id: str, *, besides: Collection[str] = ()) -> int:
    """How many the workspace has saved, without those of the slugs ``besides``."""
    query = select(func.count()).select_from(Feature).where(Feature.workspace_id == workspace_id)
    if besides:
        query = query.where(Feature.slug.not_in(list(besides)))
    return await tx.scalar(query) or 0


async def remove(tx: Transaction, feature: Feature) -> None:
    """Delete it. Its credential is erased apart (see ``storage.credentials``)."""
    await tx.execute(delete(Feature).where(Feature.id == feature.id, Feature.workspace_id == feature.workspace_id))


async def find_targeting(tx: Transaction, workspace_id: str, names: Sequence[str]) -> Sequence[str]:
    """The slugs of the features that one of ``names`` serves, alone or with a model behind a slash; sorted."""
    query = select(Feature.slug, Feature.target).where(
        Feature.workspace_id == workspace_id, Feature.target.is_not(None)
    )
    wanted = set(names)
    rows = (await tx.execute(query)).all()
    return sorted(slug for slug, target in rows if target and (target in wanted or target.partition("/")[0] in wanted))


async def find_served_by_name(tx: Transaction, configuration: Configuration) -> Sequence[str]:
    """The slugs of the features that a configuration serves because it has the name that it has."""
    route = await find_route(tx, configuration.workspace_id, configuration.name)
    shared = await find_shared(tx, configuration.workspace_id, [configuration.name])
    meant = next((row.id for row in shared if row.name == configuration.name), None)
    if route is not None or meant != configuration.id:
        return ()
    return await find_targeting(tx, configuration.workspace_id, [configuration.name])


async def find_route(tx: Transaction, workspace_id: str, name: str) -> Route | None:
    """The workspace's active route of that name or id."""
    return next(iter(await find_routes(tx, workspace_id, [name])), None)


async def find_routes(tx: Transaction, workspace_id: str, names: Collection[str]) -> Sequence[Route]:
    """The workspace's active routes of these names or ids."""
    query = select(Route).where(Route.workspace_id == workspace_id, Route.is_active)
    return (await tx.scalars(query.where(Route.name.in_(names) | Route.id.in_(names)))).all()


async def find_shared(tx: Transaction, workspace_id: str, names: Collection[str]) -> Sequence[Configuration]:
    """Those of these names or ids that are active and shared with the whole workspace, the oldest first."""
    # Each half along an index of its own: an OR of both reads all configurations of the workspace.
    named = select(Configuration.id).where(Configuration.workspace_id == workspace_id, Configuration.name.in_(names))
    meant = select(Configuration.id).where(Configuration.id.in_(names))
    query = select(Configuration).where(
        Configuration.id.in_(union(named, meant)),
        aside(Configuration.workspace_id) == workspace_id,
        Configuration.is_shared,
        Configuration.is_active,
        Configuration.application_id.is_(None),
    )
    return (await tx.scalars(query.order_by(Configuration.created_at, Configuration.id))).all()
