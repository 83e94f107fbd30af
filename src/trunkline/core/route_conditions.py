"""Which calls a route or a target of it is for, and whether one call is among them.

Everything is compared, nothing is searched for: a decision costs the same whatever a call holds.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, Literal

import msgspec

from trunkline.core.policy import Content
from trunkline.core.time_zone import find_zone

Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

DAYS: Final[tuple[Day, ...]] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

MINUTES_A_DAY: Final = 24 * 60


class Hours(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A time of day: from ``start`` until just before ``end`` (``HH:MM``) in ``time_zone``, an IANA name.

    Where ``end`` is not after ``start``, it ends on the next day. ``days`` are those on which it starts; none: all.
    """

    start: str
    end: str
    time_zone: str = "UTC"
    days: tuple[Day, ...] = ()

    def contain(self, now: float) -> bool:
        """Whether ``now``, seconds since the epoch, is within. The clock on the wall counts, also where it jumps."""
        there = datetime.fromtimestamp(now, UTC).astimezone(find_zone(self.time_zone) or UTC)
        minute = there.hour * 60 + there.minute
        start, end = read_minute(self.start), read_minute(self.end)
        day = there.weekday()
        if start < end:
            return start <= minute < end and self._is_on(day)
        return (minute >= start and self._is_on(day)) or (minute < end and self._is_on(day - 1))

    def _is_on(self, day: int) -> bool:
        return not self.days or DAYS[day % 7] in self.days


class RouteConditions(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """All that are given must hold.

    ``min_input_tokens`` and ``max_input_tokens`` bound the input by our own count. ``tags`` must all be among those of
    the call, ``metadata`` in its body's. ``model_families`` are beginnings of the model that the target would be asked
    for, of which one must fit.
    """

    min_input_tokens: int | None = None
    max_input_tokens: int | None = None
    tags: tuple[str, ...] = ()
    metadata: dict[str, str] = {}
    model_families: tuple[str, ...] = ()
    hours: Hours | None = None


def find_unmet(
    conditions: RouteConditions, model: str, tags: tuple[str, ...], now: float, read: Callable[[], Content]
) -> str | None:
    """The first of ``conditions`` that a call does not fulfil at a target that would be asked for ``model``.

    By the name that people give it; None where it fulfils them all. ``now`` is seconds since the epoch. ``read`` reads
    the body, and is asked only where a condition is about that.
    """
    if conditions.tags and not set(conditions.tags).issubset(tags):
        return "tags"
    if conditions.model_families and not in_family(model, conditions.model_families):
        return "modelFamilies"
    if conditions.hours is not None and not conditions.hours.contain(now):
        return "hours"
    least, most = conditions.min_input_tokens, conditions.max_input_tokens
    if least is None and most is None and not conditions.metadata:
        return None
    found = read()
    if least is not None and found.input_tokens < least:
        return "minInputTokens"
    if most is not None and found.input_tokens > most:
        return "maxInputTokens"
    if any(found.metadata.get(name) != value for name, value in conditions.metadata.items()):
        return "metadata"
    return None


def in_family(model: str, families: tuple[str, ...]) -> bool:
    """Whether ``model`` begins with one of ``families``, in any case, with its maker's name before it or without."""
    name = model.strip().lower()
    names = (name, name.rpartition("/")[2])
    return any(each.startswith(family.lower()) for family in families for each in names)


def read_minute(text: str) -> int:
    """The minute of the day that ``HH:MM`` names; ``24:00`` is its end. Raises ValueError for what is no such time."""
    hour, colon, minute = text.partition(":")
    if not (colon and len(hour) == len(minute) == 2 and text.isascii() and hour.isdigit() and minute.isdigit()):
        raise ValueError(text)
    count = int(hour) * 60 + int(minute)
    if int(minute) > 59 or count > MINUTES_A_DAY:
        raise ValueError(text)
    return count
