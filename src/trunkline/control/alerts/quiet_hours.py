"""Hours in which people are not to be disturbed."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

import msgspec

from trunkline.core.alert import Severity
from trunkline.core.chat import JsonValue
from trunkline.core.errors import FieldError
from trunkline.core.time_zone import find_zone

_TIME: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)


class QuietHours(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Every day from ``start`` to before ``end`` on the clocks of ``time_zone``, over midnight where that is earlier.

    Critical alerts are told nevertheless, unless ``hold_critical``.
    """

    start: str
    end: str
    time_zone: str = "UTC"
    hold_critical: bool = False

    def check(self, field: str) -> list[FieldError]:
        """What is wrong with them."""
        wrong = [
            FieldError(f"{field}.{name}", "must be a time of day from 00:00 to 23:59, such as 22:00.")
            for name, value in (("start", self.start), ("end", self.end))
            if _TIME.fullmatch(value) is None
        ]
        if not wrong and self.start == self.end:
            wrong.append(
                FieldError(f"{field}.end", "is the same as the start. To tell nobody, take away the channels.")
            )
        if len(self.time_zone) > 64 or find_zone(self.time_zone) is None:
            words = "is no time zone of the IANA list, such as 'Europe/Berlin' or 'UTC'."
            wrong.append(FieldError(f"{field}.timeZone", words))
        return wrong

    def hold(self, severity: Severity, moment: datetime) -> bool:
        """Whether what is so severe waits at that moment."""
        if severity == "critical" and not self.hold_critical:
            return False
        zone = find_zone(self.time_zone)
        # What clocks show is compared, so that a day on which they are changed has the hours that people see.
        clock = f"{moment.astimezone(zone):%H:%M}" if zone is not None else f"{moment:%H:%M}"
        if self.start < self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end


def write_quiet(quiet: QuietHours | None) -> dict[str, JsonValue] | None:
    """As they are stored."""
    return None if quiet is None else msgspec.to_builtins(quiet)


def read_quiet(stored: dict[str, JsonValue] | None) -> QuietHours | None:
    """From what :func:`write_quiet` gave."""
    return None if stored is None else msgspec.convert(stored, QuietHours)
