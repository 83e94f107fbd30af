"""A budget as use cases give and take it: free of tables and of wires."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from trunkline.core.budget import LARGEST_AMOUNT, LARGEST_RATE, Subject
from trunkline.core.chat import JsonValue
from trunkline.core.errors import FieldError
from trunkline.core.period import PeriodKind
from trunkline.core.price import NANOS_PER_USD, nanos
from trunkline.core.time_zone import find_zone
from trunkline.storage.tables import BudgetRow

KIND: Final = "budget"
"""What audit events call it."""

CURRENCY: Final = "USD"
MOST: Final = 200
"""Budgets of one workspace: every call is held to all of them."""

MOST_THRESHOLDS: Final = 10
LARGEST_THRESHOLD: Final = 1_000


class DefaultPriceDraft(msgspec.Struct, frozen=True):
    """Dollars per million tokens."""

    input: Decimal
    output: Decimal


class BudgetDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be saved; ``UNSET``: as it is, or for a new budget as usual. ``amount`` is in ``currency``."""

    name: str | UnsetType = UNSET
    subject: Subject | UnsetType = UNSET
    subject_id: str | UnsetType = UNSET
    amount: Decimal | UnsetType = UNSET
    currency: str | UnsetType = UNSET
    period: PeriodKind | UnsetType = UNSET
    time_zone: str | UnsetType = UNSET
    hard: bool | UnsetType = UNSET
    thresholds: Sequence[int] | UnsetType = UNSET
    default_price: DefaultPriceDraft | UnsetType | None = UNSET


class Crossing(msgspec.Struct, frozen=True):
    """That a threshold (per cent) was reached in the current period, with what was spent by then."""

    threshold: int
    at: datetime
    spent_nanos: int


class BudgetRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A budget as people see it, with its current period. ``subject_name`` is what its subject is called, if known.

    Amounts are nano-dollars. ``spent`` is what the calls in the database have cost, ``reserved`` what processes hold
    for calls that run or come, ``left`` what is neither. ``forecast`` is what will have been spent at the end of the
    period if calls go on as they did; None where that says nothing yet.
    """

    id: str
    workspace_id: str
    name: str
    subject: Subject
    subject_id: str
    subject_name: str | None
    amount: int
    period: PeriodKind
    time_zone: str
    hard: bool
    thresholds: tuple[int, ...]
    default_input: int | None
    default_output: int | None
    spent: int
    reserved: int
    left: int
    period_start: datetime
    period_end: datetime | None
    forecast: int | None
    crossed: tuple[Crossing, ...]
    revision: int
    created_by: str
    created_at: datetime
    updated_at: datetime


def lay_over(row: BudgetRow, draft: BudgetDraft) -> list[FieldError]:
    """Change ``row`` to what ``draft`` says. Gives what is wrong in it, but for its subject."""
    wrong: list[FieldError] = []
    if draft.name is not UNSET:
        row.name = draft.name
    if draft.currency is not UNSET and draft.currency != CURRENCY:
        wrong.append(FieldError("currency", f"must be {CURRENCY!r}: prices of models are in US dollars."))
    if draft.amount is not UNSET:
        if draft.amount <= 0:
            wrong.append(FieldError("amount", "must be more than 0. To stop all calls, revoke keys instead."))
        else:
            row.amount_nanos = _read_amount(draft.amount, "amount", LARGEST_AMOUNT, wrong)
    if draft.period is not UNSET:
        row.period = draft.period
    if draft.time_zone is not UNSET:
        row.time_zone = draft.time_zone
        if len(draft.time_zone) > 64 or find_zone(draft.time_zone) is None:
            wrong.append(FieldError("timeZone", "is no time zone of the IANA list, such as 'Europe/Berlin' or 'UTC'."))
    if draft.hard is not UNSET:
        row.is_hard = draft.hard
    if draft.thresholds is not UNSET:
        found = sorted(set(draft.thresholds))
        if len(found) > MOST_THRESHOLDS or any(not 1 <= one <= LARGEST_THRESHOLD for one in found):
            words = (
                f"takes at most {MOST_THRESHOLDS} whole numbers, per cent of the amount, from 1 to {LARGEST_THRESHOLD}."
            )
            wrong.append(FieldError("thresholds", words))
        row.thresholds = ",".join(map(str, found))[:255]
    if draft.default_price is None:
        row.default_input_nanos = row.default_output_nanos = None
    elif draft.default_price is not UNSET:
        price = draft.default_price
        row.default_input_nanos = _read_amount(price.input, "defaultPrice.input", LARGEST_RATE, wrong)
        row.default_output_nanos = _read_amount(price.output, "defaultPrice.output", LARGEST_RATE, wrong)
    return wrong


def state(row: BudgetRow) -> dict[str, JsonValue]:
    """What the audit log keeps of it."""
    return {
        "name": row.name,
        "subject": row.subject,
        "subjectId": row.subject_id,
        "amount": write_amount(row.amount_nanos),
        "period": row.period,
        "timeZone": row.time_zone,
        "hard": row.is_hard,
        "thresholds": [int(one) for one in row.thresholds.split(",") if one],
        "defaultPrice": None
        if row.default_input_nanos is None or row.default_output_nanos is None
        else {"input": write_amount(row.default_input_nanos), "output": write_amount(row.default_output_nanos)},
    }


def write_amount(amount: int) -> str:
    """Exact dollars, without an exponent and without zeros at the end: ``12.5``, ``-0.00004``."""
    whole, rest = divmod(abs(amount), NANOS_PER_USD)
    sign = "-" if amount < 0 else ""
    return f"{sign}{whole}.{rest:09d}".rstrip("0") if rest else f"{sign}{whole}"


def _read_amount(dollars: Decimal, field: str, largest: int, wrong: list[FieldError]) -> int:
    if not 0 <= dollars <= largest // NANOS_PER_USD:
        wrong.append(FieldError(field, f"must be from 0 to {largest // NANOS_PER_USD:,} US dollars."))
        return 0
    amount = nanos(dollars)
    if Decimal(amount) != dollars * NANOS_PER_USD:
        wrong.append(FieldError(field, "has at most 9 decimal places."))
    return amount
