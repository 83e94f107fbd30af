"""What a caller may write as ``model``."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final, TypeAlias

from trunkline.core.access import check
from trunkline.core.actor import Actor
from trunkline.gateway.routing.resolve import Index, Resolver
from trunkline.gateway.routing.target import Targets
from trunkline.gateway.snapshot import SnapshotHolder

Listed: TypeAlias = tuple[str, str, int]
"""A name to write as ``model``, its provider, and when it was made (seconds since the epoch)."""

_LISTED_AT_ONCE: Final = 200
"""Names between which other calls get their turn."""


class ModelNames:
    """The names of configurations, routes, features and models, for those whom they serve."""

    __slots__ = ("_holder", "_resolver", "_targets")

    def __init__(self, holder: SnapshotHolder, resolver: Resolver, targets: Targets) -> None:
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
