"""In which order the targets of a route are tried."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from random import Random
from typing import Final, NamedTuple

from trunkline.core.errors import UpstreamError
from trunkline.core.price_override import apply_overrides
from trunkline.core.strategy import Strategy
from trunkline.dialects.dialect import Headers
from trunkline.gateway.hold import Hold
from trunkline.gateway.prices import Prices
from trunkline.gateway.routing.breaker import Breakers
from trunkline.gateway.routing.candidate import Candidate
from trunkline.gateway.routing.load import Load
from trunkline.gateway.routing.rest import read_rest
from trunkline.gateway.routing.speed import Speeds
from trunkline.gateway.routing.tail_latency import TailLatencies
from trunkline.providers.provider import Provider


class Strategies:
    """Orders candidates by their route's strategy, and remembers how each did. One per process.

    ``clock`` is monotonic seconds, ``now`` those since the epoch, by which a workspace's own prices hold; ``random``
    gives weighted routes their chance.
    """

    __slots__ = (
        "_clock",
        "_load",
        "_now",
        "_prices",
        "_providers",
        "_random",
        "_speeds",
        "_tails",
        "_turns",
        "breakers",
    )

    MAX_TURNS: Final = 10_000

    def __init__(
        self,
        prices: Prices,
        providers: Mapping[str, Provider],
        clock: Callable[[], float],
        random: Random,
        breakers: Breakers | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._prices = prices
        self._providers = providers
        self._clock = clock
        self._random = random
        self._now = now
        self.breakers = breakers or Breakers(clock)
        self._speeds = Speeds(clock)
        self._load = Load()
        self._tails = TailLatencies()
        self._turns: dict[tuple[str, int], int] = {}

    def order(self, candidates: Sequence[Candidate], streams: bool) -> Sequence[Candidate]:
        """``candidates`` of one route (others stay as they are), best first: by priority, then by the strategy.

        Those that rest after failures are left out as long as others are there; when all rest, whoever is ready first
        comes first.
        """
        route = candidates[0].route
        if route is None or len(candidates) == 1:
            return candidates
        resting = {id(one): self.breakers.closed_at(one.entry) for one in candidates}
        ready = [one for one in candidates if not resting[id(one)]]
        if not ready:
            return sorted(candidates, key=lambda one: resting[id(one)])
        ready.sort(key=_priority)
        ordered: list[Candidate] = []
        for _, group in groupby(ready, key=_priority):
            ordered += TABLE[route.strategy].rank(self, list(group), streams)
        return ordered

    def take_back(self, candidates: Sequence[Candidate]) -> None:
        """What :meth:`order` gave is not used: whoever asks next gets the turns that were taken for it."""
        route = candidates[0].route
        for place in {(route.id, _priority(one)) for one in candidates} if route is not None else ():
            if self._turns.get(place, 0) > 0:
                self._turns[place] -= 1

    def enter(self, candidate: Candidate) -> bool:
        """Whether a call may go to ``candidate`` now; others are to be tried first when not."""
        return candidate.route is None or self.breakers.enter(candidate.entry)

    def rests(self, candidate: Candidate) -> bool:
        """Whether ``candidate`` is left alone now."""
        return self.breakers.closed_at(candidate.entry) > 0

    def succeeded(self, candidate: Candidate, streams: bool, seconds: float) -> None:
        """``candidate`` answered, or began to, after ``seconds``."""
        route = candidate.route
        if route is not None:
            self.breakers.succeeded(candidate.entry)
            if TABLE[route.strategy].measures:
                self._speeds.note(_place(candidate, streams), seconds)
            if route.hedging is not None and not streams:
                self._tails.note((candidate.entry.id, candidate.model), seconds)

    def hear(self, candidate: Candidate, headers: Headers) -> None:
        """What a good answer of ``candidate`` says of its provider's rate limits."""
        if candidate.route is not None:
            seconds = read_rest(headers)
            if seconds:
                self.breakers.pause(candidate.entry, seconds)

    def failed(self, candidate: Candidate, error: UpstreamError) -> None:
        """``candidate`` did not."""
        if candidate.route is not None:
            self.breakers.failed(candidate.entry, error)

    def occupy(self, candidate: Candidate, holds: dict[object, Hold]) -> None:
        """A call goes to ``candidate``, where its route asks how many are under way; ``holds`` end with the call."""
        if candidate.route is not None and TABLE[candidate.route.strategy].occupies:
            self._load.occupy(candidate, holds)

    def find_hedge_wait(self, candidate: Candidate) -> float | None:
        """After how many seconds a call to ``candidate`` is sent elsewhere besides; None: never."""
        hedging = candidate.route.hedging if candidate.route is not None else None
        if hedging is None:
            return None
        if hedging.after_ms is not None:
            return hedging.after_ms / 1000
        return self._tails.find((candidate.entry.id, candidate.model))

    def outrun(self, candidate: Candidate, seconds: float) -> None:
        """Another one was quicker, after ``seconds`` without an answer of ``candidate``."""
        self._tails.note((candidate.entry.id, candidate.model), seconds)

    def take_listed(self, group: list[Candidate], streams: bool) -> list[Candidate]:
        """As they are listed."""
        del streams
        return group

    def take_turns(self, group: list[Candidate], streams: bool) -> list[Candidate]:
        """Each is the first in turn."""
        del streams
        first = group[0]
        assert first.route is not None
        place = (first.route.id, _priority(first))
        turn = self._turns.get(place, 0)
        if turn == 0 and len(self._turns) >= self.MAX_TURNS:
            self._turns.clear()
        self._turns[place] = turn + 1
        turn %= len(group)
        return group[turn:] + group[:turn]

    def draw(self, group: list[Candidate], streams: bool) -> list[Candidate]:
        """By weight without replacement: Efraimidis and Spirakis, https://doi.org/10.1016/j.ipl.2005.11.003."""
        del streams

        def lot(one: Candidate) -> float:
            weight = one.target.weight if one.target is not None else 1
            # 1 - random() is never 0, whose root would be 0 for every weight.
            return (1.0 - self._random.random()) ** (1.0 / weight)

        return sorted(group, key=lot, reverse=True)

    def take_least_busy(self, group: list[Candidate], streams: bool) -> list[Candidate]:
        """By what is under way, and in turn where that is the same."""
        return sorted(self.take_turns(group, streams), key=self._load.count)

    def take_cheapest(self, group: list[Candidate], streams: bool) -> list[Candidate]:
        """By price, without a price last."""
        del streams
        return sorted(group, key=self._find_price)

    def take_fastest(self, group: list[Candidate], streams: bool) -> list[Candidate]:
        """By what was measured, the unknown first."""
        return sorted(group, key=lambda one: self._speeds.find(_place(one, streams)) or 0.0)

    def _find_price(self, one: Candidate) -> tuple[bool, int]:
        provider = self._providers.get(one.entry.provider)
        price = self._prices.find(provider, one.model) if provider is not None else None
        if provider is not None and one.part.prices:
            at = int(self._now() * 1_000_000)
            price = apply_overrides(price, one.part.prices, provider.id, one.model, at)
        return (True, 0) if price is None or not price.by_tokens else (False, price.input.base + price.output.base)


def _priority(one: Candidate) -> int:
    return one.target.priority if one.target is not None else 0


def _place(one: Candidate, streams: bool) -> tuple[str, str, bool]:
    return one.entry.id, one.model, streams


class Row(NamedTuple):
    """What a strategy is."""

    rank: Callable[[Strategies, list[Candidate], bool], list[Candidate]]
    """Candidates of one priority, best first, for a call that streams or does not."""
    measures: bool = False
    """Whether it goes by how long answers take."""
    occupies: bool = False
    """Whether it goes by how many calls are under way."""
    needs_traits: bool = False
    """Whether it must know which models can do what a call asks for: else it would choose some that cannot."""


TABLE: Final[dict[Strategy, Row]] = {
    "priority": Row(Strategies.take_listed),
    "weighted": Row(Strategies.draw),
    "round-robin": Row(Strategies.take_turns),
    "least-busy": Row(Strategies.take_least_busy, occupies=True),
    "cheapest": Row(Strategies.take_cheapest, needs_traits=True),
    "fastest": Row(Strategies.take_fastest, measures=True),
}
"""Every strategy. A new one is a name in :mod:`trunkline.core.strategy` and a row here."""
