"""Who knows what models cost."""

from __future__ import annotations

from typing import Protocol

from trunkline.core.price import Price
from trunkline.core.terms import USUAL, Terms
from trunkline.providers.provider import Provider


class Prices(Protocol):
    """What models cost."""

    def find(self, provider: Provider, model: str, terms: Terms = USUAL) -> Price | None:
        """The price on these terms, or None when the model is not known."""
        ...
