"""What a plain call writes down at its end, from the event that it comes to."""

from __future__ import annotations

from trunkline.core.usage_event import UsageEvent
from trunkline.gateway.journal.template import PlainEnd, RecordTemplate


def write_end(template: RecordTemplate, event: UsageEvent) -> bytes:
    """The payload of the short SETTLE of ``event``, of which ``template`` tells the rest."""
    return PlainEnd(
        template.number,
        event.opened_at,
        event.request_id,
        event.duration_us,
        event.usage,
        event.cost_nanos,
        event.price_source,
        event.price_missing,
        event.answered,
        event.held_nanos,
        event.trace,
    ).write()
