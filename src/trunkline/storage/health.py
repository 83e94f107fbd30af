"""How configurations are and were, in the database. Times are microseconds since the epoch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, cast

import msgspec
from sqlalchemy import delete, func, select

from trunkline.core.health import Health, HealthState
from trunkline.storage.configurations import seen_by
from trunkline.storage.database import Transaction
from trunkline.storage.tables import Configuration, ConfigurationHealth, HealthCount

_FIELDS = msgspec.structs.fields(Health)


class Count(NamedTuple):
    """How many tries ended so, in a slot. ``subject`` is the id of a configuration, or a provider."""

    subject: str
    slot: int
    outcome: str
    bucket: int
    calls: int


class Seen(NamedTuple):
    """A configuration that somebody sees; ``health`` None: nothing is known of it."""

    configuration: Configuration
    health: ConfigurationHealth | None


def read(row: ConfigurationHealth | None) -> Health:
    """What a row says."""
    return Health() if row is None else msgspec.convert(row, Health, from_attributes=True)


def read_state(row: ConfigurationHealth | None) -> HealthState:
    """Its word alone."""
    return "unknown" if row is None else cast("HealthState", row.state)


async def find(tx: Transaction, configuration_id: str) -> ConfigurationHealth | None:
    """That of one configuration. To change it, hold the configuration."""
    return await tx.get(ConfigurationHealth, configuration_id)


async def keep(tx: Transaction, configuration_id: str, health: Health, at: int) -> None:
    """Store what is so now, at ``at``. The caller holds the configuration."""
    row = await find(tx, configuration_id)
    if row is None:
        row = ConfigurationHealth(configuration_id=configuration_id, state="", changed_at=at)
        tx.add(row)
    if row.state != health.state:
        row.changed_at = at
    for field in _FIELDS:
        setattr(row, field.name, getattr(health, field.name))
    await tx.flush()


async def forget(tx: Transaction, configuration_id: str, revision: int, at: int) -> None:
    """Nothing is known from ``revision`` on: it is reached otherwise. The caller holds the configuration."""
    await keep(tx, configuration_id, Health(since=at, revision=revision), at)


async def list_changed(tx: Transaction, after: int) -> Sequence[Seen]:
    """Those whose state is another since ``after``."""
    query = (
        select(Configuration, ConfigurationHealth)
        .join(ConfigurationHealth, ConfigurationHealth.configuration_id == Configuration.id)
        .where(ConfigurationHealth.changed_at > after)
        .order_by(ConfigurationHealth.changed_at)
    )
    return [Seen(*row) for row in (await tx.execute(query))]


async def list_seen(
    tx: Transaction,
    workspace_id: str,
    *,
    user_id: str,
    application_id: str | None,
    after: str | None = None,
    limit: int | None = None,
) -> Sequence[Seen]:
    """Those that somebody sees, the newest first; ``after`` is the last id of a page."""
    query = (
        select(Configuration, ConfigurationHealth)
        .outerjoin(ConfigurationHealth, ConfigurationHealth.configuration_id == Configuration.id)
        .where(Configuration.workspace_id == workspace_id, seen_by(user_id, application_id))
        .order_by(Configuration.id.desc())
    )
    if after is not None:
        query = query.where(Configuration.id < after)
    return [Seen(*row) for row in (await tx.execute(query.limit(limit)))]


async def list_idle(tx: Transaction, before: int, made_before: datetime, limit: int) -> Sequence[Configuration]:
    """Active ones that nobody has changed since ``made_before``, and of which nothing was seen since ``before``.

    Those come first that were looked at the longest ago.
    """
    row = ConfigurationHealth
    query = (
        select(Configuration)
        .join(row, row.configuration_id == Configuration.id)
        .where(Configuration.is_active, Configuration.updated_at < made_before, row.checked_at < before)
        .order_by(row.checked_at, row.configuration_id)
        .limit(limit)
    )
    return (await tx.scalars(query)).all()


async def count(tx: Transaction, ids: Sequence[str], grain: int, first: int) -> Sequence[Count]:
    """What is counted of each of ``ids`` from slot ``first`` on."""
    query = select(
        HealthCount.configuration_id, HealthCount.slot, HealthCount.outcome, HealthCount.bucket, HealthCount.call_count
    ).where(HealthCount.configuration_id.in_(ids), HealthCount.grain == grain, HealthCount.slot >= first)
    return [Count(*row) for row in (await tx.execute(query))]


async def count_providers(
    tx: Transaction, workspace_id: str, *, user_id: str, application_id: str | None, grain: int, first: int
) -> Sequence[Count]:
    """The same of all that somebody sees, by provider."""
    query = (
        select(
            Configuration.provider,
            HealthCount.slot,
            HealthCount.outcome,
            HealthCount.bucket,
            func.sum(HealthCount.call_count),
        )
        .join(HealthCount, HealthCount.configuration_id == Configuration.id)
        .where(
            Configuration.workspace_id == workspace_id,
            seen_by(user_id, application_id),
            HealthCount.grain == grain,
            HealthCount.slot >= first,
        )
        .group_by(Configuration.provider, HealthCount.slot, HealthCount.outcome, HealthCount.bucket)
    )
    return [Count(*row[:4], int(row[4])) for row in (await tx.execute(query))]


async def count_states(tx: Transaction) -> Sequence[tuple[str, str, int]]:
    """How many active configurations of the installation are in which state, by provider."""
    state = func.coalesce(ConfigurationHealth.state, Health().state)
    query = (
        select(Configuration.provider, state, func.count())
        .outerjoin(ConfigurationHealth, ConfigurationHealth.configuration_id == Configuration.id)
        .where(Configuration.is_active)
        .group_by(Configuration.provider, state)
    )
    return [(provider, found, int(number)) for provider, found, number in (await tx.execute(query))]


async def add_count(tx: Transaction, key: tuple[str, int, int, str, int]) -> None:
    """One more. The caller holds the configuration."""
    row = await tx.get(HealthCount, key)
    if row is None:
        configuration_id, grain, slot, outcome, bucket = key
        tx.add(
            HealthCount(
                configuration_id=configuration_id, grain=grain, slot=slot, outcome=outcome, bucket=bucket, call_count=1
            )
        )
    else:
        row.call_count += 1


async def prune(tx: Transaction, bounds: Sequence[tuple[int, int]]) -> None:
    """Delete what is counted of slots before a bound; ``bounds`` are grains and slots."""
    for grain, slot in bounds:
        await tx.execute(delete(HealthCount).where(HealthCount.grain == grain, HealthCount.slot < slot))
