"""A settled call as the values of its row."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import msgspec

from trunkline.core.chat import Usage
from trunkline.core.usage_event import Opened, UsageEvent
from trunkline.storage.intake.table import Values

LARGEST: Final = 10**14
"""No count, duration or cost of one call is larger: nonsense must neither stop the intake nor overflow a sum."""

LONGEST_REQUEST_ID: Final = 128

_SUSPECT: Final = re.compile(rb"-|[0-9]{15}")
"""What a number in JSON has that is below zero or larger than it may be."""

_write: Final = msgspec.json.Encoder().encode


def estimate(opened: Opened) -> UsageEvent:
    """The event of a call that its process died under: nothing is known of it but that it began."""
    fields = {name: getattr(opened, name) for name in Opened.__struct_fields__}
    return UsageEvent(**fields, outcome="estimated", status=500, error="process_died", usage_estimated=True)


def event_values(event: UsageEvent) -> Values:
    """The values of ``event``, in the order of the table's columns; texts and numbers are cut to what these hold."""
    usage = event.usage
    return (
        event.opened_at,
        event.id,
        cut(event.request_id, LONGEST_REQUEST_ID),
        event.operation,
        event.workspace_id,
        event.user_id,
        event.key_id,
        event.application_id,
        event.configuration_id,
        event.version_id,
        event.route_id,
        event.unfit_route_id,
        None if event.feature is None else cut(event.feature, 64),
        event.conversation_id,
        event.phase_id,
        event.unit,
        event.purpose,
        ",".join(event.tags) if event.tags else None,
        event.revision,
        _cut_known(event.provider, 100),
        _cut_known(event.model, 255),
        _cut_known(event.requested_model, 255),
        event.streamed,
        event.outcome,
        event.status,
        None if event.error is None else cut(event.error, 64),
        limit(usage.input),
        limit(usage.output),
        usage.cached and limit(usage.cached),
        usage.cache_write and limit(usage.cache_write),
        usage.reasoning and limit(usage.reasoning),
        _write_usage(usage),
        event.usage_estimated,
        None if event.cost_nanos is None else limit(event.cost_nanos),
        None if event.held_nanos is None else limit(event.held_nanos),
        None if event.price_source is None else _cut_known(event.price_source, 64),
        cut(",".join(event.price_missing), 255) if event.price_missing else None,
        event.cached,
        None if event.saved_nanos is None else limit_either_way(event.saved_nanos),
        limit(event.duration_us),
        None if event.first_token_us is None else limit(event.first_token_us),
        _write(event.attempts).decode() if event.attempts else "[]",
    )


def limit_either_way(number: int) -> int:
    """As :func:`limit`, for what may be below nothing: a call may cost more than it would have elsewhere."""
    return limit(number) if number >= 0 else -limit(-number)


def cut(text: str, length: int) -> str:
    """At most ``length`` characters of ``text``. PostgreSQL stores no NUL in a text."""
    if len(text) <= length and "\x00" not in text:
        return text
    return text.replace("\x00", "")[:length]


_cut_known: Final = lru_cache(maxsize=4096)(cut)
"""For texts that nearly all events have in common."""


def limit(number: int) -> int:
    """``number`` between 0 and :data:`LARGEST`."""
    return number if 0 <= number <= LARGEST else min(max(number, 0), LARGEST)


def may_not_fit(text: bytes) -> bool:
    """Whether one of the numbers in JSON may be below zero or above :data:`LARGEST`."""
    return _SUSPECT.search(text) is not None


def _write_usage(usage: Usage) -> str:
    text = _write(usage)
    if may_not_fit(text):
        fields = msgspec.to_builtins(usage)
        text = _write({name: limit(value) if isinstance(value, int) else value for name, value in fields.items()})
    return text.decode()
