"""Versions of configurations in the database, and what they have served."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, delete, func, select
from sqlalchemy.exc import IntegrityError

from trunkline.core.errors import Conflict
from trunkline.storage.database import Transaction
from trunkline.storage.tables import ConfigurationVersion, Rating, UsageEventRow, VersionUsage


@dataclass(frozen=True, slots=True)
class Served:
    """What a version has served: sums over its settled calls, and the mean of what people thought of the answers."""

    request_count: int = 0
    error_count: int = 0
    duration_us: int = 0
    tokens: int = 0
    score: float | None = None


async def insert(tx: Transaction, version: ConfigurationVersion) -> None:
    """Store a new one. Raises Conflict when its configuration has one of that name."""
    tx.add(version)
    await save(tx, version)


async def save(tx: Transaction, version: ConfigurationVersion) -> None:
    """Write what was changed on rows of this transaction. Raises Conflict when ``version`` has a name that is taken."""
    name = version.version
    try:
        await tx.flush()
    except IntegrityError as error:
        raise Conflict(write_taken(name), code="duplicate_version") from error


def write_taken(name: str) -> str:
    """What to say when a configuration has a version of that name."""
    return f"This configuration already has a version named {name!r}. Choose another name."


async def find(tx: Transaction, configuration_id: str, version_id: str) -> ConfigurationVersion | None:
    """The version of that id of the configuration."""
    return await tx.scalar(
        select(ConfigurationVersion).where(
            ConfigurationVersion.id == version_id, ConfigurationVersion.configuration_id == configuration_id
        )
    )


async def list_served_by(tx: Transaction, configuration_id: str, provider: str) -> list[str]:
    """The names of the configuration's active versions that are of that provider."""
    query = select(ConfigurationVersion.version).where(
        ConfigurationVersion.configuration_id == configuration_id,
        ConfigurationVersion.provider == provider,
        ConfigurationVersion.is_active,
    )
    return list(await tx.scalars(query.order_by(ConfigurationVersion.id)))


async def remove(tx: Transaction, version: ConfigurationVersion) -> None:
    """Delete it; what it has served stays in the accounts."""
    await tx.execute(delete(ConfigurationVersion).where(ConfigurationVersion.id == version.id))


async def read_served(tx: Transaction, workspace_id: str, version_ids: Sequence[str]) -> dict[str, Served]:
    """What each has served, by version; zeros for those that have served nothing.

    A rating counts for the version that served the request it is of.
    """
    if not version_ids:
        return {}
    # One request may have left several events; each rating counts once for each version among them.
    rated = (
        select(UsageEventRow.version_id, Rating.id, Rating.score)
        .join(
            Rating,
            and_(Rating.request_id == UsageEventRow.request_id, Rating.workspace_id == UsageEventRow.workspace_id),
        )
        .where(UsageEventRow.workspace_id == workspace_id, UsageEventRow.version_id.in_(version_ids))
        .distinct()
        .subquery()
    )
    means = select(rated.c.version_id, func.avg(rated.c.score)).group_by(rated.c.version_id)
    scores = {version_id: float(mean) for version_id, mean in await tx.execute(means)}
    sums = await tx.scalars(select(VersionUsage).where(VersionUsage.version_id.in_(version_ids)))
    usage = {row.version_id: row for row in sums}
    found: dict[str, Served] = {}
    for version_id in version_ids:
        row, score = usage.get(version_id), scores.get(version_id)
        found[version_id] = (
            Served(score=score)
            if row is None
            else Served(row.request_count, row.error_count, row.duration_us, row.tokens, score)
        )
    return found
