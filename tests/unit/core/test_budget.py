"""What counts for a budget, and as how much."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.control.usage.settled import event

from trunkline.core.budget import Budget, DefaultPrice, Subject
from trunkline.core.chat import Usage
from trunkline.core.price import NANOS_PER_USD

TEN = DefaultPrice(10 * NANOS_PER_USD, 30 * NANOS_PER_USD)


def budget(subject: Subject = "workspace", subject_id: str = "w", **fields: Any) -> Budget:
    return Budget(
        id="b", name="B", workspace_id="w", subject=subject, subject_id=subject_id, amount=NANOS_PER_USD,
        period="day", time_zone="UTC", **fields,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("subject", "subject_id", "counts"),
    [
        ("workspace", "w", True),
        ("user", "u", True),
        ("user", "other", False),
        ("key", "k", True),
        ("key", "other", False),
        ("application", "a", True),
        ("application", "other", False),
        ("feature", "chat", True),
        ("feature", "other", False),
        ("tag", "t", True),
        ("tag", "other", False),
    ],
)
def test_whom_it_is_for(subject: Subject, subject_id: str, counts: bool) -> None:
    call = event("w", user_id="u", key_id="k", application_id="a", feature="chat", tags=("s", "t"))
    assert budget(subject, subject_id).counts(call) is counts


def test_a_call_counts_as_what_it_cost() -> None:
    assert budget().charge(event("w", cost_nanos=7, held_nanos=100, usage=Usage(input=5))) == 7
    assert budget(default_price=TEN).charge(event("w", cost_nanos=0, usage=Usage(input=5))) == 0


def test_where_nobody_knows_the_default_price_counts() -> None:
    call = event("w", cost_nanos=None, held_nanos=100, usage=Usage(input=2, output=3))
    assert budget(default_price=TEN).charge(call) == 2 * 10_000 + 3 * 30_000
    assert budget().charge(call) == 100


def test_a_call_whose_process_died_counts_as_what_was_held_for_it() -> None:
    call = event("w", outcome="estimated", cost_nanos=None, held_nanos=100)
    assert budget(default_price=TEN).charge(call) == 100
    assert budget().charge(event("w", outcome="estimated", cost_nanos=None)) == 0
