"""From the name that a caller wrote as ``model`` to the configurations that may serve it."""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import Iterable
from itertools import islice
from operator import attrgetter
from typing import Final

import msgspec

from trunkline.core.actor import Actor
from trunkline.core.errors import Forbidden, NotFound, Unavailable
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.routing.directory import Directory, may_name, rank
from trunkline.gateway.routing.resolution import Resolution
from trunkline.gateway.snapshot import ConfigurationEntry, FeatureEntry, Snapshot, WorkspacePart

__all__ = ["DEFAULT", "FEATURE", "Candidate", "Index", "Resolver", "visible"]

DEFAULT: Final = "default"
FEATURE: Final = "feature/"
"""What stands before the slug of a feature."""

_COMPARED: Final = 300
"""Configurations among which the nearest name is looked for."""


_AT_ONCE: Final = 500
"""Configurations between which other calls get their turn."""

_AGE: Final = attrgetter("created_at")


def visible(part: WorkspacePart, actor: Actor) -> list[ConfigurationEntry]:
    """The active configurations that exist for ``actor``, best first.

    The application's own, then the caller's, then shared ones; of equals the oldest.
    """
    seen = [entry for entry in part.configurations.values() if entry.is_active and may_name(actor, entry)]
    seen.sort(key=lambda entry: (rank(actor, entry), entry.created_at))
    return seen


class Index:
    """What one caller can name in one state of a workspace, of which ``directory`` is."""

    __slots__ = ("_found", "_missing", "_shared", "actor", "default", "directory", "part")

    MAX_FOUND: Final = 200

    def __init__(self, directory: Directory, actor: Actor) -> None:
        self.part = directory.part
        self.directory = directory
        self.actor = actor
        self._found: dict[str, Resolution] = {}
        self._missing: dict[str, str] = {}
        self._shared: Index | None = None
        application = self.part.applications.get(actor.application_id) if actor.application_id else None
        wanted = (application.default_configuration_id if application else None, self.part.default_configuration_id)
        self.default = next((entry for each in wanted if each and (entry := self.by_id(each)) is not None), None)

    def by_id(self, identity: str) -> ConfigurationEntry | None:
        """The active configuration of that id, if it exists for the caller."""
        entry = self.part.configurations.get(identity)
        return entry if entry is not None and entry.is_active and may_name(self.actor, entry) else None

    def by_name(self, name: str) -> ConfigurationEntry | None:
        """The best active configuration of that name."""
        found = [each for each in self.directory.find_named(name) if each.is_active and may_name(self.actor, each)]
        return min(found, key=lambda entry: (rank(self.actor, entry), entry.created_at), default=None)

    def by_model(self, model: str) -> ConfigurationEntry | None:
        """What serves a model: the default if it does, else the best."""
        if self.default is not None and self.default.model == model:
            return self.default
        return self.directory.find_model(self.actor, model)

    def by_provider(self, provider: str) -> ConfigurationEntry | None:
        """What asks a provider: the default if it does, else the best."""
        if self.default is not None and self.default.provider == provider:
            return self.default
        return self.directory.find_provider(self.actor, provider)

    def find(self, name: str) -> Resolution | None:
        """Where ``name`` leads, in the order that the guide gives; None when nothing matches."""
        resolution = self._found.get(name)
        if resolution is None:
            resolution = self.look_up(name)
            if resolution is not None:
                if len(self._found) >= self.MAX_FOUND:
                    self._found.clear()
                self._found[name] = resolution
        return resolution

    def look_up(self, name: str) -> Resolution | None:
        """:meth:`find`, for who asks once."""
        part = self.part
        if (entry := self.by_id(name)) is not None:
            return Resolution.to(part, entry)
        route = part.routes.get(self.directory.find_route(name) or name)
        if route is not None:
            return Resolution.along(part, route)
        if (entry := self.by_name(name)) is not None:
            return Resolution.to(part, entry)
        if name.startswith(FEATURE) and (feature := part.features.get(name[len(FEATURE) :])) is not None:
            return self._through(feature)
        if name == DEFAULT and self.default is not None:
            return Resolution.to(part, self.default)
        head, slash, model = name.partition("/")
        if slash and model:
            if (route := part.routes.get(head)) is not None:
                return Resolution.along(part, route, model)
            entry = self.by_id(head) or self.by_name(head) or self.by_provider(head.lower())
            if entry is not None:
                return Resolution.to(part, entry, model)
        entry = self.by_model(name)
        return Resolution.to(part, entry, name) if entry is not None else None

    def _through(self, feature: FeatureEntry) -> Resolution | None:
        """What serves a feature: its own entry, or what its target names, of what is the whole workspace's."""
        if feature.target is None:
            return Resolution.into(self.part, feature)
        if self._shared is None:
            # Nobody's user and no application's key: what is left is shared with everybody.
            everybody = Actor(user_id="", workspace_id=self.part.id, role="member", application_id="")
            self._shared = Index(self.directory, everybody)
        resolution = None if feature.target.startswith(FEATURE) else self._shared.find(feature.target)
        if resolution is None and (entry := self._shared.by_name(feature.target)) is not None:
            resolution = Resolution.to(self.part, entry, feature.model)
        return Resolution.into(self.part, feature, resolution)

    async def names(self) -> list[str]:
        """Everything that may be written as ``model``, best first; of features those too that nothing serves.

        Other calls get their turn meanwhile.
        """
        ranked: tuple[list[ConfigurationEntry], ...] = ([], [], [])
        for number, entry in enumerate(self.part.configurations.values(), 1):
            if entry.is_active and may_name(self.actor, entry):
                ranked[rank(self.actor, entry)].append(entry)
            if number % _AT_ONCE == 0:
                await asyncio.sleep(0)
        # As `visible` gives them; each rank is sorted by itself, which needs no key of ours.
        entries = [entry for group in ranked for entry in sorted(group, key=_AGE)]
        await asyncio.sleep(0)
        return self._order(entries)

    def lists(self, name: str) -> bool:
        """Whether :meth:`names` has that name."""
        if name in self.part.routes or self.by_model(name) is not None:
            return True
        entry = self.by_name(name)
        if entry is not None and entry.model is not None:
            return True
        if name == DEFAULT:
            return self.default is not None
        return name.startswith(FEATURE) and name[len(FEATURE) :] in self.part.features

    def _order(self, entries: Iterable[ConfigurationEntry]) -> list[str]:
        best: dict[str, ConfigurationEntry] = {}
        for entry in entries:
            best.setdefault(entry.name, entry)
        named = [entry.name for entry in best.values() if entry.model is not None]
        default = [DEFAULT] if self.default is not None else []
        features = [FEATURE + slug for slug in self.part.features]
        first = () if self.default is None else (self.default,)
        models = [entry.model for entry in (*first, *entries) if entry.model is not None]
        return list(dict.fromkeys([*self.part.routes, *named, *default, *features, *models]))

    def explain_missing(self, name: str) -> str:
        """Why ``name`` leads nowhere, with the nearest that leads somewhere."""
        known = self._missing.get(name)
        if known is None:
            if len(self._missing) >= self.MAX_FOUND:
                self._missing.clear()
            known = self._missing[name] = self._explain(name)
        return known

    def _explain(self, name: str) -> str:
        off = self._find_switched_off(name)
        if off is not None:
            return f"The configuration {off.name!r} is switched off. Activate it, or name another one."
        if self.by_name(name) is not None:
            return f"The configuration {name!r} has no model of its own: write '{name}/<model>'."
        names = [each for each in self._some_names() if not each.startswith(FEATURE) or _is_set_up(self.find(each))]
        if not names:
            return f"There is no model {name!r}: no active configuration is visible to this key. Make one first."
        near = difflib.get_close_matches(name, names, n=3, cutoff=0.4) or names[:3]
        return f"There is no model or configuration {name!r} here. Nearest: {', '.join(near)}."

    def _some_names(self) -> list[str]:
        """All names, but of very many only some: to compare each would take as long as hundreds of calls."""
        configurations = self.part.configurations
        if len(configurations) > _COMPARED:
            configurations = dict(islice(configurations.items(), _COMPARED))
        return self._order(visible(msgspec.structs.replace(self.part, configurations=configurations), self.actor))

    def _find_switched_off(self, name: str) -> ConfigurationEntry | None:
        """The configuration that ``name``, or what stands before its slash, means for the caller, but that is off."""
        part, actor = self.part, self.actor
        application = part.applications.get(actor.application_id) if actor.application_id else None
        wanted: list[str | None] = [name, name.partition("/")[0]]
        if name == DEFAULT:
            wanted += [application.default_configuration_id if application else None, part.default_configuration_id]
        for each in filter(None, wanted):
            by_id = part.configurations.get(each)
            for entry in (*([by_id] if by_id is not None else []), *self.directory.find_named(each)):
                if not entry.is_active and may_name(actor, entry):
                    return entry
        return None


class Resolver:
    """Resolves names, with one index kept for each caller until their workspace changes."""

    __slots__ = ("_directories", "_indexes")

    MAX_INDEXES = 10_000

    def __init__(self) -> None:
        self._directories: dict[str, Directory] = {}
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
                self._directories.clear()
            index = self._indexes[place] = Index(self._open_directory(part), actor)
        return index

    def _open_directory(self, part: WorkspacePart) -> Directory:
        directory = self._directories.get(part.id)
        if directory is None:
            directory = self._directories[part.id] = Directory(part)
        elif directory.part is not part:
            directory.follow(part)
        return directory

    def resolve(self, snapshot: Snapshot, actor: Actor, name: str) -> tuple[Candidate, ...]:
        """The candidates for ``name``, at least one; those of a route in the order of its list.

        Raises :class:`NotFound` (which names the nearest), :class:`Forbidden` when the key may not use the name, and
        :class:`Unavailable` for a route or a feature that nothing can serve now.
        """
        index = self.index(snapshot, actor)
        resolution = index.find(name)
        if resolution is None:
            raise NotFound(index.explain_missing(name), code="model_not_found")
        candidates = resolution.candidates
        if actor.models:
            candidates = resolution.narrow(actor.models, name)
            if candidates is None:
                raise Forbidden(f"This API key may only use {', '.join(actor.models)}.", code="model_not_allowed")
        if not candidates:
            raise Unavailable(resolution.trouble, code="nothing_serves_it")
        return candidates


def _is_set_up(resolution: Resolution | None) -> bool:
    """Whether a feature is worth naming: every workspace has some that nobody has given a key."""
    return resolution is not None and any(
        one.feature and (one.feature.target or one.entry.secrets) for one in resolution.candidates
    )
