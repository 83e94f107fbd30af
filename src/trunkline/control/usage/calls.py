"""Calls as people see them, and which of them they may see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trunkline.control.record import read_record
from trunkline.control.usage.record import EventFilter, EventRecord, Lack
from trunkline.control.usage.span import Span
from trunkline.core.actor import Actor, at_least
from trunkline.storage.tables import UsageEventRow
from trunkline.storage.usage import UsageScope

COLUMNS: Final[Mapping[Lack, str]] = {
    "application": "application_id",
    "configuration": "configuration_id",
    "feature": "feature",
    "key": "key_id",
    "purpose": "purpose",
    "route": "route_id",
    "tag": "tags",
    "version": "version_id",
}
"""Where it stands what a call may be without."""


def make_scope(actor: Actor, wanted: EventFilter, span: Span) -> UsageScope:
    """The calls that ``actor`` may see of those that are ``wanted``: their own, for an admin the workspace's, for an
    application's key its own."""
    return read_record(
        UsageScope,
        wanted,
        workspace_id=actor.workspace_id,
        application_id=actor.application_id or wanted.application_id,
        without=tuple(COLUMNS[each] for each in wanted.without),
        only_user_id=None if actor.application_id or at_least(actor.role, "admin") else actor.user_id,
        since=span.since,
        until=span.until,
    )


def show_call(row: UsageEventRow) -> EventRecord:
    """As people see it."""
    return read_record(
        EventRecord,
        row,
        reason=_reason(row),
        price_missing=_read_missing(row),
        tags=tuple(row.tags.split(",")) if row.tags else (),
        service_tier=tier if isinstance(tier := row.usage.get("tier"), str) and tier else None,
        duration_ms=row.duration_us / 1000,
        first_token_ms=None if row.first_token_us is None else row.first_token_us / 1000,
        # Those that failed are listed; the one that went well is not.
        attempts=max(len(row.attempts) + (row.outcome in {"ok", "cancelled"}), 1),
    )


def _reason(row: UsageEventRow) -> str | None:
    said = row.attempts[-1].get("reason") if row.outcome == "error" and row.attempts else None
    return said if isinstance(said, str) else None


def _read_missing(row: UsageEventRow) -> tuple[str, ...]:
    if row.price_missing is not None:
        return tuple(row.price_missing.split(","))
    used = row.input_tokens + row.output_tokens > 0 or row.outcome == "estimated"
    return ("model",) if row.cost_nanos is None and used else ()
