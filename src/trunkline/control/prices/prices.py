"""Prices: what a model's tokens cost, from the list that comes with ``genai-prices`` and from providers' own lists.

https://github.com/pydantic/genai-prices
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from trunkline.control.prices.listed_model import ListedModel
from trunkline.control.prices.listed_name import list_names
from trunkline.control.prices.listed_price import Figure, ListedPrice, TieredFigure
from trunkline.control.prices.price_facts import add_facts, find_fixed
from trunkline.control.prices.price_list import PriceList
from trunkline.control.prices.price_list_version import PRICE_LIST
from trunkline.control.prices.price_terms import list_on_terms, put_on_terms, read_listed_terms
from trunkline.core.model_traits import Ability, ModelTraits
from trunkline.core.price import NANOS_PER_USD, Price, Rate
from trunkline.core.terms import USUAL, Terms
from trunkline.providers.output_limits import find_output_limit
from trunkline.providers.provider import Provider
from trunkline.providers.thinking_rules import find_rules

CAPACITY: Final = 4096
"""Models that a price book remembers; above it, it forgets them all and begins again."""

LOCAL: Final = Price(input=Rate(0), output=Rate(0), source="local")
"""Servers that people run themselves bill nobody per token."""

_ALSO: Final = {"azure-openai": ("azure",)}
"""Lists to look into besides: Azure serves other vendors' models too."""

_FREE: Final = Price(input=Rate(0), output=Rate(0), source="openrouter")
"""https://openrouter.ai/docs/guides/routing/model-variants/free"""

_ZERO: Final = Rate(0)

_UNKNOWN: Final = ModelTraits()
_NO_THINKING: Final[frozenset[Ability]] = frozenset({"reasoning"})


class PriceBook:
    """Finds the price of a model at a provider, as of now.

    A price that changes at a date or by the time of day (DeepSeek's off-peak hours) is read anew on every call, so that
    a long-running server bills by the clock. What the list holds and :class:`Price` cannot say (video or pages as
    input) is billed as plain tokens or not at all; a model that is sold by such units alone has no price here.
    """

    def __init__(self, listed: PriceList, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """``now`` has a time zone."""
        self._list = listed
        self._now = now
        self._found: dict[tuple[str, str], ListedModel | None] = {}
        self._converted: dict[tuple[int, str, str], tuple[ListedPrice, Price | None]] = {}
        self._lasting: dict[tuple[str, str], Price] = {}
        """Usual prices that the clock does not change."""
        self._own: dict[str, Mapping[str, Price]] = {}
        self._traits: dict[str, Mapping[str, ModelTraits]] = {}
        self._found_traits: dict[tuple[str, str], ModelTraits] = {}
        self._after_learning: list[Callable[[], None]] = []

    def find(self, provider: Provider, model: str, terms: Terms = USUAL) -> Price | None:
        """The price of ``model`` now, on ``terms``; None when nobody knows it.

        A server that people run themselves, and the demo, cost nothing (source ``local``). A price that the provider's
        own list gave (see :meth:`learn`) wins over the bundled one. A price whose terms are not known says so.
        """
        if terms is USUAL and (lasting := self._lasting.get((provider.id, model))) is not None:
            return lasting
        if provider.in_process or provider.start_hint is not None:
            return LOCAL
        own = self._own.get(provider.id)
        if own is not None and (price := own.get(model)) is not None:
            return (
                price if terms is USUAL or terms == USUAL else put_on_terms(provider.id, "", price, terms, frozenset())
            )
        if provider.prices == "openrouter" and model.endswith(":free"):
            return _FREE
        fixed = find_fixed(model) if provider.prices in {"cohere", "openai"} else None
        if fixed is not None:
            return fixed
        info = self._look_up(provider, model)
        if info is None:
            return None
        if terms == USUAL:
            price = self._convert(provider.id, info, model, info.price(self._now()))
            if price is not None and info.only_price is not None:
                if len(self._lasting) >= CAPACITY:
                    self._lasting.clear()
                self._lasting[provider.id, model] = price
            return price
        listed_terms = read_listed_terms(provider.id, info, terms)
        listed, found = list_on_terms(info, listed_terms, self._now())
        price = convert_price(listed)
        if price is None:
            return None
        return put_on_terms(provider.id, info.id, add_facts(provider.id, info.id, model, price), listed_terms, found)

    def context_window(self, provider: Provider, model: str) -> int | None:
        """How many tokens a model takes, input and output together; None where the list does not say."""
        info = self._look_up(provider, model)
        return None if info is None else info.context_window

    def traits(self, provider: Provider, model: str) -> ModelTraits:
        """What is known of a model by the provider's own list, this one, and what we know of older models."""
        key = (provider.id, model)
        found = self._found_traits.get(key)
        if found is None:
            if len(self._found_traits) >= CAPACITY:
                self._found_traits.clear()
            found = self._found_traits[key] = self._find_traits(provider, model)
        return found

    def _find_traits(self, provider: Provider, model: str) -> ModelTraits:
        learnt = self._traits.get(provider.id, {}).get(model, _UNKNOWN)
        thinks = find_rules(provider.id, model).asked
        return ModelTraits(
            lacks=learnt.lacks if thinks else learnt.lacks.union(_NO_THINKING),
            context_length=learnt.context_length or self.context_window(provider, model),
            max_output_tokens=learnt.max_output_tokens or find_output_limit(provider.id, model),
        )

    def learn_traits(self, provider_id: str, traits: Mapping[str, ModelTraits]) -> None:
        """Take what a provider's own list says of its models, by model id; it replaces what it said before."""
        self._traits[provider_id] = dict(traits)
        self._found_traits.clear()
        for action in self._after_learning:
            action()

    def learn(self, provider_id: str, prices: Mapping[str, Price]) -> None:
        """Take the prices of a provider's own list, by model id; they replace what it gave before."""
        self._own[provider_id] = dict(prices)
        self._lasting.clear()
        for action in self._after_learning:
            action()

    @property
    def learnt(self) -> Mapping[str, Mapping[str, Price]]:
        """What providers' own lists gave, by provider and model."""
        return self._own

    @property
    def learnt_traits(self) -> Mapping[str, Mapping[str, ModelTraits]]:
        """What providers' own lists said of their models, by provider and model."""
        return self._traits

    def after_learning(self, action: Callable[[], None]) -> None:
        """Call ``action`` whenever something was learnt."""
        self._after_learning.append(action)

    def models(self, provider: Provider) -> Iterable[ListedModel]:
        """What the bundled list knows of a provider's models, except those that it calls deprecated."""
        found = None if provider.prices is None else self._list.find_provider(provider.prices)
        return () if found is None else [model for model in found.models if not model.deprecated]

    def _look_up(self, provider: Provider, model: str) -> ListedModel | None:
        if provider.prices is None:
            return None
        key = (provider.prices, model)
        if key not in self._found:
            if len(self._found) >= CAPACITY:
                self._found.clear()
            lists = (provider.prices, *_ALSO.get(provider.id, ()))
            names = (self._list.find_model(one, name) for name in list_names(provider, model) for one in lists)
            self._found[key] = next((info for info in names if info is not None), None)
        return self._found[key]

    def _convert(self, provider_id: str, info: ListedModel, model: str, listed: ListedPrice) -> Price | None:
        # Keyed by identity, and the value keeps the key alive: the list's objects have no cheap hash.
        key = (id(listed), provider_id, model)
        entry = self._converted.get(key)
        if entry is None:
            if len(self._converted) >= CAPACITY:
                self._converted.clear()
            price = convert_price(listed)
            if price is not None:
                price = add_facts(provider_id, info.id, model, price)
            entry = self._converted[key] = (listed, price)
        return entry[1]


def convert_price(listed: ListedPrice) -> Price | None:
    """A listed price as ours; None when it has nothing that we count. Exact: rates are decimals with few places."""
    input_rate, output_rate = _rate(listed.input_mtok), _rate(listed.output_mtok)
    per_hour = _amount(listed.input_audio_hours or listed.audio_hours, 1)
    characters = _amount(listed.input_mchars, 1)
    if input_rate is None and output_rate is None and per_hour is None and characters is None:
        return None
    return Price(
        input=input_rate or _ZERO,
        output=output_rate or _ZERO,
        cached=_rate(listed.cache_read_mtok),
        cache_write=_rate(listed.cache_write_mtok),
        cache_write_1h=_rate(listed.cache_write_1h_mtok),
        audio_input=_rate(listed.input_audio_mtok),
        audio_output=_rate(listed.output_audio_mtok),
        cached_audio=_rate(listed.cache_audio_read_mtok),
        image_input=_rate(listed.input_image_mtok),
        cached_image=_rate(listed.cache_image_read_mtok),
        image_output=_rate(listed.output_image_mtok),
        reasoning=_rate(listed.output_reasoning_mtok),
        per_request=_amount(listed.requests_kcount, 1000) or 0,
        per_hour=per_hour,
        characters=characters,
        per_search=_amount(listed.web_searches_kcount, 1000),
        per_file_search=_amount(listed.storage_searches_kcount, 1000),
        source=PRICE_LIST,
    )


def _amount(listed: Figure | None, count: int) -> int | None:
    """Nano-dollars of one of ``count`` units."""
    return int(listed * NANOS_PER_USD / count) if isinstance(listed, Decimal) else None


def _rate(listed: Figure | None) -> Rate | None:
    if listed is None:
        return None
    if isinstance(listed, TieredFigure):
        return Rate(_nanos(listed.base), tuple((start, _nanos(price)) for start, price in listed.tiers))
    return Rate(_nanos(listed))


def _nanos(dollars_per_million: Decimal) -> int:
    return int((dollars_per_million * NANOS_PER_USD).to_integral_value(rounding="ROUND_HALF_UP"))
