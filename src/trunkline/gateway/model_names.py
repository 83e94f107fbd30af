"""What a caller may write as ``model``."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final, NamedTuple, TypeAlias

from trunkline.core.access import check
from trunkline.core.actor import Actor
from trunkline.core.model_traits import ModelTraits
from trunkline.gateway.routing.resolve import Index, Resolver
from trunkline.gateway.routing.target import Targets
from trunkline.gateway.snapshot import SnapshotHolder
from trunkline.gateway.target_selection import FindTraits

Listed: TypeAlias = tuple[str, str, int]
"""A name to write as ``model``, its provider, and when it was made (seconds since the epoch)."""

_LISTED_AT_ONCE: Final = 200
"""Names between which other calls get their turn."""


class Described(NamedTuple):
    """A name as it is listed, the model that serves it first, and what that can do, where it is known."""

    listed: Listed
    model: str
    traits: ModelTraits | None


class ModelNames:
    """The names of configurations, routes, features and models, for those whom they serve."""

    __slots__ = ("_holder", "_resolver", "_targets", "_traits")

    def __init__(
        self, holder: SnapshotHolder, resolver: Resolver, targets: Targets, traits: FindTraits | None = None
    ) -> None:
        """``traits`` tells what a model can do, where that is known."""
        self._traits = traits
        self._holder = holder
        self._resolver = resolver
        self._targets = targets

    async def list(self, actor: Actor) -> Sequence[Listed]:
        """What ``actor`` may write as ``model``."""
        check(actor, "models.list")
        index = self._resolver.index(self._holder.current, actor)
        listed: list[Listed] = []
        for number, name in enumerate(await index.names(), 1):
            if (found := self._show(index, actor, name)) is not None:
                listed.append(found)
            if number % _LISTED_AT_ONCE == 0:
                await asyncio.sleep(0)
        return listed

    def find(self, actor: Actor, name: str) -> Listed | None:
        """That one of :meth:`list`; None where it is none of them."""
        check(actor, "models.list")
        index = self._resolver.index(self._holder.current, actor)
        return self._show(index, actor, name) if index.lists(name) else None

    def require(self, actor: Actor, name: str) -> None:
        """Raises for a name that ``actor`` could not call, as a call would."""
        check(actor, "call")
        self._resolver.resolve(self._holder.current, actor, name)

    def leads(self, actor: Actor, name: str) -> bool:
        """Whether anything here has that name, listed or not."""
        return self._resolver.index(self._holder.current, actor).find(name) is not None

    def describe(self, actor: Actor, name: str) -> Described | None:
        """What is known of the model that ``name`` leads to first; None where it is none of those listed."""
        found = self.find(actor, name)
        if found is None:
            return None
        resolution = self._resolver.index(self._holder.current, actor).look_up(name)
        assert resolution is not None
        first = resolution.candidates[0]
        provider = self._targets.providers.get(first.entry.provider)
        traits = None if provider is None or self._traits is None else self._traits(provider, first.model)
        return Described(found, first.model, traits)

    def _show(self, index: Index, actor: Actor, name: str) -> Listed | None:
        # The index is that of all keys of its user; which models a key is for is the key's own.
        resolution = index.look_up(name)
        if (
            resolution is None
            or not resolution.candidates
            or (actor.models and resolution.narrow(actor.models, name) is None)
        ):
            return None
        # A feature that there is no key for is there to be set up, not to be called.
        if resolution.candidates[0].feature is not None and self._targets.lacks_key(resolution.candidates[0].entry):
            return None
        return name, resolution.provider, resolution.created_at // 1_000_000
