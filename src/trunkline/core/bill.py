"""The bill of one call: what it costs, and what of it nobody knows the price of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from trunkline.core.chat import Usage
from trunkline.core.price import FEES, Price

Find = Callable[[str], Price | None]
"""The price of a model on the terms of the call."""


class Bill(msgspec.Struct, frozen=True, gc=False):
    """``cost_nanos`` is None where the price is not known; where only fees are not, it is the rest.

    ``missing`` names what is not in the cost, in the words of the API; it is empty too where the model itself is not
    known. ``source`` says where the figures come from.
    """

    cost_nanos: int | None = None
    missing: tuple[str, ...] = ()
    source: str | None = None


UNKNOWN: Final = Bill()


def find_price(find: Find, models: Iterable[str]) -> Price | None:
    """The price of the first of ``models`` that has one."""
    for model in models:
        if model and (price := find(model)) is not None:
            return price
    return None


def make_bill(find: Find, models: Iterable[str], usage: Usage, *, unmetered: str | None = None) -> Bill:
    """The bill for ``usage`` of the first of ``models`` that has a price.

    ``unmetered`` says what is billed that the tokens of ``usage`` do not tell (sound that was made, say): it has a
    price where it is sold by the hour or the character, and else none, rather than a wrong one.
    """
    price = None if usage.cost_nanos is not None else find_price(find, models)
    if price is None:
        return bill_whole(price, usage)
    if unmetered is not None and not price.free:
        sold = (
            (price.per_hour and usage.audio_ms)
            or (price.characters and usage.characters)
            or (price.per_search and usage.searches and not price.by_tokens)
        )
        return _add_up(price, [(price, usage)]) if sold else Bill(None, (unmetered,))
    if not usage.rounds:
        return bill_whole(price, usage)
    parts = [(find(one.model) if one.model else price, one) for one in usage.rounds]
    beside = msgspec.structs.replace(
        Usage(),
        searches=usage.searches,
        preview_searches=usage.preview_searches,
        map_searches=usage.map_searches,
        file_searches=usage.file_searches,
        code_runs=usage.code_runs,
    )
    return _add_up(price, [*parts, (price, beside)])


def bill_whole(price: Price | None, usage: Usage) -> Bill:
    """The bill for ``usage`` all of which is at this price, or is what the provider says that it costs."""
    if usage.cost_nanos is not None:
        return Bill(usage.cost_nanos, (), "provider")
    if price is None:
        return UNKNOWN
    given, made = usage.input, usage.output
    if usage == Usage(given, made) and (cost := price.cost_text(given, made)) is not None:
        # Nearly every one.
        return Bill(cost, (), price.source)
    return _add_up(price, [(price, usage)]) if price.lacks(usage) else Bill(price.cost(usage), (), price.source)


def _add_up(main: Price, parts: Iterable[tuple[Price | None, Usage]]) -> Bill:
    cost, missing = 0, dict[str, None]()
    for price, usage in parts:
        if price is None:
            missing["model"] = None
            continue
        missing.update(dict.fromkeys(price.lacks(usage)))
        cost += price.cost(usage)
    if any(name not in FEES for name in missing):
        return Bill(None, tuple(missing))
    return Bill(cost, tuple(missing), main.source)
