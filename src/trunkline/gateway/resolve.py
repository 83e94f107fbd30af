"""From the name that a caller wrote as ``model`` to the configuration that serves it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from operator import attrgetter

import msgspec

from trunkline.core.access import may_see
from trunkline.core.actor import Actor
from trunkline.core.errors import Forbidden, NotFound
from trunkline.gateway.snapshot import ConfigurationEntry, Snapshot, WorkspacePart

DEFAULT = "default"


class Candidate(msgspec.Struct, frozen=True):
    """A configuration and the model that it is asked for."""

    entry: ConfigurationEntry
    model: str
    part: WorkspacePart


def visible(part: WorkspacePart, actor: Actor) -> list[ConfigurationEntry]:
    """The active configurations that exist for ``actor``, best first.

    The application's own, then the caller's, then shared ones; of equals the oldest.
    """
    seen = [
        entry
        for entry in part.configurations.values()
        if entry.is_active
        and may_see(
            actor,
            owner_id=entry.owner_id,
            workspace_id=entry.workspace_id,
            shared=entry.shared,
            application_id=entry.application_id,
        )
    ]
    seen.sort(key=attrgetter("created_at"))

    def rank(entry: ConfigurationEntry) -> int:
        if actor.application_id is not None and entry.application_id == actor.application_id:
            return 0
        return 1 if entry.owner_id == actor.user_id else 2

    seen.sort(key=rank)
    return seen


class Index:
    """What one caller can name in one state of a workspace; built once for each such pair."""

    __slots__ = ("by_id", "by_model", "by_name", "by_provider", "default", "part")

    def __init__(self, part: WorkspacePart, actor: Actor) -> None:
        self.part = part
        self.by_id: dict[str, ConfigurationEntry] = {}
        self.by_name: dict[str, ConfigurationEntry] = {}
        self.by_model: dict[str, ConfigurationEntry] = {}
        self.by_provider: dict[str, ConfigurationEntry] = {}
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

    def find(self, name: str) -> tuple[ConfigurationEntry, str] | None:
        """The configuration and model for ``name``, in the order that the guide gives; None when nothing matches."""
        entry = self.by_id.get(name) or self.by_name.get(name)
        if entry is None and name == DEFAULT:
            entry = self.default
        if entry is not None:
            return (entry, entry.model) if entry.model is not None else None
        head, slash, model = name.partition("/")
        if slash and model:
            entry = self.by_name.get(head) or self.by_provider.get(head.lower())
            if entry is not None:
                return entry, model
        entry = self.by_model.get(name)
        return (entry, name) if entry is not None else None

    def names(self) -> list[str]:
        """Everything that may be written as ``model``, best first."""
        named = [entry.name for entry in self.by_name.values() if entry.model is not None]
        default = [DEFAULT] if self.default is not None else []
        return list(dict.fromkeys([*named, *default, *self.by_model]))


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
        """The candidates for ``name``, in the order in which to try them.

        Raises :class:`NotFound` (which names the nearest) and :class:`Forbidden` when the key may not use the name.
        """
        index = self.index(snapshot, actor)
        found = index.find(name)
        if found is None:
            raise NotFound(_not_found(index, name), code="model_not_found")
        entry, model = found
        if actor.models and not {name, entry.name, entry.id, model}.intersection(actor.models):
            raise Forbidden(f"This API key may only use {', '.join(actor.models)}.", code="model_not_allowed")
        return (Candidate(entry, model, index.part),)


def _not_found(index: Index, name: str) -> str:
    if name in index.by_name:
        return f"The configuration {name!r} has no model of its own: write '{name}/<model>'."
    names = index.names()
    if not names:
        return f"There is no model {name!r}: no active configuration is visible to this key. Make one first."
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.4) or names[:3]
    return f"There is no model or configuration {name!r} here. Nearest: {', '.join(near)}."
