"""What tokens cost. Money is whole nano-dollars: 1 USD = 1,000,000,000."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import msgspec

from trunkline.core.chat import Usage

NANOS_PER_USD: Final = 1_000_000_000
_MILLION: Final = 1_000_000


class Rate(msgspec.Struct, frozen=True):
    """Nano-dollars per million tokens, and the rates that hold from a number of input tokens on.

    ``tiers`` are ``(input tokens from which it holds, rate)``, ascending. A call whose input passes a threshold pays
    that tier's rate for all its tokens, as the providers with such prices bill.
    """

    base: int
    tiers: tuple[tuple[int, int], ...] = ()

    def at(self, input_tokens: int) -> int:
        """The rate for a call with that many input tokens."""
        rate = self.base
        if not self.tiers:
            return rate
        for threshold, tier in self.tiers:
            if input_tokens > threshold:
                rate = tier
        return rate


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """A model's price. A kind of token without a rate of its own pays the rate of the total that it is part of.

    ``per_request`` and ``per_image`` are nano-dollars. ``source`` and ``as_of`` say where the figures come from.
    """

    input: Rate
    output: Rate
    cached: Rate | None = None
    cache_write: Rate | None = None
    cache_write_1h: Rate | None = None
    audio_input: Rate | None = None
    audio_output: Rate | None = None
    per_request: int = 0
    per_image: int = 0
    source: str = ""
    as_of: str | None = None

    @property
    def free(self) -> bool:
        """Whether nothing costs anything (a server that people run themselves)."""
        rates = (
            self.input,
            self.output,
            self.cached,
            self.cache_write,
            self.cache_write_1h,
            self.audio_input,
            self.audio_output,
        )
        return not (self.per_request or self.per_image) and all(
            rate is None or not (rate.base or rate.tiers) for rate in rates
        )

    def cost(self, usage: Usage) -> int:
        """Nano-dollars for ``usage``, rounded half up once, at the end.

        The provider's own figure, when it gave one, is the truth and is taken as it is.
        """
        if usage.cost_nanos is not None:
            return usage.cost_nanos
        at = usage.input
        if not (usage.cached or usage.cache_write or usage.audio_input or usage.audio_output):
            millionths = at * self.input.at(at) + usage.output * self.output.at(at)
            return (millionths + _MILLION // 2) // _MILLION + self.per_request + self.per_image * usage.images
        long_write = min(usage.cache_write_1h, usage.cache_write)
        plain_input = max(usage.input - usage.cached - usage.cache_write - usage.audio_input, 0)
        plain_output = max(usage.output - usage.audio_output, 0)
        millionths = (
            plain_input * self.input.at(at)
            + usage.cached * (self.cached or self.input).at(at)
            + (usage.cache_write - long_write) * (self.cache_write or self.input).at(at)
            + long_write * (self.cache_write_1h or self.cache_write or self.input).at(at)
            + usage.audio_input * (self.audio_input or self.input).at(at)
            + plain_output * self.output.at(at)
            + usage.audio_output * (self.audio_output or self.output).at(at)
        )
        return (millionths + _MILLION // 2) // _MILLION + self.per_request + self.per_image * usage.images


def usd(nanos: int) -> float:
    """Dollars, for JSON answers. Exact to the nano-dollar up to about nine million dollars."""
    return float(Decimal(nanos) / NANOS_PER_USD)


def nanos(dollars: Decimal | str) -> int:
    """Whole nano-dollars of an amount, rounded half up."""
    return int((Decimal(dollars) * NANOS_PER_USD).to_integral_value(rounding="ROUND_HALF_UP"))
