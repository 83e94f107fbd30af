"""In which order the targets of a route are tried."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from random import Random
from typing import Protocol, assert_never

from trunkline.core.errors import UpstreamError
from trunkline.core.price import Price
from trunkline.core.strategy import Strategy
from trunkline.gateway.routing.breaker import Breakers
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.routing.speed import Speeds
from trunkline.providers.provider import Provider


class Prices(Protocol):
    """What models cost."""

    def find(self, provider: Provider, model: str) -> Price | None:
        """The price, or None when it is not known."""
        ...


class Strategies:
    """Orders candidates by their route's strategy, and remembers how each did. One per process.

    ``clock`` is monotonic seconds; ``random`` gives weighted routes their chance.
    """

    __slots__ = ("_breakers", "_clock", "_prices", "_providers", "_random", "_speeds")

    def __init__(
        self, prices: Prices, providers: Mapping[str, Provider], clock: Callable[[], float], random: Random
    ) -> None:
        self._prices = prices
        self._providers = providers
        self._clock = clock
        self._random = random
        self._breakers = Breakers(clock)
        self._speeds = Speeds(clock)

    def order(self, candidates: Sequence[Candidate], streams: bool) -> Sequence[Candidate]:
        """``candidates`` of one route (others stay as they are), best first: by priority, then by the strategy.

        Those that rest after failures are left out as long as others are there; when all rest, whoever is ready first
        comes first.
        """
        route = candidates[0].route
        if route is None or len(candidates) == 1:
            return candidates
        resting = {id(one): self._breakers.closed_at(one.entry) for one in candidates}
        ready = [one for one in candidates if not resting[id(one)]]
        if not ready:
            return sorted(candidates, key=lambda one: resting[id(one)])
        ready.sort(key=_priority)
        ordered: list[Candidate] = []
        for _, group in groupby(ready, key=_priority):
            ordered += self._rank(route.strategy, group, streams)
        return ordered

    def _rank(self, strategy: Strategy, group: Iterable[Candidate], streams: bool) -> Iterable[Candidate]:
        """Candidates of one priority, best first."""
        match strategy:
            case "priority":
                return group
            case "weighted":
                return self._draw(list(group))
            case "cheapest":
                return sorted(group, key=self._rank_price)
            case "fastest":
                return sorted(group, key=lambda one: self._speeds.find(_place(one, streams)) or 0.0)
            case _:
                assert_never(strategy)

    def enter(self, candidate: Candidate) -> bool:
        """Whether a call may go to ``candidate`` now; others are to be tried first when not."""
        return candidate.route is None or self._breakers.enter(candidate.entry)

    def rests(self, candidate: Candidate) -> bool:
        """Whether ``candidate`` is left alone now."""
        return self._breakers.closed_at(candidate.entry) > 0

    def succeeded(self, candidate: Candidate, streams: bool, seconds: float) -> None:
        """``candidate`` answered, or began to, after ``seconds``."""
        route = candidate.route
        if route is not None:
            self._breakers.succeeded(candidate.entry)
            if route.strategy == "fastest":
                self._speeds.note(_place(candidate, streams), seconds)

    def failed(self, candidate: Candidate, error: UpstreamError) -> None:
        """``candidate`` did not."""
        if candidate.route is not None:
            self._breakers.failed(candidate.entry, error)

    def _draw(self, group: list[Candidate]) -> list[Candidate]:
        """By weight without replacement: Efraimidis and Spirakis, https://doi.org/10.1016/j.ipl.2005.11.003."""

        def lot(one: Candidate) -> float:
            weight = one.target.weight if one.target is not None else 1
            # 1 - random() is never 0, whose root would be 0 for every weight.
            return (1.0 - self._random.random()) ** (1.0 / weight)

        return sorted(group, key=lot, reverse=True)

    def _rank_price(self, one: Candidate) -> tuple[bool, int]:
        provider = self._providers.get(one.entry.provider)
        price = self._prices.find(provider, one.model) if provider is not None else None
        return (True, 0) if price is None or not price.by_tokens else (False, price.input.base + price.output.base)


def _priority(one: Candidate) -> int:
    return one.target.priority if one.target is not None else 0


def _place(one: Candidate, streams: bool) -> tuple[str, str, bool]:
    return one.entry.id, one.model, streams
