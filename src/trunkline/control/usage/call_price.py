"""The price that a call was reckoned with."""

from __future__ import annotations

import msgspec

from trunkline.control.prices.prices import PriceBook
from trunkline.core.chat import Usage
from trunkline.core.price import Price
from trunkline.core.terms import USUAL, settle_terms
from trunkline.providers.registry import PROVIDERS
from trunkline.storage.tables import UsageEventRow


class CallPrices:
    """Looks prices up again. A call keeps its cost and where its price came from, not the price itself."""

    def __init__(self, prices: PriceBook) -> None:
        self._prices = prices

    def find(self, row: UsageEventRow) -> Price | None:
        """The price of today, if it is the one that gives what the call cost; None where it is not, or not known."""
        provider = PROVIDERS.get(row.provider)
        if provider is None or row.cost_nanos is None or row.price_source is None:
            return None
        usage = msgspec.convert(row.usage, Usage)
        price = self._prices.find(provider, row.model, settle_terms(usage, USUAL))
        if price is None or price.source != row.price_source or price.cost(usage) != row.cost_nanos:
            return None
        return price
