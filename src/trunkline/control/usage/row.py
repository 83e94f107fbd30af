"""A settled call as rows: the event itself, and what it adds to its hour."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from trunkline.core.usage_event import Opened, UsageEvent
from trunkline.storage.usage import Row

LARGEST: Final = 10**14
"""No count, duration or cost of one call is larger: nonsense must neither stop the shipper nor overflow a sum."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def estimate(opened: Opened) -> UsageEvent:
    """The event of a call that its process died under: nothing is known of it but that it began."""
    fields = {name: getattr(opened, name) for name in Opened.__struct_fields__}
    return UsageEvent(**fields, outcome="estimated", status=500, error="process_died", usage_estimated=True)


def event_row(event: UsageEvent) -> Row:
    """The row of ``event``. Texts and numbers are cut to what the columns hold."""
    usage = event.usage
    return {
        "opened_at": moment(event.opened_at),
        "id": event.id,
        "request_id": _text(event.request_id, 128),
        "operation": _text(event.operation, 32),
        "workspace_id": event.workspace_id,
        "user_id": event.user_id,
        "key_id": event.key_id,
        "application_id": event.application_id,
        "configuration_id": event.configuration_id,
        "version_id": event.version_id,
        "route_id": event.route_id,
        "feature": None if event.feature is None else _text(event.feature, 64),
        "conversation_id": event.conversation_id,
        "phase_id": event.phase_id,
        "unit": event.unit,
        "purpose": event.purpose,
        "revision": event.revision,
        "provider": _text(event.provider, 100),
        "model": _text(event.model, 255),
        "requested_model": _text(event.requested_model, 255),
        "streamed": event.streamed,
        "outcome": event.outcome,
        "status": event.status,
        "error": None if event.error is None else _text(event.error, 64),
        "input_tokens": _count(usage.input),
        "output_tokens": _count(usage.output),
        "cached_tokens": _count(usage.cached),
        "cache_write_tokens": _count(usage.cache_write),
        "reasoning_tokens": _count(usage.reasoning),
        "usage": {name: _bound(value) for name, value in msgspec.to_builtins(usage).items()},
        "usage_estimated": event.usage_estimated,
        "cost_nanos": None if event.cost_nanos is None else _count(event.cost_nanos),
        "price_source": None if event.price_source is None else _text(event.price_source, 64),
        "price_missing": _text(",".join(event.price_missing), 255) if event.price_missing else None,
        "duration_us": _count(event.duration_us),
        "first_token_us": None if event.first_token_us is None else _count(event.first_token_us),
        "attempts": [msgspec.to_builtins(attempt) for attempt in event.attempts],
    }


def sum_rows(events: Iterable[UsageEvent], amended: Iterable[UsageEvent] = ()) -> list[Row]:
    """What ``events`` add to the hourly sums, one row per combination; those that are ``amended`` are counted already.

    Only ``error`` counts as an error: a client that hung up is none, and of an estimated call nothing is known. A call
    counts as unpriced when it used something, or may have, and its price is not known, or not all of it.
    """
    sums: dict[tuple[object, ...], Row] = {}
    for event, new in (*((event, True) for event in events), *((event, False) for event in amended)):
        opened_at = moment(event.opened_at)
        row: Row = {
            "hour": opened_at.replace(minute=0, second=0, microsecond=0),
            "workspace_id": event.workspace_id,
            "user_id": event.user_id,
            "configuration_id": event.configuration_id or "",
            "provider": _text(event.provider, 100),
            "model": _text(event.model, 255),
        }
        grown = sums.setdefault(
            tuple(row.values()),
            row
            | {
                "request_count": 0,
                "error_count": 0,
                "unpriced_count": 0,
                "input_tokens": 0,
                "output_tokens": 0,
                "cost_nanos": 0,
                "duration_us": 0,
                "last_used_at": opened_at,
            },
        )
        used = event.usage.total > 0 or event.outcome == "estimated"
        grown["request_count"] += new
        grown["error_count"] += event.outcome == "error"
        grown["unpriced_count"] += bool(event.price_missing) or (event.cost_nanos is None and used)
        grown["input_tokens"] += _count(event.usage.input)
        grown["output_tokens"] += _count(event.usage.output)
        grown["cost_nanos"] += _count(event.cost_nanos or 0)
        grown["duration_us"] += _count(event.duration_us) if new else 0
        grown["last_used_at"] = max(grown["last_used_at"], opened_at)
    return list(sums.values())


def moment(microseconds: int) -> datetime:
    """Microseconds since the epoch, exactly: floats would lose the last one."""
    return _EPOCH + timedelta(microseconds=microseconds)


def _text(text: str, length: int) -> str:
    if len(text) <= length and "\x00" not in text:
        return text
    # PostgreSQL stores no NUL in a text.
    return text.replace("\x00", "")[:length]


def _bound(value: object) -> object:
    return _count(value) if isinstance(value, int) else value


def _count(number: int) -> int:
    return number if 0 <= number <= LARGEST else min(max(number, 0), LARGEST)
