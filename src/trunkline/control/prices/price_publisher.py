"""Prices and abilities of models that providers' own lists give, told to the workers of this machine by the process
that reads those lists.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

import msgspec

from trunkline.control.prices.prices import PriceBook
from trunkline.control.processes.link import Handler, Link
from trunkline.core.model_traits import ModelTraits
from trunkline.core.price import Price

PRICES: Final = "prices"
TRAITS: Final = "traits"

_lists: Final = msgspec.msgpack.Decoder(dict[str, dict[str, Price]])
_traits: Final = msgspec.msgpack.Decoder(dict[str, dict[str, ModelTraits]])


class PricePublisher:
    """Tells everybody who joined what ``prices`` has learnt, now and whenever it learns more."""

    def __init__(self, prices: PriceBook) -> None:
        self._prices = prices
        self._links: set[Link] = set()
        prices.after_learning(self._publish)

    def join(self, link: Link) -> None:
        """Tell it, from now on."""
        self._links.add(link)
        self._tell(link)

    def _publish(self) -> None:
        for link in list(self._links):
            self._tell(link)

    def _tell(self, link: Link) -> None:
        def hear(told: asyncio.Future[bytes]) -> None:
            if told.exception() is not None:
                self._links.discard(link)

        link.ask(PRICES, msgspec.msgpack.encode(self._prices.learnt)).add_done_callback(hear)
        link.ask(TRAITS, msgspec.msgpack.encode(self._prices.learnt_traits)).add_done_callback(hear)


def follow_prices(prices: PriceBook) -> Mapping[str, Handler]:
    """What a worker does with them."""

    async def take(_link: Link, payload: bytes) -> bytes:
        for provider_id, listed in _lists.decode(payload).items():
            prices.learn(provider_id, listed)
        return b""

    async def take_traits(_link: Link, payload: bytes) -> bytes:
        for provider_id, listed in _traits.decode(payload).items():
            prices.learn_traits(provider_id, listed)
        return b""

    return {PRICES: take, TRAITS: take_traits}
