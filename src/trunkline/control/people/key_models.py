"""What a key's list of models leads to, as calls would find it now."""

from __future__ import annotations

from typing import Final

from trunkline.control.people.keys import KeyRecord
from trunkline.core.actor import Actor
from trunkline.core.errors import NotFound, Unavailable
from trunkline.gateway.routing.resolve import Resolver
from trunkline.gateway.snapshot import SnapshotHolder, WorkspacePart

TOLD: Final = 5
"""Names of one key that are told of: finding the nearest of each takes time."""

CAPACITY: Final = 1000
"""Names that are remembered; above it, all are forgotten."""


class KeyModels:
    """Looks names up as calls with the key would, so that a slip is seen before a program meets it."""

    def __init__(self, holder: SnapshotHolder) -> None:
        self._holder = holder
        self._resolver = Resolver()
        self._known: dict[tuple[str, str | None, str], tuple[WorkspacePart | None, str | None]] = {}

    def find_problems(self, key: KeyRecord) -> tuple[str, ...]:
        """A sentence for each name in the list that calls cannot use now, with the nearest that they can.

        It is no error: what a name means may be made after the key.
        """
        told: list[str] = []
        for name in key.models:
            problem = self._find(key, name)
            if problem is not None:
                told.append(problem)
            if len(told) == TOLD:
                break
        return tuple(told)

    def _find(self, key: KeyRecord, name: str) -> str | None:
        part = self._holder.current.parts.get(key.workspace_id)
        place = (key.user_id, key.application_id, name)
        known = self._known.get(place)
        if known is not None and known[0] is part:
            return known[1]
        if len(self._known) >= CAPACITY:
            self._known.clear()
        problem = self._look_up(key, name)
        self._known[place] = (part, problem)
        return problem

    def _look_up(self, key: KeyRecord, name: str) -> str | None:
        caller = Actor(
            user_id=key.user_id,
            workspace_id=key.workspace_id,
            role="member",
            key_id=key.id,
            application_id=key.application_id,
        )
        try:
            self._resolver.resolve(self._holder.current, caller, name)
        except (NotFound, Unavailable) as error:
            return error.message
        return None
