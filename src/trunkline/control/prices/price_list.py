"""The price list: what is in ``genai-prices``, without the library, which no process needs that serves calls.

The rules by which a model is found are the library's: https://github.com/pydantic/genai-prices.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

import msgspec

from trunkline.control.prices.listed_model import ListedModel, ListedProvider

_COMPACT_DATE: Final = re.compile(r"(?<=-)(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=-|:|$)")


class PriceList(msgspec.Struct, frozen=True):
    """``source`` says which version it is."""

    source: str
    providers: tuple[ListedProvider, ...]

    def find_provider(self, name: str) -> ListedProvider | None:
        """By id, else by a name that the list knows it under."""
        wanted = name.lower().strip()
        for provider in self.providers:
            if provider.id == wanted:
                return provider
        named = (one for one in self.providers if one.names is not None and one.names.matches(wanted))
        return next(named, None)

    def find_model(self, provider: str, model: str) -> ListedModel | None:
        """A provider's model, also one that it serves of another provider."""
        found = self.find_provider(provider)
        if found is None:
            return None
        name = model.lower()
        dashed = _COMPACT_DATE.sub(_with_dashes, name)
        return self._match(found, name) or (self._match(found, dashed) if dashed != name else None)

    def _match(self, provider: ListedProvider, name: str) -> ListedModel | None:
        model = provider.match(name)
        if model is not None:
            return model
        for other in self.providers_of(provider.fallbacks):
            model = other.match(name)
            if model is not None:
                return model
        return None

    def providers_of(self, ids: tuple[str, ...]) -> list[ListedProvider]:
        """The providers of these ids that are in the list, in the order of the ids."""
        known = {provider.id: provider for provider in self.providers} if ids else {}
        return [known[one] for one in ids if one in known]


def _with_dashes(found: re.Match[str]) -> str:
    year, month, day = found.groups()
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return found[0]
