"""Experiments between versions, and their phases."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select

from trunkline.storage.configurations import seen_by
from trunkline.storage.database import Transaction
from trunkline.storage.tables import Configuration, ConfigurationVersion, Experiment, ExperimentPhase


async def find_configuration(tx: Transaction, configuration_id: str, *, lock: bool = False) -> Configuration | None:
    """The configuration of an experiment, whoever asks: for the server's own duties. ``lock`` as everywhere."""
    query = select(Configuration).where(Configuration.id == configuration_id)
    return await tx.scalar(query.with_for_update() if lock else query)


async def lock_versions(tx: Transaction, configuration_id: str) -> Sequence[ConfigurationVersion]:
    """All versions of a configuration, the oldest first, held until the end of the transaction.

    The caller holds the configuration's row already, so that two writers never wait for each other crosswise.
    """
    query = select(ConfigurationVersion).where(ConfigurationVersion.configuration_id == configuration_id)
    query = query.order_by(ConfigurationVersion.created_at, ConfigurationVersion.id)
    return (await tx.scalars(query.with_for_update())).all()


async def find_versions(tx: Transaction, configuration_id: str) -> Sequence[ConfigurationVersion]:
    """All versions of a configuration, the oldest first."""
    query = select(ConfigurationVersion).where(ConfigurationVersion.configuration_id == configuration_id)
    return (await tx.scalars(query.order_by(ConfigurationVersion.created_at, ConfigurationVersion.id))).all()


async def is_version_elsewhere(tx: Transaction, workspace_id: str, version_id: str) -> bool:
    """Whether another workspace has a version of that id: for the audit log, never for an answer."""
    query = select(ConfigurationVersion.id).where(
        ConfigurationVersion.id == version_id, ConfigurationVersion.workspace_id != workspace_id
    )
    return await tx.scalar(query) is not None


async def find(tx: Transaction, configuration_id: str) -> Experiment | None:
    """The experiment of that configuration, once it has had an active version."""
    return await tx.get(Experiment, configuration_id)


async def list_seen(
    tx: Transaction,
    workspace_id: str,
    *,
    user_id: str,
    application_id: str | None,
    state: str | None,
    after: str | None,
    limit: int,
) -> Sequence[Configuration]:
    """Configurations with an experiment that somebody sees, the newest first; ``after`` is the last id of a page.

    Of experiments that have not ended, those are ``running`` in which two versions or more get traffic, else ``idle``.
    """
    query = (
        select(Configuration)
        .join(Experiment, Experiment.configuration_id == Configuration.id)
        .where(Experiment.workspace_id == workspace_id, seen_by(user_id, application_id))
    )
    if state in {"running", "idle"}:
        query = query.where(Experiment.state == "running", _is_split() if state == "running" else ~_is_split())
    elif state is not None:
        query = query.where(Experiment.state == state)
    if after is not None:
        query = query.where(Experiment.configuration_id < after)
    return (await tx.scalars(query.order_by(Experiment.configuration_id.desc()).limit(limit))).all()


async def count_running(tx: Transaction, workspace_id: str, *, user_id: str, application_id: str | None) -> int:
    """How many of those that somebody sees run: two versions or more get traffic."""
    query = (
        select(func.count())
        .select_from(Configuration)
        .join(Experiment, Experiment.configuration_id == Configuration.id)
        .where(Configuration.workspace_id == workspace_id, seen_by(user_id, application_id))
        .where(Experiment.state == "running", _is_split())
    )
    return await tx.scalar(query) or 0


def _is_split() -> ColumnElement[bool]:
    query = select(func.count()).where(
        ConfigurationVersion.configuration_id == Configuration.id,
        ConfigurationVersion.is_active,
        ConfigurationVersion.share > 0,
    )
    return query.scalar_subquery() > 1


async def insert(tx: Transaction, experiment: Experiment) -> None:
    """Begin a configuration's experiment."""
    tx.add(experiment)
    await tx.flush()


async def find_phases(tx: Transaction, configuration_id: str, *, limit: int | None = None) -> Sequence[ExperimentPhase]:
    """The configuration's phases, the newest first, at most ``limit`` of them."""
    query = select(ExperimentPhase).where(ExperimentPhase.configuration_id == configuration_id)
    return (await tx.scalars(query.order_by(ExperimentPhase.number.desc()).limit(limit))).all()


async def find_phase(tx: Transaction, configuration_id: str, number: int) -> ExperimentPhase | None:
    """The configuration's phase of that number."""
    query = select(ExperimentPhase).where(ExperimentPhase.configuration_id == configuration_id)
    return await tx.scalar(query.where(ExperimentPhase.number == number))


async def find_last_phase(tx: Transaction, configuration_id: str) -> ExperimentPhase | None:
    """The configuration's newest phase, which is open unless it has an end."""
    query = select(ExperimentPhase).where(ExperimentPhase.configuration_id == configuration_id)
    return await tx.scalar(query.order_by(ExperimentPhase.number.desc()).limit(1))


async def insert_phase(tx: Transaction, phase: ExperimentPhase) -> None:
    """Open a phase; its id is set afterwards."""
    tx.add(phase)
    await tx.flush()
