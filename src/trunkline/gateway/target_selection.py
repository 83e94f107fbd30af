"""Which targets of a route one call may go to, before their order counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Final

from trunkline.core.errors import Forbidden, InvalidInput
from trunkline.core.model_traits import ModelTraits
from trunkline.core.policy import Content
from trunkline.core.route_conditions import find_unmet
from trunkline.gateway.gates.pending_call import PendingCall
from trunkline.gateway.routing.candidate import Candidate, is_kept
from trunkline.gateway.routing.resolve import Index
from trunkline.gateway.routing.strategy import TABLE, Strategies
from trunkline.gateway.snapshot import RouteEntry
from trunkline.providers.provider import Provider

NARROWING: Final = "x-trunkline-route"
"""The field of a request that names the targets which it leaves."""

LACKING: Final = b"x-trunkline-lacking"
"""The field of an answer that tells what no target can do, as far as is known: the best of them was asked all the same.
"""

FindTraits = Callable[[Provider, str], ModelTraits | None]
"""What is known of a provider's model; None: nothing."""


class RouteDoesNotFit(InvalidInput):
    """The call does not fulfil the conditions of the route."""


def narrow(candidates: Sequence[Candidate], names: Sequence[str], index: Index) -> tuple[Candidate, ...]:
    """The candidates of a route that ``names`` leave, by id or name; ``index`` is the caller's.

    Raises InvalidInput for a name that is no target which serves now, and where no route was called; Forbidden for a
    configuration of the caller's that the route does not lead to.
    """
    route = candidates[0].route
    if route is None:
        raise InvalidInput.of(NARROWING, "names targets of a route, and the model that was called is none.")
    for name in names:
        if any(name in (one.entry.id, one.entry.name) for one in candidates):
            continue
        if index.by_id(name) is not None or index.by_name(name) is not None:
            raise Forbidden(
                f"{NARROWING}: {name!r} is no target of the route {route.name!r}. A request may leave out targets,"
                " not add any: call that configuration by its own name.",
                code="not_a_target",
            )
        there = ", ".join(dict.fromkeys(repr(one.entry.name) for one in candidates))
        raise InvalidInput.of(
            NARROWING, f"{name!r} is no target of the route {route.name!r} that serves now. These are: {there}."
        )
    return tuple(one for one in candidates if one.entry.id in names or one.entry.name in names)


class TargetSelection:
    """Chooses among the targets of routes. ``clock`` is seconds since the epoch."""

    __slots__ = ("_clock", "_providers", "_strategies", "_traits")

    def __init__(
        self,
        strategies: Strategies,
        providers: Mapping[str, Provider],
        clock: Callable[[], float],
        traits: FindTraits | None,
    ) -> None:
        self._strategies = strategies
        self._providers = providers
        self._clock = clock
        self._traits = traits

    def select(
        self, call: PendingCall, route: RouteEntry, candidates: Sequence[Candidate], streams: bool
    ) -> Sequence[Candidate]:
        """Those of ``candidates`` that are for the call, the best first; last those that are kept for a failure.

        Raises InvalidInput where the call fulfils the conditions of none, and RouteDoesNotFit where it does not fulfil
        those of the route.
        """
        by_traits = TABLE[route.strategy].needs_traits and self._traits is not None
        if not (route.selective or by_traits):
            return self._strategies.order(candidates, streams)
        read = cache(call.exchange.content)
        kept: list[Candidate] = []
        if route.selective:
            candidates = self._find_fulfilled(call, route, candidates, read)
            kept = [one for one in candidates if is_kept(one)]
            candidates = [one for one in candidates if not is_kept(one)]
        if by_traits:
            candidates = self._find_able(call, candidates, read)
        return [*self._strategies.order(candidates, streams), *kept]

    def _find_fulfilled(
        self, call: PendingCall, route: RouteEntry, candidates: Sequence[Candidate], read: Callable[[], Content]
    ) -> Sequence[Candidate]:
        now, tags = self._clock(), call.context.tags
        if route.conditions is not None:
            unmet = [find_unmet(route.conditions, one.model, tags, now, read) for one in candidates]
            candidates = [one for one, each in zip(candidates, unmet, strict=True) if each is None]
            if all(map(is_kept, candidates)):
                named = ", ".join(dict.fromkeys(each for each in unmet if each is not None))
                raise RouteDoesNotFit.of(
                    "model",
                    f"The route {route.name!r} is not for this request, which does not fulfil its conditions ({named})."
                    " Change the request, or name another route or configuration.",
                    code="route_does_not_fit",
                )
        found: list[Candidate] = []
        for one in candidates:
            conditions = one.target.conditions if one.target is not None else None
            if conditions is None or find_unmet(conditions, one.model, tags, now, read) is None:
                found.append(one)
        if all(map(is_kept, found)):
            raise InvalidInput.of(
                "model",
                f"No target of the route {route.name!r} is for this request: it does not fulfil the conditions of any."
                " Change the request, or add a target without conditions to the route.",
                code="no_target_fits",
            )
        return found

    def _find_able(
        self, call: PendingCall, candidates: Sequence[Candidate], read: Callable[[], Content]
    ) -> Sequence[Candidate]:
        """Those of which nobody says that they cannot serve the call; all of them where that is said of all."""
        lacks = [self._find_lacks(one, read) for one in candidates]
        if all(lacks):
            words = {word for each in lacks for word in each}
            told = sorted({word for word in words if all(word in each for each in lacks)} or words)
            call.headers.append((LACKING, ", ".join(told).encode()))
            return candidates
        return [one for one, lacking in zip(candidates, lacks, strict=True) if not lacking]

    def _find_lacks(self, one: Candidate, read: Callable[[], Content]) -> tuple[str, ...]:
        provider = self._providers.get(one.entry.provider)
        traits = None if provider is None or self._traits is None else self._traits(provider, one.model)
        if traits is None:
            return ()
        content = read()
        return traits.find_lacks(content.needs, content.input_tokens, content.output_limit)
