"""What was measured of versions: sums per unit and phase, and per version over all phases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal
from typing import cast as cast_type

import msgspec
from sqlalchemy import ColumnElement, Double, Integer, Label, String, case, cast, func, literal_column, select

from trunkline.storage.database import Transaction
from trunkline.storage.tables import (
    ConfigurationVersion,
    Experiment,
    ExperimentUnit,
    Rating,
    UsageEventRow,
    VersionUsage,
)

PART: Final = "part"

_RUNNING: Final = literal_column("'running'", String)
"""Written out, as the index of those that run has it: a plan that is kept for any parameter cannot use that index."""

Measure = Literal["error", "slow", "duration_us", "tokens", "cost_nanos", "satisfaction"]


class Moments(msgspec.Struct, frozen=True):
    """Sums over units, each with a count ``n`` (its requests, or ratings) and a sum ``y`` of what was measured."""

    units: int = 0
    n: float = 0
    nn: float = 0
    y: float = 0
    yy: float = 0
    ny: float = 0

    def plus(self, other: Moments) -> Moments:
        """Those of the units of both, which have none in common."""
        return Moments(*(getattr(self, name) + getattr(other, name) for name in Moments.__struct_fields__))


class Measured(msgspec.Struct, frozen=True):
    """What one version did in one phase. ``unpriced`` counts requests whose cost is not known."""

    units: int
    requests: int
    unpriced: int
    moments: Mapping[Measure, Moments]

    def plus(self, other: Measured) -> Measured:
        """What it did for the units of both, which have none in common."""
        names: tuple[Measure, ...] = (*_COLUMNS, "satisfaction")
        none = Moments()
        return Measured(
            self.units + other.units,
            self.requests + other.requests,
            self.unpriced + other.unpriced,
            {name: self.moments.get(name, none).plus(other.moments.get(name, none)) for name in names},
        )


_COLUMNS: Final[Mapping[Measure, ColumnElement[Any]]] = {
    "error": ExperimentUnit.error_count.expression,
    "slow": ExperimentUnit.slow_count.expression,
    "duration_us": ExperimentUnit.duration_us.expression,
    "tokens": ExperimentUnit.tokens.expression,
    "cost_nanos": ExperimentUnit.cost_nanos.expression,
}


async def measure(tx: Transaction, workspace_id: str, phase_id: str) -> dict[str, Measured]:
    """What each version did in a phase, added up by the database: as long as the list of versions, not of units."""
    return {version_id: measured for (version_id, _), measured in (await _measure(tx, workspace_id, phase_id)).items()}


async def measure_apart(
    tx: Transaction, workspace_id: str, phase_id: str, edges: Sequence[datetime]
) -> dict[tuple[str, int], Measured]:
    """The same, apart by when units were first seen: before the first of ``edges`` (0), before the second (1), and so
    on. What came after the last one is left out."""
    return await _measure(tx, workspace_id, phase_id, edges)


async def _measure(
    tx: Transaction, workspace_id: str, phase_id: str, edges: Sequence[datetime] = ()
) -> dict[tuple[str, int], Measured]:
    part = _part(ExperimentUnit.first_at.expression, edges)
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
    query = select(ExperimentUnit.version_id, part, *columns).where(ExperimentUnit.phase_id == phase_id)
    rated = await _measure_ratings(tx, workspace_id, phase_id, edges)
    found: dict[tuple[str, int], Measured] = {}
    for row in await tx.execute(query.group_by(ExperimentUnit.version_id, PART)):
        version_id, at, *counts = cast_type("Sequence[Any]", row)
        key: tuple[str, int] = (version_id, at)
        # PostgreSQL sums bigint to numeric, which the driver gives as Decimal.
        units, requests, unpriced = (int(count) for count in counts[:3])
        squares, *sums = (float(value) for value in counts[3:])
        moments: dict[Measure, Moments] = {
            name: Moments(units, requests, squares, *sums[at * 3 : at * 3 + 3]) for at, name in enumerate(_COLUMNS)
        }
        moments["satisfaction"] = rated.pop(key, Moments())
        found[key] = Measured(units, requests, unpriced, moments)
    # Where somebody's first rated answer came later than their first one.
    found |= {key: Measured(0, 0, 0, {"satisfaction": moments}) for key, moments in rated.items()}
    return {key: measured for key, measured in found.items() if key[1] <= max(len(edges) - 1, 0)}


def _part(moment: ColumnElement[Any], edges: Sequence[datetime]) -> Label[int]:
    """Which of ``edges`` ``moment`` is before; 0 where there are none."""
    if not edges:
        return literal_column("0", Integer).label(PART)
    return case(*((moment < edge, at) for at, edge in enumerate(edges)), else_=len(edges)).label(PART)


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
        .where(Experiment.state == _RUNNING, ConfigurationVersion.is_active, ConfigurationVersion.share > 0)
    )
    rows = await tx.execute(query.order_by(Experiment.configuration_id, ConfigurationVersion.id))
    return [(row[0], row[1], row[2]) for row in rows]


async def _measure_ratings(
    tx: Transaction, workspace_id: str, phase_id: str, edges: Sequence[datetime]
) -> dict[tuple[str, int], Moments]:
    """The ratings of a phase's answers, by version and part; an answer that was nobody's is its own unit."""
    unit = func.coalesce(UsageEventRow.unit, UsageEventRow.id)
    count, score = cast(func.count(), Double), cast(func.sum(Rating.score), Double)
    per_unit = (
        select(
            UsageEventRow.version_id.label("version_id"),
            count.label("n"),
            score.label("y"),
            func.min(UsageEventRow.opened_at).label("first_at"),
        )
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
        _part(per_unit.c.first_at, edges),
        func.count(),
        func.sum(n),
        func.sum(n * n),
        func.sum(y),
        func.sum(y * y),
        func.sum(n * y),
    ).group_by(per_unit.c.version_id, PART)
    return {
        (version_id, part): Moments(int(units), *map(float, sums))
        for version_id, part, units, *sums in await tx.execute(query)
    }
