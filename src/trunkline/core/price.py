"""What a call costs. Money is whole nano-dollars: 1 USD = 1,000,000,000."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, NamedTuple

import msgspec

from trunkline.core.chat import Usage

NANOS_PER_USD: Final = 1_000_000_000
_MILLION: Final = 1_000_000
_HOUR_MS: Final = 3_600_000

FEES: Final = frozenset({"webSearches", "mapSearches", "fileSearches", "codeRuns"})
"""What is billed by the call beside the tokens. Where only such a price is not known, the cost is the rest."""


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

    def times(self, factor: Decimal) -> Rate:
        """The same, dearer or cheaper; rounded half up."""
        return Rate(_scale(self.base, factor), tuple((start, _scale(rate, factor)) for start, rate in self.tiers))


class TextRates(NamedTuple):
    """What text costs that nobody else is billed for, however much there is: ``input`` and ``output`` are nano-dollars
    per million tokens; ``added`` is what is added to a call in millionths of a nano-dollar, with half of one to round
    by."""

    input: int
    output: int
    added: int


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """A model's price. A kind of token without a rate of its own pays the rate of the total that it is part of, but for
    sound, which costs many times what text does: without a rate it has no price, unless ``sound_as_text``.

    Amounts are nano-dollars: ``per_request``, ``per_image``, ``per_hour`` of sound that is listened to
    (``least_ms`` at least), ``characters``
    per million that are spoken, and the fees of searches and of containers to run code in, None where they are not
    known. ``per_preview_search`` is for searches by OpenAI's older tool, where those cost something else; with
    ``search_once`` all searches of an answer cost as much as one. ``unknown`` names the terms of the call that nobody
    knows a price for. ``source`` and ``as_of`` say where the figures come from.
    """

    input: Rate
    output: Rate
    cached: Rate | None = None
    cache_write: Rate | None = None
    cache_write_1h: Rate | None = None
    audio_input: Rate | None = None
    audio_output: Rate | None = None
    cached_audio: Rate | None = None
    image_input: Rate | None = None
    cached_image: Rate | None = None
    image_output: Rate | None = None
    reasoning: Rate | None = None
    sound_as_text: bool = False
    per_request: int = 0
    per_image: int = 0
    per_hour: int | None = None
    least_ms: int = 0
    characters: int | None = None
    per_search: int | None = None
    per_preview_search: int | None = None
    per_map_search: int | None = None
    per_file_search: int | None = None
    per_code_run: int | None = None
    search_once: bool = False
    unknown: tuple[str, ...] = ()
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
            self.image_output,
        )
        return not (self.per_request or self.per_image or self.per_hour or self.characters or self.per_search) and all(
            rate is None or not (rate.base or rate.tiers) for rate in rates
        )

    @property
    def by_tokens(self) -> bool:
        """Whether tokens are what is paid for, and not the length of a sound, characters or searches alone."""
        return bool(self.input.base or self.output.base or self.free)

    def times(self, factor: Decimal, *, cached: Decimal | None = None) -> Price:
        """All rates of tokens dearer or cheaper; ``cached`` is another factor for what is read from the cache."""
        own = factor if cached is None else cached
        return msgspec.structs.replace(
            self,
            **{
                name: rate.times(own if name.startswith("cached") else factor)
                for name in TOKEN_RATES
                if (rate := getattr(self, name)) is not None
            },
        )

    def lacks(self, usage: Usage) -> tuple[str, ...]:
        """What of ``usage`` nobody knows the price of, in the words of the API."""
        lacking = self.unknown
        if usage.audio_input and self.audio_input is None and not (self.sound_as_text or self._timed(usage)):
            lacking += ("audioInput",)
        if usage.audio_output and self.audio_output is None and not self.sound_as_text:
            lacking += ("audioOutput",)
        if usage.searches or usage.map_searches or usage.file_searches or usage.code_runs:
            fees = (
                ("webSearches", usage.searches, self.per_search),
                ("mapSearches", usage.map_searches, self.per_map_search),
                ("fileSearches", usage.file_searches, self.per_file_search),
                ("codeRuns", usage.code_runs, self.per_code_run),
            )
            lacking += tuple(name for name, count, fee in fees if count and fee is None)
        return lacking if lacking and (self.unknown or not self.free) else ()

    def cost(self, usage: Usage) -> int:
        """Nano-dollars for what of ``usage`` has a price, rounded half up once, at the end.

        The provider's own figure, when it gave one, is the truth and is taken as it is.
        """
        if usage.cost_nanos is not None:
            return usage.cost_nanos
        at = usage.input
        if not (usage.cached or usage.cache_write or usage.audio_input or usage.audio_output or usage.image_input):
            if self.image_output or self.reasoning:
                millionths = at * self.input.at(at) + self._output(usage, at)
            elif self.input.tiers or self.output.tiers:
                millionths = at * self.input.at(at) + usage.output * self.output.at(at)
            else:
                millionths = at * self.input.base + usage.output * self.output.base
            return (millionths + _MILLION // 2) // _MILLION + self._fees(usage)
        sound, heard = usage.audio_input, usage.cached_audio
        seen = usage.image_input if self.image_input is not None else 0
        pictured = min(usage.cached_image, seen)
        long_write = min(usage.cache_write_1h, usage.cache_write)
        text = max(usage.input - usage.cached - usage.cache_write - (sound - heard) - (seen - pictured), 0)
        by_sound = Rate(0) if self._timed(usage) else self.audio_input or self.input
        millionths = (
            text * self.input.at(at)
            + max(usage.cached - heard - pictured, 0) * (self.cached or self.input).at(at)
            + (usage.cache_write - long_write) * (self.cache_write or self.input).at(at)
            + long_write * (self.cache_write_1h or self.cache_write or self.input).at(at)
            + (sound - heard) * by_sound.at(at)
            + heard * (self.cached_audio or self.audio_input or self.cached or self.input).at(at)
            + (seen - pictured) * (self.image_input or self.input).at(at)
            + pictured * (self.cached_image or self.image_input or self.input).at(at)
            + self._output(usage, at)
        )
        return (millionths + _MILLION // 2) // _MILLION + self._fees(usage)

    def cost_text(self, given: int, made: int) -> int | None:
        """:meth:`cost` of a call that uses so many tokens of text and nothing else; None where that is not all there
        is to say."""
        if not self._is_text:
            return None
        read, written = self.input, self.output
        millionths = given * (read.at(given) if read.tiers else read.base)
        millionths += made * (written.at(given) if written.tiers else written.base)
        return (millionths + _MILLION // 2) // _MILLION + self.per_request

    def text_rates(self) -> TextRates | None:
        """What :meth:`cost_text` reckons with; None also where that depends on how much text there is."""
        if not self._is_text or self.input.tiers or self.output.tiers:
            return None
        return TextRates(self.input.base, self.output.base, _MILLION // 2 + self.per_request * _MILLION)

    @property
    def _is_text(self) -> bool:
        """Whether nothing else than text is billed where there is nothing else."""
        return self.reasoning is None and self.image_output is None and not self.unknown

    def _output(self, usage: Usage, at: int) -> int:
        """Millionths of nano-dollars for what was made."""
        if not (usage.audio_output or self.image_output or self.reasoning):
            return usage.output * self.output.at(at)
        drawn = 0
        if self.image_output is not None:
            # A picture is nearly all of an answer that does not tell its tokens apart.
            drawn = usage.image_output or (usage.output - usage.reasoning if usage.images else 0)
        thought = usage.reasoning if self.reasoning is not None else 0
        text = max(usage.output - usage.audio_output - drawn - thought, 0)
        return (
            text * self.output.at(at)
            + usage.audio_output * (self.audio_output or self.output).at(at)
            + drawn * (self.image_output or self.output).at(at)
            + thought * (self.reasoning or self.output).at(at)
        )

    def _fees(self, usage: Usage) -> int:
        fees = self.per_request + self.per_image * usage.images
        if usage.searches or usage.map_searches or usage.file_searches or usage.code_runs:
            fees += (min(usage.searches, 1) if self.search_once else usage.searches) * (self.per_search or 0)
            if self.per_preview_search is not None:
                fees += usage.preview_searches * (self.per_preview_search - (self.per_search or 0))
            fees += usage.map_searches * (self.per_map_search or 0)
            fees += usage.file_searches * (self.per_file_search or 0)
            fees += usage.code_runs * (self.per_code_run or 0)
        if usage.audio_ms and self.per_hour:
            fees += (max(usage.audio_ms, self.least_ms) * self.per_hour + _HOUR_MS // 2) // _HOUR_MS
        if usage.characters and self.characters:
            fees += (usage.characters * self.characters + _MILLION // 2) // _MILLION
        return fees

    def _timed(self, usage: Usage) -> bool:
        """Whether the sound is billed by its length, so that its tokens are not."""
        return bool(usage.audio_ms and self.per_hour)


TOKEN_RATES: Final = (
    "input",
    "output",
    "cached",
    "cache_write",
    "cache_write_1h",
    "audio_input",
    "audio_output",
    "cached_audio",
    "image_input",
    "cached_image",
    "image_output",
    "reasoning",
)
"""The fields of a price that are rates of tokens."""


def usd(nanos: int) -> float:
    """Dollars, for JSON answers. Exact to the nano-dollar up to about nine million dollars."""
    return float(Decimal(nanos) / NANOS_PER_USD)


def nanos(dollars: Decimal | str) -> int:
    """Whole nano-dollars of an amount, rounded half up."""
    return int((Decimal(dollars) * NANOS_PER_USD).to_integral_value(rounding="ROUND_HALF_UP"))


def _scale(amount: int, factor: Decimal) -> int:
    return int((amount * factor).to_integral_value(rounding="ROUND_HALF_UP"))
