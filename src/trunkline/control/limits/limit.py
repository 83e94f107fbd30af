"""A limit as use cases give and take it: free of tables and of wires."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from trunkline.core.chat import JsonValue
from trunkline.core.errors import FieldError, InvalidInput
from trunkline.core.limit import LARGEST_AMOUNT, Measure, Subject, Window
from trunkline.storage.tables import Limit

KIND: Final = "limit"
"""What audit events call a limit."""


class LimitDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A new limit. ``subject_id`` None: for each of that kind; ``window`` None: a minute, where there is one."""

    subject: Subject
    subject_id: str | None
    measure: Measure
    amount: int
    window: Window | None = None
    burst: int | None = None


class LimitChange(msgspec.Struct, frozen=True, kw_only=True):
    """What is to change of a limit; ``burst`` None: the whole amount at once."""

    amount: int | UnsetType = UNSET
    burst: int | UnsetType | None = UNSET


class LimitFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which limits are asked for; None: any."""

    subject: Subject | None = None
    subject_id: str | None = None
    measure: Measure | None = None


class LimitRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A limit as people see it. ``subject_name`` is None for each of a kind, and for a subject that is gone."""

    id: str
    workspace_id: str
    subject: Subject
    subject_id: str | None
    subject_name: str | None
    measure: Measure
    amount: int
    window: Window | None
    burst: int | None
    by_admin: bool
    revision: int
    created_by: str
    created_at: datetime
    updated_at: datetime


def check_amounts(measure: Measure, window: Window | None, amount: int, burst: int | None) -> None:
    """Raise InvalidInput, which names every wrong field."""
    wrong: list[FieldError] = []
    if not 1 <= amount <= LARGEST_AMOUNT:
        hint = " To stop calls altogether, revoke the key or make the configuration inactive." if amount == 0 else ""
        wrong.append(FieldError("amount", f"is a whole number of 1 to {LARGEST_AMOUNT:,}.{hint}"))
    if measure == "parallel":
        if window is not None:
            wrong.append(FieldError("window", "is for requests and tokens. Parallel requests have none: leave it out."))
        if burst is not None:
            wrong.append(FieldError("burst", "is for requests and tokens. Parallel requests have none: leave it out."))
    elif burst is not None and not 1 <= burst <= max(amount, 1):
        wrong.append(FieldError("burst", f"is a whole number of 1 to the amount, {amount:,}."))
    if wrong:
        raise InvalidInput.of_all(tuple(wrong))


def write_state(row: Limit) -> dict[str, JsonValue]:
    """What the audit log keeps of it."""
    return {
        "subject": row.subject,
        "subjectId": row.subject_id or None,
        "measure": row.measure,
        "amount": row.amount,
        "window": row.window or None,
        "burst": row.burst,
    }
