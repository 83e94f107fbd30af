"""Which hard budgets concern whom in one workspace, found out once for all calls that the same ones concern."""

from __future__ import annotations

from typing import Final

from trunkline.core.actor import Actor
from trunkline.core.budget import Budget
from trunkline.gateway.routing.candidate import Candidate

CAPACITY: Final = 10_000
"""Combinations of a key, a user, tags … that are kept."""


class BudgetBook:
    """Over the ``budgets`` of a workspace."""

    __slots__ = ("_found", "_hard", "_tagged", "budgets")

    def __init__(self, budgets: tuple[Budget, ...]) -> None:
        self.budgets = budgets
        self._hard = [one for one in budgets if one.hard]
        self._tagged = any(one.subject == "tag" for one in self._hard)
        self._found: dict[tuple[str, str | None, str | None, str | None, tuple[str, ...]], tuple[Budget, ...]] = {}

    def find(self, actor: Actor, candidate: Candidate, tags: tuple[str, ...]) -> tuple[Budget, ...]:
        """Those that a call of ``actor`` to ``candidate`` counts for."""
        feature = candidate.feature.slug if candidate.feature is not None else None
        application_id = actor.application_id or candidate.entry.application_id
        place = (actor.user_id, actor.key_id, application_id, feature, tags)
        found = self._found.get(place)
        if found is None:
            if len(self._found) >= CAPACITY:
                self._found.clear()
            found = self._found[place] = tuple(one for one in self._hard if one.covers(*place))
        return found

    def concerns(self, actor: Actor, candidate: Candidate) -> bool:
        """Whether one may count such calls. Which tags a call has is not known before it comes."""
        return self._tagged or bool(self.find(actor, candidate, ()))
