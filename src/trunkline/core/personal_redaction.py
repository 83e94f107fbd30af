"""Takes data of persons out of a text: the kinds that :mod:`trunkline.core.personal_data` knows."""

from __future__ import annotations

from collections.abc import Sequence

from trunkline.core.national_id import find_national_ids
from trunkline.core.personal_data import find_cards, find_emails, find_ibans, find_phones
from trunkline.core.redact import REDACTED


def redact_personal_data(text: str, countries: Sequence[str] = ()) -> str:
    """``text`` with each replaced by ``[redacted]``. ``countries`` are those whose national ids are looked for."""
    spans = [
        *find_emails(text),
        *find_phones(text, countries),
        *find_ibans(text),
        *find_cards(text),
        *find_national_ids(text, countries),
    ]
    kept: list[str] = []
    end = 0
    for start, stop in sorted(spans):
        if start >= end:
            kept += (text[end:start], REDACTED)
        end = max(end, stop)
    return "".join((*kept, text[end:]))
