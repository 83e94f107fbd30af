"""Calls of one template, which are looked at, stored and added up together.

Most calls that come at once are alike: somebody's, to one model, and they went well at once. What they have in common
is worked out once for all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import Any, Final

import msgspec

from trunkline.control.usage.event_values import LARGEST, LONGEST_REQUEST_ID, event_values, may_not_fit
from trunkline.core.usage_event import Opened, UsageEvent
from trunkline.gateway.journal.template import ShortEnd, complete
from trunkline.storage.intake.table import Values
from trunkline.storage.intake.tables import EVENTS

FEWEST: Final = 4
"""Fewer are sooner looked at one by one."""

QUARTER_US: Final = 900_000_000
"""A quarter of an hour, in microseconds."""

_write: Final = msgspec.json.Encoder().encode_lines

_GONE_WELL: Final = UsageEvent(id="", opened_at=0, request_id="", operation="chat", workspace_id="", user_id="")
_OF_THE_END: Final = tuple(name for name in UsageEvent.__struct_fields__ if name not in Opened.__struct_fields__)


class AlikeCalls(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Calls of one quarter of an hour that went well at once, with what differs from one to the next.

    Every figure and text of theirs fits its column. The cost of each is known, or of none, and from one source.
    """

    common: UsageEvent
    """What they have in common. Its ``id`` and what stands below say nothing."""
    ids: Sequence[str]
    ends: Sequence[ShortEnd]
    opened_at: Sequence[int]
    durations: Sequence[int]
    inputs: Sequence[int]
    outputs: Sequence[int]
    cached: Sequence[int]
    cache_write: Sequence[int]
    reasoning: Sequence[int]
    usages: Sequence[str]
    """All of what each used, as JSON."""
    costs: Sequence[int] | None

    @property
    def quarter(self) -> int:
        """The quarter of an hour since the epoch that they began in."""
        return self.opened_at[0] // QUARTER_US

    def events(self) -> Iterator[UsageEvent]:
        """Each by itself."""
        return map(complete, repeat(self.common), self.ids, self.ends)

    def rows(self) -> list[Values]:
        """What :func:`event_values` gives for each."""
        columns: dict[str, Any] = dict(zip(EVENTS.columns, map(repeat, event_values(self.common)), strict=True))
        columns |= {
            "opened_at": self.opened_at,
            "id": self.ids,
            "request_id": [end[2] for end in self.ends],
            "input_tokens": self.inputs,
            "output_tokens": self.outputs,
            "cached_tokens": self.cached,
            "cache_write_tokens": self.cache_write,
            "reasoning_tokens": self.reasoning,
            "usage": self.usages,
            "held_nanos": [end[9] for end in self.ends],
            "duration_us": self.durations,
        }
        if self.costs is not None:
            columns["cost_nanos"] = self.costs
        return list(zip(*columns.values(), strict=False))


def gather(common: UsageEvent, ids: Sequence[str], ends: Sequence[ShortEnd]) -> AlikeCalls | None:
    """The calls ``ids`` with these ``ends``; None where one of them is unusual, or what they have in common is."""
    if len(ends) < FEWEST or not _has_gone_well(common):
        return None
    _, opened_at, request_ids, durations, usages, costs, sources, missing, _, held, _ = zip(*ends, strict=True)
    count = len(ends)
    lines = _write(usages)
    alike = (
        min(opened_at) // QUARTER_US == max(opened_at) // QUARTER_US
        and sources.count(sources[0]) == count
        and missing.count(missing[0]) == count
        and max(map(len, request_ids)) <= LONGEST_REQUEST_ID
        and "\x00" not in "".join(request_ids)
        and not may_not_fit(lines)
        and _fit(durations)
        and all(column.count(None) == count or (None not in column and _fit(column)) for column in (costs, held))
    )
    if not alike:
        return None
    return AlikeCalls(
        common=msgspec.structs.replace(common, price_source=sources[0], price_missing=missing[0]),
        ids=ids,
        ends=ends,
        opened_at=opened_at,
        durations=durations,
        inputs=[usage.input for usage in usages],
        outputs=[usage.output for usage in usages],
        cached=[usage.cached for usage in usages],
        cache_write=[usage.cache_write for usage in usages],
        reasoning=[usage.reasoning for usage in usages],
        usages=lines.decode().split("\n")[:-1],
        costs=None if costs[0] is None else costs,
    )


def _has_gone_well(common: UsageEvent) -> bool:
    return all(getattr(common, name) == getattr(_GONE_WELL, name) for name in _OF_THE_END)


def _fit(numbers: Sequence[int]) -> bool:
    return min(numbers) >= 0 and max(numbers) <= LARGEST
