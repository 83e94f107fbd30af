"""A model as the price list has it."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Literal

import msgspec

from trunkline.control.prices.listed_price import DatedPrice, ListedPrice, PriceVariant


class Clause(msgspec.Struct, frozen=True, array_like=True):
    """Which names are meant: by a ``text`` in lower case, or by ``clauses``."""

    kind: Literal["starts_with", "ends_with", "contains", "regex", "equals", "or", "and"]
    text: str = ""
    clauses: tuple[Clause, ...] = ()

    def matches(self, name: str) -> bool:
        """Whether ``name``, in lower case, is meant."""
        match self.kind:
            case "equals":
                return name == self.text
            case "starts_with":
                return name.startswith(self.text)
            case "ends_with":
                return name.endswith(self.text)
            case "contains":
                return self.text in name
            case "regex":
                return re.search(self.text, name) is not None
            case "or":
                return any(clause.matches(name) for clause in self.clauses)
            case "and":
                return all(clause.matches(name) for clause in self.clauses)


class ListedModel(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``prices`` are tried from the last to the first, which holds where no other does."""

    id: str
    names: Clause
    prices: tuple[DatedPrice, ...]
    variants: tuple[PriceVariant, ...] = ()
    name: str | None = None
    description: str | None = None
    context_window: int | None = None
    deprecated: bool = False

    def price(self, now: datetime) -> ListedPrice:
        """The usual price at ``now``, which has a time zone."""
        first, *later = self.prices
        for dated in reversed(later):
            if dated.when is None or dated.when.holds(now):
                return dated.price
        return first.price

    @property
    def only_price(self) -> ListedPrice | None:
        """The price, where there is one alone for all times."""
        return self.prices[0].price if len(self.prices) == 1 and self.prices[0].when is None else None


class ListedProvider(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A provider with its models; ``fallbacks`` are the providers whose models it serves too."""

    id: str
    models: tuple[ListedModel, ...]
    names: Clause | None = None
    fallbacks: tuple[str, ...] = ()

    def match(self, name: str) -> ListedModel | None:
        """Its own model of that name, in lower case."""
        return next((model for model in self.models if model.names.matches(name)), None)
