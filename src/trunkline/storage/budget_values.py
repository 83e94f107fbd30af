"""A budget's row as the budget: for the intake, which has no ORM, as for everybody else."""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.budget import Budget, DefaultPrice

FACT: Final = "budgets"
"""The fact whose value is another one after each change of a budget: whoever holds it holds all budgets."""


def make_budget(*values: object) -> Budget:
    """The values of a row's columns, in the order of the intake's ``READ_BUDGETS``."""
    *head, hard, thresholds, default_input, default_output, since, revision = values
    price = None
    if isinstance(default_input, int) and isinstance(default_output, int):
        price = DefaultPrice(default_input, default_output)
    names = ("id", "name", "workspace_id", "subject", "subject_id", "amount", "period", "time_zone")
    fields = {
        **dict(zip(names, head, strict=True)),
        "hard": bool(hard),
        "thresholds": tuple(int(one) for one in str(thresholds).split(",") if one),
        "default_price": price,
        "since": since,
        "revision": revision,
    }
    return msgspec.convert(fields, Budget)
