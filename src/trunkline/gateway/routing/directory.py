"""What one workspace's configurations are called: found by name, model or provider without a look at each."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from operator import attrgetter
from typing import Final

from trunkline.core.access import may_see
from trunkline.core.actor import Actor
from trunkline.gateway.snapshot import ConfigurationEntry, WorkspacePart

_AGE: Final = attrgetter("created_at", "id")

_REBUILT: Final = 1_000
"""Configurations of one change from which on it is quicker to begin anew."""


def may_name(actor: Actor, entry: ConfigurationEntry) -> bool:
    """Whether a configuration exists for ``actor``."""
    return may_see(
        actor,
        owner_id=entry.owner_id,
        workspace_id=entry.workspace_id,
        shared=entry.shared,
        application_id=entry.application_id,
    )


def rank(actor: Actor, entry: ConfigurationEntry) -> int:
    """The application's own configurations come before the caller's, those before shared ones."""
    if actor.application_id is not None and entry.application_id == actor.application_id:
        return 0
    return 1 if entry.owner_id == actor.user_id else 2


class Directory:
    """Follows a workspace: of a change only what differs is looked at. What nobody asks for is not built."""

    __slots__ = ("_models", "_names", "_providers", "_route_names", "_routes", "part")

    def __init__(self, part: WorkspacePart) -> None:
        self.part = part
        self._routes = part.routes
        self._route_names: dict[str, str] | None = None
        self._names: dict[str, list[ConfigurationEntry]] | None = None
        self._models: _Oldest | None = None
        self._providers: _Oldest | None = None

    def follow(self, part: WorkspacePart) -> None:
        """Be a directory of ``part``, another state of the same workspace."""
        before, after = self.part.configurations, part.configurations
        self.part = part
        if part.routes is not self._routes:
            self._routes, self._route_names = part.routes, None
        if before is after:
            return
        gone = [entry for each, entry in before.items() if after.get(each) is not entry]
        came = [entry for each, entry in after.items() if before.get(each) is not entry]
        if len(gone) + len(came) > _REBUILT:
            self._names = self._models = self._providers = None
            return
        if self._names is not None:
            for entry in gone:
                self._names[entry.name].remove(entry)
            for entry in came:
                self._names[entry.name].append(entry)
        for oldest in (self._models, self._providers):
            if oldest is not None:
                oldest.change(gone, came)

    def find_named(self, name: str) -> list[ConfigurationEntry]:
        """All configurations of that name, whoever sees them, also those that are switched off."""
        if self._names is None:
            self._names = defaultdict(list)
            for entry in self.part.configurations.values():
                self._names[entry.name].append(entry)
        return self._names.get(name, [])

    def find_route(self, route_id: str) -> str | None:
        """The name of the route of that id."""
        if self._route_names is None:
            self._route_names = {route.id: name for name, route in self._routes.items()}
        return self._route_names.get(route_id)

    def find_model(self, actor: Actor, model: str) -> ConfigurationEntry | None:
        """The best active configuration that serves a model."""
        if self._models is None:
            self._models = _Oldest("model", self.part.configurations.values())
        return self._models.find(actor, model)

    def find_provider(self, actor: Actor, provider: str) -> ConfigurationEntry | None:
        """The best active configuration of a provider."""
        if self._providers is None:
            self._providers = _Oldest("provider", self.part.configurations.values())
        return self._providers.find(actor, provider)


class _Oldest:
    """The active configurations by one of their fields and by who may name them, the oldest first."""

    def __init__(self, field: str, entries: Iterable[ConfigurationEntry]) -> None:
        self._field = field
        self._found: defaultdict[Hashable, list[ConfigurationEntry]] = defaultdict(list)
        for entry in sorted(entries, key=_AGE):
            for place in self._places(entry):
                self._found[place].append(entry)

    def change(self, gone: Iterable[ConfigurationEntry], came: Iterable[ConfigurationEntry]) -> None:
        """Follow a change."""
        for entry in gone:
            for place in self._places(entry):
                held = self._found[place]
                del held[bisect_left(held, _AGE(entry), key=_AGE)]
        for entry in came:
            for place in self._places(entry):
                insort(self._found[place], entry, key=_AGE)

    def find(self, actor: Actor, value: str) -> ConfigurationEntry | None:
        """The best for ``actor`` (see :func:`rank`), of equals the oldest."""
        whose = (actor.user_id, "own")
        everybodys = (None, "shared")
        if actor.application_id is not None:
            whose, everybodys = (actor.user_id, "lent"), (None, "lent")
        groups = ((actor.application_id, "application"), whose, everybodys)
        lists = (self._found.get((value, *group)) for group in groups)
        return next((found[0] for found in lists if found), None)

    def _places(self, entry: ConfigurationEntry) -> Iterator[Hashable]:
        """By value and group, as :func:`rank` and ``may_see`` tell callers apart."""
        value = getattr(entry, self._field)
        if value is None or not entry.is_active:
            return
        yield value, entry.owner_id, "own"
        if entry.shared:
            yield value, None, "shared"
        if entry.application_id is not None:
            yield value, entry.application_id, "application"
        elif entry.shared:
            yield value, entry.owner_id, "lent"
            yield value, None, "lent"
