"""Makes the price list out of what the library ``genai-prices`` has. The only place that loads it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any

from genai_prices import data_snapshot, types

from trunkline.control.prices.listed_model import Clause, ListedModel, ListedProvider
from trunkline.control.prices.listed_price import (
    BetweenTimes,
    DatedPrice,
    Figure,
    FromDay,
    ListedPrice,
    PriceVariant,
    TieredFigure,
    When,
)
from trunkline.control.prices.price_list import PriceList
from trunkline.control.prices.price_list_version import PRICE_LIST


@lru_cache(maxsize=1)
def make_price_list() -> PriceList:
    """The list of the version that is installed. It is data inside the package: nothing is fetched."""
    providers = data_snapshot.get_snapshot().providers
    return PriceList(PRICE_LIST, tuple(_make_provider(provider) for provider in providers))


def make_price(listed: types.ModelPrice) -> ListedPrice:
    """What of a price we count."""
    values = vars(listed)
    return ListedPrice(
        **{name: _figure(values[name]) for name in ListedPrice.__struct_fields__ if values.get(name) is not None}
    )


def _make_provider(provider: types.Provider) -> ListedProvider:
    return ListedProvider(
        id=provider.id,
        models=tuple(_make_model(model) for model in provider.models),
        names=None if provider.provider_match is None else _make_clause(provider.provider_match),
        fallbacks=tuple(provider.fallback_model_providers or ()),
    )


def _make_model(model: types.ModelInfo) -> ListedModel:
    return ListedModel(
        id=model.id,
        names=_make_clause(model.match),
        prices=_make_prices(model.prices),
        variants=tuple(
            PriceVariant(dict(variant.when), make_price(variant.prices), _make_when(variant.constraint))
            for variant in model.price_variants or ()
        ),
        name=model.name,
        description=model.description,
        context_window=model.context_window,
        deprecated=bool(model.deprecated),
    )


def _make_prices(listed: types.ModelPrice | Sequence[types.ConditionalPrice]) -> tuple[DatedPrice, ...]:
    if isinstance(listed, types.ModelPrice):
        return (DatedPrice(make_price(listed)),)
    return tuple(DatedPrice(make_price(one.prices), _make_when(one.constraint)) for one in listed)


def _make_when(constraint: types.StartDateConstraint | types.TimeOfDateConstraint | None) -> When | None:
    match constraint:
        case None:
            return None
        case types.StartDateConstraint():
            return FromDay(constraint.start_date)
        case types.TimeOfDateConstraint():
            return BetweenTimes(_utc(constraint.start_time), _utc(constraint.end_time))


def _utc(at: time) -> time:
    return at if at.tzinfo is None else datetime.combine(datetime(1970, 1, 2, tzinfo=UTC), at).astimezone(UTC).time()


def _figure(value: Decimal | types.TieredPrices) -> Figure:
    if isinstance(value, Decimal):
        return value
    return TieredFigure(value.base, [(tier.start, tier.price) for tier in value.tiers])


def _make_clause(clause: Any) -> Clause:
    match clause:
        case types.ClauseOr():
            return Clause("or", clauses=tuple(_make_clause(inner) for inner in clause.or_))
        case types.ClauseAnd():
            return Clause("and", clauses=tuple(_make_clause(inner) for inner in clause.and_))
        case types.ClauseRegex():
            return Clause("regex", clause.regex)
        case types.ClauseStartsWith():
            return Clause("starts_with", clause.starts_with.lower())
        case types.ClauseEndsWith():
            return Clause("ends_with", clause.ends_with.lower())
        case types.ClauseContains():
            return Clause("contains", clause.contains.lower())
        case types.ClauseEquals():
            return Clause("equals", clause.equals.lower())
        case _:
            raise ValueError(f"genai-prices has a rule that is not known here: {type(clause).__name__}")
