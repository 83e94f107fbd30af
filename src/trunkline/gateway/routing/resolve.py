"""From the name that a caller wrote as ``model`` to the configurations that may serve it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from operator import attrgetter
from typing import Final

from trunkline.core.access import may_see
from trunkline.core.actor import Actor
from trunkline.core.errors import Forbidden, NotFound, Unavailable
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.routing.resolution import Resolution
from trunkline.gateway.snapshot import ConfigurationEntry, FeatureEntry, Snapshot, WorkspacePart

__all__ = ["DEFAULT", "FEATURE", "Candidate", "Index", "Resolver", "visible"]

DEFAULT: Final = "default"
FEATURE: Final = "feature/"
"""What stands before the slug of a feature."""


def visible(part: WorkspacePart, actor: Actor) -> list[ConfigurationEntry]:
    """The active configurations that exist for ``actor``, best first.

    The application's own, then the caller's, then shared ones; of equals the oldest.
    """
    seen = [entry for entry in part.configurations.values() if entry.is_active and _exists_for(entry, actor)]
    seen.sort(key=attrgetter("created_at"))

    def rank(entry: ConfigurationEntry) -> int:
        if actor.application_id is not None and entry.application_id == actor.application_id:
            return 0
        return 1 if entry.owner_id == actor.user_id else 2

    seen.sort(key=rank)
    return seen


class Index:
    """What one caller can name in one state of a workspace; built once for each such pair."""

    __slots__ = ("_found", "_shared", "by_id", "by_model", "by_name", "by_provider", "default", "part")

    MAX_FOUND: Final = 200

    def __init__(self, part: WorkspacePart, actor: Actor) -> None:
        self.part = part
        self.by_id: dict[str, ConfigurationEntry] = {}
        self.by_name: dict[str, ConfigurationEntry] = {}
        self.by_model: dict[str, ConfigurationEntry] = {}
        self.by_provider: dict[str, ConfigurationEntry] = {}
        self._found: dict[str, Resolution] = {}
        self._shared: Index | None = None
        entries = visible(part, actor)
        self.default = self._default(part, actor, entries)
        for entry in (self.default, *entries) if self.default is not None else entries:
            self.by_id.setdefault(entry.id, entry)
            self.by_provider.setdefault(entry.provider, entry)
            if entry.model is not None:
                self.by_model.setdefault(entry.model, entry)
        for entry in entries:
            self.by_name.setdefault(entry.name, entry)

    @staticmethod
    def _default(part: WorkspacePart, actor: Actor, entries: Iterable[ConfigurationEntry]) -> ConfigurationEntry | None:
        application = part.applications.get(actor.application_id) if actor.application_id else None
        wanted = (application.default_configuration_id if application else None, part.default_configuration_id)
        by_id = {entry.id: entry for entry in entries}
        return next((by_id[identity] for identity in wanted if identity in by_id), None)

    def find(self, name: str) -> Resolution | None:
        """Where ``name`` leads, in the order that the guide gives; None when nothing matches."""
        way = self._found.get(name)
        if way is None:
            way = self._look_up(name)
            if way is not None:
                if len(self._found) >= self.MAX_FOUND:
                    self._found.clear()
                self._found[name] = way
        return way

    def _look_up(self, name: str) -> Resolution | None:
        part = self.part
        if (entry := self.by_id.get(name)) is not None:
            return Resolution.to(part, entry)
        route = next((route for route in part.routes.values() if route.id == name), None) or part.routes.get(name)
        if route is not None:
            return Resolution.along(part, route)
        if (entry := self.by_name.get(name)) is not None:
            return Resolution.to(part, entry)
        if name.startswith(FEATURE) and (feature := part.features.get(name[len(FEATURE) :])) is not None:
            return self._through(feature)
        if name == DEFAULT and self.default is not None:
            return Resolution.to(part, self.default)
        head, slash, model = name.partition("/")
        if slash and model:
            if (route := part.routes.get(head)) is not None:
                return Resolution.along(part, route, model)
            entry = self.by_id.get(head) or self.by_name.get(head) or self.by_provider.get(head.lower())
            if entry is not None:
                return Resolution.to(part, entry, model)
        entry = self.by_model.get(name)
        return Resolution.to(part, entry, name) if entry is not None else None

    def _through(self, feature: FeatureEntry) -> Resolution | None:
        """What serves a feature: its own entry, or what its target names, of what is the whole workspace's."""
        if feature.target is None:
            return Resolution.into(self.part, feature)
        if self._shared is None:
            # Nobody's user and no application's key: what is left is shared with everybody.
            everybody = Actor(user_id="", workspace_id=self.part.id, role="member", application_id="")
            self._shared = Index(self.part, everybody)
        way = None if feature.target.startswith(FEATURE) else self._shared.find(feature.target)
        if way is None and (entry := self._shared.by_name.get(feature.target)) is not None:
            way = Resolution.to(self.part, entry, feature.model)
        return Resolution.into(self.part, feature, way)

    def names(self) -> list[str]:
        """Everything that may be written as ``model``, best first; of features those too that nothing serves."""
        named = [entry.name for entry in self.by_name.values() if entry.model is not None]
        default = [DEFAULT] if self.default is not None else []
        features = [FEATURE + slug for slug in self.part.features]
        return list(dict.fromkeys([*self.part.routes, *named, *default, *features, *self.by_model]))


class Resolver:
    """Resolves names, with one index kept for each caller until their workspace changes."""

    __slots__ = ("_indexes",)

    MAX_INDEXES = 10_000

    def __init__(self) -> None:
        self._indexes: dict[tuple[str, str, str | None], Index] = {}

    def index(self, snapshot: Snapshot, actor: Actor) -> Index:
        """What ``actor`` can name now."""
        part = snapshot.parts.get(actor.workspace_id)
        if part is None:
            raise NotFound("This workspace does not exist any more.", code="workspace_not_found")
        place = (actor.workspace_id, actor.user_id, actor.application_id)
        index = self._indexes.get(place)
        if index is None or index.part is not part:
            if len(self._indexes) >= self.MAX_INDEXES:
                self._indexes.clear()
            index = self._indexes[place] = Index(part, actor)
        return index

    def resolve(self, snapshot: Snapshot, actor: Actor, name: str) -> tuple[Candidate, ...]:
        """The candidates for ``name``, at least one; those of a route in the order of its list.

        Raises :class:`NotFound` (which names the nearest), :class:`Forbidden` when the key may not use the name, and
        :class:`Unavailable` for a route or a feature that nothing can serve now.
        """
        index = self.index(snapshot, actor)
        way = index.find(name)
        if way is None:
            off = _find_switched_off(index.part, actor, name)
            raise NotFound(_switched_off(off) if off else _not_found(index, name), code="model_not_found")
        candidates = way.candidates
        if actor.models:
            candidates = way.narrow(actor.models, name)
            if candidates is None:
                raise Forbidden(f"This API key may only use {', '.join(actor.models)}.", code="model_not_allowed")
        if not candidates:
            raise Unavailable(way.trouble, code="nothing_serves_it")
        return candidates


def _find_switched_off(part: WorkspacePart, actor: Actor, name: str) -> ConfigurationEntry | None:
    """The configuration that ``name``, or what stands before its slash, means for ``actor``, but that is off."""
    application = part.applications.get(actor.application_id) if actor.application_id else None
    wanted: set[str | None] = {name, name.partition("/")[0]}
    if name == DEFAULT:
        wanted |= {application.default_configuration_id if application else None, part.default_configuration_id}
    return next(
        (
            entry
            for entry in part.configurations.values()
            if not entry.is_active and (entry.name in wanted or entry.id in wanted) and _exists_for(entry, actor)
        ),
        None,
    )


def _switched_off(entry: ConfigurationEntry) -> str:
    return f"The configuration {entry.name!r} is switched off. Activate it, or name another one."


def _exists_for(entry: ConfigurationEntry, actor: Actor) -> bool:
    return may_see(
        actor,
        owner_id=entry.owner_id,
        workspace_id=entry.workspace_id,
        shared=entry.shared,
        application_id=entry.application_id,
    )


def _not_found(index: Index, name: str) -> str:
    if name in index.by_name:
        return f"The configuration {name!r} has no model of its own: write '{name}/<model>'."
    names = [each for each in index.names() if not each.startswith(FEATURE) or _is_set_up(index.find(each))]
    if not names:
        return f"There is no model {name!r}: no active configuration is visible to this key. Make one first."
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.4) or names[:3]
    return f"There is no model or configuration {name!r} here. Nearest: {', '.join(near)}."


def _is_set_up(way: Resolution | None) -> bool:
    """Whether a feature is worth naming: every workspace has some that nobody has given a key."""
    return way is not None and any(one.feature and (one.feature.target or one.entry.secrets) for one in way.candidates)
