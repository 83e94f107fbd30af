"""Which budgets a call counts for, found once for all that are alike."""

from __future__ import annotations

from typing import Any

from tests.contract.v1.entries import MANAGER, WORKSPACE, configuration

from trunkline.core.actor import Actor
from trunkline.core.budget import Budget
from trunkline.gateway.budgets.budget_book import BudgetBook
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.snapshot import WorkspacePart

ACTOR = Actor(user_id=MANAGER, workspace_id=WORKSPACE, role="owner", key_id="k-1")


def budget(subject: Any, subject_id: str = "", **fields: Any) -> Budget:
    return Budget(
        id=f"{subject}-{subject_id}", name="b", workspace_id=WORKSPACE, subject=subject, subject_id=subject_id,
        amount=1, period="month", time_zone="UTC", **fields,
    )  # fmt: skip


def candidate() -> Candidate:
    entry = configuration("own", "openai", model="gpt-4o-mini")
    return Candidate(entry, "gpt-4o-mini", WorkspacePart(id=WORKSPACE, revision=1, configurations={entry.id: entry}))


def test_the_hard_ones_that_cover_it_in_their_order() -> None:
    book = BudgetBook(
        (
            budget("user", MANAGER),
            budget("key", "k-2"),
            budget("workspace"),
            budget("key", "k-1"),
            budget("user", MANAGER, hard=False),
            budget("tag", "night"),
        )
    )
    found = book.find(ACTOR, candidate(), ())
    assert [one.id for one in found] == [f"user-{MANAGER}", "workspace-", "key-k-1"]
    assert [one.id for one in book.find(ACTOR, candidate(), ("night",))][-1] == "tag-night"
    assert book.find(ACTOR, candidate(), ()) is found


def test_whether_one_may_count_it() -> None:
    assert not BudgetBook((budget("key", "k-2"), budget("workspace", hard=False))).concerns(ACTOR, candidate())
    assert BudgetBook((budget("key", "k-1"),)).concerns(ACTOR, candidate())
    assert BudgetBook((budget("tag", "night"),)).concerns(ACTOR, candidate()), "tags are known when a call comes"
