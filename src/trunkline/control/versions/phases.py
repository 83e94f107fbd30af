"""The phases of an experiment: times in which neither the shares nor the versions themselves changed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Final

import msgspec

from trunkline.control.versions.buckets import allocate
from trunkline.control.versions.experiment_settings import SLOW_MS, read_settings
from trunkline.storage import experiments
from trunkline.storage.database import Transaction
from trunkline.storage.tables import Configuration, ConfigurationVersion, Experiment, ExperimentPhase, now

REASON_LIMIT: Final = 32


async def settle_weights(tx: Transaction, configuration: Configuration, reason: str) -> None:
    """Bring buckets and phases in line with the versions, after any write of them and in its transaction.

    Every active version gets as many buckets as its share, of which as few as can be change hands. When a share, what a
    version is (its provider, model, parameters), which of them is the control or what counts as slow differs from the
    open phase, that one ends and the next opens, because what was measured before and after must not be pooled (with
    another control, everything already looked at would be tested once more); with no active version none opens.
    The first active version begins the experiment. ``reason`` (at most 32 characters) is why the phase opened. The
    caller has locked the configuration, has written shares that sum up to 10,000, and touches the workspace.
    """
    await tx.flush()
    versions = await experiments.lock_versions(tx, configuration.id)
    active = [version for version in versions if version.is_active]
    weights = {version.id: version.share for version in active}
    contents = {version.id: _digest(version) for version in active}
    owned = {version.id: version.buckets for version in active}
    given = allocate(owned, weights) if active else {}
    for version in versions:
        buckets = [list(each) for each in given.get(version.id, ())]
        if version.buckets != buckets:
            version.buckets = buckets
    experiment = await experiments.find(tx, configuration.id)
    slow_ms = read_settings(experiment.settings).slow_ms if experiment is not None else SLOW_MS
    control_id = find_control(experiment, versions, weights)
    last = await experiments.find_last_phase(tx, configuration.id)
    opened = last if last is not None and last.ended_at is None else None
    if opened is not None:
        same = (opened.weights, opened.contents, opened.slow_ms) == (weights, contents, slow_ms)
        if same and opened.control_version_id in {None, control_id}:
            return
        opened.ended_at = now()
    if active:
        await _begin(tx, configuration, experiment, sum(weight > 0 for weight in weights.values()))
        await experiments.insert_phase(
            tx,
            ExperimentPhase(
                configuration_id=configuration.id,
                number=last.number + 1 if last is not None else 1,
                weights=weights,
                contents=contents,
                slow_ms=slow_ms,
                control_version_id=control_id,
                reason=reason[:REASON_LIMIT],
            ),
        )
    await tx.flush()


def find_control(
    experiment: Experiment | None, versions: Sequence[ConfigurationVersion], weights: Mapping[str, int]
) -> str | None:
    """The version that others are compared with: the chosen one if it is active, else the oldest that has traffic."""
    chosen = experiment.control_version_id if experiment is not None else None
    if chosen is not None and chosen in weights:
        return chosen
    return next((version.id for version in versions if weights.get(version.id, 0) > 0), None)


async def _begin(tx: Transaction, configuration: Configuration, experiment: Experiment | None, served: int) -> None:
    """Make the experiment, or run one again that had ended and now has versions to compare."""
    if experiment is None:
        experiment = Experiment(
            configuration_id=configuration.id,
            workspace_id=configuration.workspace_id,
            salt=secrets.token_hex(16),
            state="running",
            settings={},
        )
        await experiments.insert(tx, experiment)
    elif experiment.state != "running" and served > 1:
        experiment.state, experiment.verdict, experiment.updated_at = "running", None, now()


def _digest(version: ConfigurationVersion) -> str:
    """What tells two states of a version apart, as far as an answer can: not its label."""
    state = [version.provider, version.model, version.parameters]
    return sha256(msgspec.json.encode(state, order="deterministic")).hexdigest()[:16]
