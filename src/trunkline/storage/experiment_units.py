"""What was measured of versions: sums per unit and phase, and per version over all phases."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import ColumnElement, Double, case, cast, func, select
from sqlalchemy.dialects import postgresql, sqlite

from trunkline.storage.database import Transaction
from trunkline.storage.tables import (
    ConfigurationVersion,
    Experiment,
    ExperimentPhase,
    ExperimentUnit,
    Rating,
    UsageEventRow,
    VersionUsage,
)
from trunkline.storage.usage import Row
from trunkline.storage.wide_sum import grow

Measure = Literal["error", "slow", "duration_us", "tokens", "cost_nanos", "satisfaction"]


class Moments(msgspec.Struct, frozen=True):
    """Sums over units, each with a count ``n`` (its requests, or ratings) and a sum ``y`` of what was measured."""

    units: int = 0
    n: float = 0
    nn: float = 0
    y: float = 0
    yy: float = 0
    ny: float = 0


class Measured(msgspec.Struct, frozen=True):
    """What one version did in one phase. ``unpriced`` counts requests whose cost is not known."""

    units: int
    requests: int
    unpriced: int
    moments: Mapping[Measure, Moments]


_COLUMNS: Final[Mapping[Measure, ColumnElement[Any]]] = {
    "error": ExperimentUnit.error_count.expression,
    "slow": ExperimentUnit.slow_count.expression,
    "duration_us": ExperimentUnit.duration_us.expression,
    "tokens": ExperimentUnit.tokens.expression,
    "cost_nanos": ExperimentUnit.cost_nanos.expression,
}


async def hold_phases(tx: Transaction, phase_ids: Collection[str]) -> dict[str, int]:
    """What counts as slow (ms) in those of these phases that are still there, held until the end of the transaction."""
    query = select(ExperimentPhase.id, ExperimentPhase.slow_ms).where(ExperimentPhase.id.in_(phase_ids))
    rows = await tx.execute(query.order_by(ExperimentPhase.id).with_for_update(read=True, key_share=True))
    return dict(rows.all())


async def grow_units(tx: Transaction, rows: Sequence[Row]) -> None:
    """Add each row to the sums of its phase, version and unit. ``rows`` hold no such combination twice."""
    counts = (
        "request_count",
        "error_count",
        "slow_count",
        "unpriced_count",
        "duration_us",
        "tokens",
        "cost_nanos",
    )
    await _grow(tx, ExperimentUnit, ("phase_id", "version_id", "unit"), counts, rows)


async def grow_versions(tx: Transaction, rows: Sequence[Row]) -> None:
    """Add each row to the sums of its version. ``rows`` hold no version twice."""
    counts = ("request_count", "error_count", "duration_us", "tokens", "cost_nanos")
    await _grow(tx, VersionUsage, ("version_id",), counts, rows)


async def measure(tx: Transaction, workspace_id: str, phase_id: str) -> dict[str, Measured]:
    """What each version did in a phase, added up by the database: as long as the list of versions, not of units."""
    count = cast(ExperimentUnit.request_count, Double)
    columns: list[ColumnElement[Any]] = [
        func.count(),
        func.sum(ExperimentUnit.request_count),
        func.sum(ExperimentUnit.unpriced_count),
        func.sum(count * count),
    ]
    for column in _COLUMNS.values():
        value = cast(column, Double)
        columns += [func.sum(value), func.sum(value * value), func.sum(value * count)]
    query = select(ExperimentUnit.version_id, *columns).where(ExperimentUnit.phase_id == phase_id)
    rated = await _measure_ratings(tx, workspace_id, phase_id)
    found: dict[str, Measured] = {}
    for row in await tx.execute(query.group_by(ExperimentUnit.version_id)):
        version_id: str = row[0]
        # PostgreSQL sums bigint to numeric, which the driver gives as Decimal.
        units, requests, unpriced = (int(count) for count in row[1:4])
        squares, *sums = (float(value) for value in row[4:])
        moments: dict[Measure, Moments] = {
            name: Moments(units, requests, squares, *sums[at * 3 : at * 3 + 3]) for at, name in enumerate(_COLUMNS)
        }
        moments["satisfaction"] = rated.get(version_id, Moments())
        found[version_id] = Measured(units, requests, unpriced, moments)
    return found


async def count_recent(tx: Transaction, phase_id: str, version_id: str, *, limit: int) -> tuple[int, int]:
    """Of a version's newest calls in a phase, at most ``limit``: how many there are, and how many of them failed."""
    newest = select(UsageEventRow.outcome).where(
        UsageEventRow.version_id == version_id, UsageEventRow.phase_id == phase_id
    )
    outcomes = (await tx.scalars(newest.order_by(UsageEventRow.opened_at.desc()).limit(limit))).all()
    return len(outcomes), sum(outcome == "error" for outcome in outcomes)


async def find_running(tx: Transaction) -> list[tuple[str, str, int]]:
    """``(configuration, version, requests so far)`` of all active versions of experiments that run."""
    query = (
        select(Experiment.configuration_id, ConfigurationVersion.id, func.coalesce(VersionUsage.request_count, 0))
        .join(ConfigurationVersion, ConfigurationVersion.configuration_id == Experiment.configuration_id)
        .outerjoin(VersionUsage, VersionUsage.version_id == ConfigurationVersion.id)
        .where(Experiment.state == "running", ConfigurationVersion.is_active, ConfigurationVersion.share > 0)
    )
    rows = await tx.execute(query.order_by(Experiment.configuration_id, ConfigurationVersion.id))
    return [(row[0], row[1], row[2]) for row in rows]


async def _measure_ratings(tx: Transaction, workspace_id: str, phase_id: str) -> dict[str, Moments]:
    """The ratings of a phase's answers, by version; of an answer that was none of somebody's, it is its own unit."""
    unit = func.coalesce(UsageEventRow.unit, UsageEventRow.id)
    count, score = cast(func.count(), Double), cast(func.sum(Rating.score), Double)
    per_unit = (
        select(UsageEventRow.version_id.label("version_id"), count.label("n"), score.label("y"))
        .join(
            Rating,
            (Rating.request_id == UsageEventRow.request_id) & (Rating.workspace_id == UsageEventRow.workspace_id),
        )
        .where(
            UsageEventRow.workspace_id == workspace_id,
            UsageEventRow.phase_id == phase_id,
            UsageEventRow.purpose.is_(None),
        )
        .group_by(UsageEventRow.version_id, unit)
        .subquery()
    )
    n, y = per_unit.c.n, per_unit.c.y
    query = select(
        per_unit.c.version_id,
        func.count(),
        func.sum(n),
        func.sum(n * n),
        func.sum(y),
        func.sum(y * y),
        func.sum(n * y),
    ).group_by(per_unit.c.version_id)
    return {version_id: Moments(int(units), *map(float, sums)) for version_id, units, *sums in await tx.execute(query)}


async def _grow(
    tx: Transaction,
    table: type[ExperimentUnit] | type[VersionUsage],
    keys: tuple[str, ...],
    counts: tuple[str, ...],
    rows: Sequence[Row],
) -> None:
    """Add ``counts`` to what is there, in the order of the keys, so that two writers never wait crosswise."""
    if not rows:
        return
    # The clause ON CONFLICT is no part of the common language of databases; both of ours have it, in two classes.
    statement = sqlite.insert(table) if tx.get_bind().dialect.name == "sqlite" else postgresql.insert(table)
    excluded = statement.excluded
    grown: dict[str, ColumnElement[Any]] = {name: grow(getattr(table, name), excluded[name]) for name in counts}
    if table is ExperimentUnit:
        earlier = excluded.first_at < ExperimentUnit.first_at
        grown["first_at"] = case((earlier, excluded.first_at), else_=ExperimentUnit.first_at)
    else:
        later = excluded.last_used_at > VersionUsage.last_used_at
        grown["last_used_at"] = case((later, excluded.last_used_at), else_=VersionUsage.last_used_at)
    ordered = sorted(rows, key=lambda row: tuple(row[key] for key in keys))
    await tx.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=grown), ordered)
