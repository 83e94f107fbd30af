"""Which limits concern whom in one workspace, found out once for all calls that the same ones concern."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from trunkline.core.actor import Actor
from trunkline.core.limit import Subject
from trunkline.gateway.gates.limit_rule import Bucket, LimitRule, LimitSet
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.snapshot import LimitEntry

CAPACITY: Final = 10_000
"""Sets that are kept: one for each combination of a key, a user, a configuration …"""

_FIND: Final[Mapping[Subject, Callable[[Actor, Candidate], str | None]]] = {
    "workspace": lambda _, candidate: candidate.part.id,
    "user": lambda actor, _: actor.user_id,
    # As the books say it.
    "application": lambda actor, candidate: actor.application_id or candidate.entry.application_id,
    "key": lambda actor, _: actor.key_id,
    "feature": lambda _, candidate: candidate.feature.slug if candidate.feature is not None else None,
    "configuration": lambda _, candidate: _find_configuration(candidate),
}


def _find_configuration(candidate: Candidate) -> str | None:
    """None for a feature that has a credential of its own."""
    entry = candidate.entry
    return entry.id if candidate.feature is None or entry.id in candidate.part.configurations else None


class LimitBook:
    """Over the ``limits`` of a workspace.

    All that concern a call count, with one exception: what an admin has set for one subject stands in the place of
    what is set for each of its kind.
    """

    __slots__ = ("_finders", "_kinds", "_make_rule", "_sets", "limits")

    def __init__(self, limits: tuple[LimitEntry, ...], make_rule: Callable[[LimitEntry], LimitRule]) -> None:
        self.limits = limits
        self._make_rule = make_rule
        self._kinds: tuple[Subject, ...] = tuple({entry.subject: None for entry in limits})
        self._finders = tuple(_FIND[kind] for kind in self._kinds)
        self._sets: dict[tuple[str | None, ...], LimitSet] = {}

    def find(self, actor: Actor, candidate: Candidate) -> LimitSet:
        """The buckets that calls of ``actor`` to ``candidate`` take from."""
        return self._find(tuple([find(actor, candidate) for find in self._finders]))

    def _find(self, place: tuple[str | None, ...]) -> LimitSet:
        found = self._sets.get(place)
        if found is None:
            if len(self._sets) >= CAPACITY:
                self._sets.clear()
            subjects = dict(zip(self._kinds, place, strict=True))
            found = self._sets[place] = LimitSet(tuple(self._compile(subjects)))
        return found

    def find_alone(self, actor: Actor) -> LimitSet:
        """The buckets that requests of ``actor`` take from which go to no model."""
        mine = {"user": actor.user_id, "application": actor.application_id, "key": actor.key_id}
        place = tuple([actor.workspace_id if kind == "workspace" else mine.get(kind) for kind in self._kinds])
        return self._find(place)

    def _compile(self, subjects: Mapping[Subject, str | None]) -> Iterable[Bucket]:
        concerned = [
            (entry, subject)
            for entry in self.limits
            if (subject := subjects[entry.subject]) is not None and entry.subject_id in {None, subject}
        ]
        exempt = {
            (entry.subject, entry.measure, entry.window)
            for entry, _ in concerned
            if entry.subject_id is not None and entry.by_admin
        }
        for entry, subject in concerned:
            if entry.subject_id is not None or (entry.subject, entry.measure, entry.window) not in exempt:
                yield Bucket(f"{entry.id}:{subject}", self._make_rule(entry))
