"""A price as the price list has it, and when it holds."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

import msgspec


class TieredFigure(msgspec.Struct, frozen=True):
    """``base`` and what holds from a number of input tokens on, ascending."""

    base: Decimal
    tiers: list[tuple[int, Decimal]]


Figure = Decimal | TieredFigure
"""Dollars, per the unit that the name of the field tells: ``mtok`` a million tokens, ``kcount`` a thousand requests."""


class ListedPrice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What of a price we count. The names are the list's."""

    input_mtok: Figure | None = None
    output_mtok: Figure | None = None
    cache_read_mtok: Figure | None = None
    cache_write_mtok: Figure | None = None
    cache_write_1h_mtok: Figure | None = None
    input_audio_mtok: Figure | None = None
    output_audio_mtok: Figure | None = None
    cache_audio_read_mtok: Figure | None = None
    input_image_mtok: Figure | None = None
    cache_image_read_mtok: Figure | None = None
    output_image_mtok: Figure | None = None
    output_reasoning_mtok: Figure | None = None
    requests_kcount: Figure | None = None
    input_audio_hours: Figure | None = None
    audio_hours: Figure | None = None
    input_mchars: Figure | None = None
    web_searches_kcount: Figure | None = None
    storage_searches_kcount: Figure | None = None

    def overlaid(self, other: ListedPrice) -> ListedPrice:
        """The same, with what ``other`` has in its place."""
        figures = {name: value for name in other.__struct_fields__ if (value := getattr(other, name)) is not None}
        return msgspec.structs.replace(self, **figures) if figures else self


class FromDay(msgspec.Struct, frozen=True, tag="from"):
    """From the beginning of a day on, in UTC."""

    day: date

    def holds(self, now: datetime) -> bool:
        """Whether it does at ``now``, which has a time zone."""
        return now.astimezone(UTC).date() >= self.day


class BetweenTimes(msgspec.Struct, frozen=True, tag="between"):
    """Each day from one time to another, in UTC; over midnight where the second is the earlier one."""

    start: time
    end: time

    def holds(self, now: datetime) -> bool:
        """Whether it does at ``now``, which has a time zone."""
        at = now.astimezone(UTC).time()
        if self.end < self.start:
            return at >= self.start or at < self.end
        return self.start <= at < self.end


When = FromDay | BetweenTimes


class DatedPrice(msgspec.Struct, frozen=True, omit_defaults=True):
    """A price; without ``when`` it always holds."""

    price: ListedPrice
    when: When | None = None


class PriceVariant(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is different on other terms: those of which all of ``terms`` are true."""

    terms: dict[str, str]
    price: ListedPrice
    when: When | None = None
