"""How the differences between versions came to be: the bounds at moments of the past, phase by phase."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import accumulate
from typing import Final

import msgspec

from trunkline.control.experiments.comparison import NOTHING, Metric
from trunkline.control.experiments.review import compare_in
from trunkline.control.experiments.statistics import Difference
from trunkline.storage import experiment_units, experiments
from trunkline.storage.database import Transaction
from trunkline.storage.experiment_units import Measured
from trunkline.storage.tables import Configuration, ConfigurationVersion, Experiment, ExperimentPhase

PHASES: Final = 12
"""The last ones, which are looked back at."""

MOMENTS: Final = 60
"""Into how many of them the time of all these phases is divided; each phase has two at least."""


class PointRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The differences at a moment, from those users of the phase who had come by then, by version.

    What such a user did later counts with them: the last point of a phase is the phase itself.
    """

    at: datetime
    phase: int
    units: Mapping[str, int]
    differences: Mapping[str, Mapping[Metric, Difference]]


async def look_back(tx: Transaction, configuration: Configuration, now: datetime) -> Sequence[PointRecord]:
    """The points of the last phases, the oldest first."""
    experiment = await experiments.find(tx, configuration.id)
    versions = await experiments.find_versions(tx, configuration.id)
    phases = sorted(await experiments.find_phases(tx, configuration.id, limit=PHASES), key=lambda phase: phase.number)
    whole = sum(((phase.ended_at or now) - phase.started_at).total_seconds() for phase in phases)
    points: list[PointRecord] = []
    for phase in phases:
        end = phase.ended_at or now
        lasted = end - phase.started_at
        count = max(2, round(MOMENTS * lasted.total_seconds() / whole)) if whole > 0 else 2
        edges = [phase.started_at + lasted * at / count for at in range(1, count)]
        points += await _look_at(tx, configuration, experiment, versions, phase, [*edges, max(end, now)])
    return points


async def _look_at(
    tx: Transaction,
    configuration: Configuration,
    experiment: Experiment | None,
    versions: Sequence[ConfigurationVersion],
    phase: ExperimentPhase,
    edges: Sequence[datetime],
) -> list[PointRecord]:
    # The last moment takes in calls that ended after the phase, as the phase itself does.
    found = await experiment_units.measure_apart(tx, configuration.workspace_id, phase.id, edges)
    seen = {version_id for version_id, _ in found}
    parts = [{each: found.get((each, at), NOTHING) for each in seen} for at in range(len(edges))]
    points: list[PointRecord] = []
    for at, measured in zip(edges, accumulate(parts, _add), strict=True):
        comparison = compare_in(phase, experiment, versions, measured)
        points.append(
            PointRecord(
                at=min(at, phase.ended_at) if phase.ended_at is not None else at,
                phase=phase.number,
                units={each.version_id: each.measured.units for each in comparison.contenders},
                differences=comparison.differences,
            )
        )
    return points


def _add(before: Mapping[str, Measured], part: Mapping[str, Measured]) -> dict[str, Measured]:
    return {version_id: before[version_id].plus(measured) for version_id, measured in part.items()}
