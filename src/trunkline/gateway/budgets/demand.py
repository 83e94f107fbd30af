"""The most that a call can use, and so cost, before it is made."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Final

import msgspec

from trunkline.core.budget import Budget
from trunkline.core.chat import Usage
from trunkline.core.errors import InvalidInput
from trunkline.core.price import FEES, Price
from trunkline.core.price_override import PriceOverride, apply_overrides
from trunkline.core.terms import USUAL, Terms, bind_terms, read_terms
from trunkline.dialects.passthrough import Peek
from trunkline.gateway.estimate import find_family, request_tokens
from trunkline.gateway.exchanges.chat import Chat
from trunkline.gateway.exchanges.content import read_chat
from trunkline.gateway.exchanges.responses import Responses
from trunkline.gateway.prices import Prices
from trunkline.gateway.routing.target import Target
from trunkline.providers.defaults import apply_defaults

LEAST_OUTPUT: Final = 16
"""Tokens of an answer, fewer than which are of no use. OpenAI's responses take no lower limit."""

MARGIN: Final = 1.1
"""Our own count is close, and not exact."""

_FORM: Final = 64
"""Tokens that formats add to a text at most, where nothing else is known of them."""

_MEDIA: Final = re.compile(
    rb'"(?:audio|document|file|fileData|file_data|image|image_url|images|inlineData|inline_data|input_audio|input_file'
    rb'|input_image|models|fallbacks)"'
)
"""Names in a body whose values cost something else than their length in bytes."""

_SPEAKS: Final = b'"audio"'
_MODELS: Final = b'"models"'
_FALLBACKS: Final = b'"fallbacks"'
_CACHED: Final = b'"cache_control"'
_LONG: Final = b'"1h"'


class Demand(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """``usage`` is what a call uses besides the text of its answers, of which each has ``output`` tokens at most.

    ``output`` None: nobody says, and the model's own limit is what there is. ``bounded``: it can be told to make less,
    down to ``least`` tokens. ``models`` are others that may serve it at the same provider.
    """

    usage: Usage
    output: int | None = 0
    answers: int = 1
    bounded: bool = False
    least: int = LEAST_OUTPUT
    models: tuple[str, ...] = ()
    terms: Terms = USUAL
    speaks: bool = False
    hears: bool = False
    caches: bool = False
    caches_long: bool = False
    deferred: bool = False

    def cost(self, price: Price, output: int) -> int | None:
        """Nano-dollars with ``output`` tokens in each answer; None where the price does not tell."""
        usage, made = self.usage, self.usage.output + output * self.answers
        usage = msgspec.structs.replace(
            usage,
            output=made,
            reasoning=made if price.reasoning is not None and price.reasoning.base > price.output.base else 0,
            image_output=made if price.image_output is not None else 0,
            audio_output=made if self.speaks else usage.audio_output,
            audio_input=usage.input if self.hears and price.audio_input is not None else usage.audio_input,
            cache_write=usage.input if self.caches else 0,
            cache_write_1h=usage.input if self.caches_long else 0,
        )
        if any(name not in FEES for name in price.lacks(usage)):
            return None
        return price.cost(usage)

    def afford(self, price: Price, money: int) -> int:
        """The most tokens of each answer for ``money`` nano-dollars."""
        nothing, many = self.cost(price, 0) or 0, self.cost(price, 1_000_000) or 0
        if many <= nothing:
            return self.output or 0
        tokens = max((money - nothing) * 1_000_000 // (many - nothing), 0)
        return tokens - 1 if tokens and (self.cost(price, tokens) or 0) > money else tokens


def find_price(
    demand: Demand, target: Target, model: str, prices: Prices, overrides: Sequence[PriceOverride], at: int
) -> Price | None:
    """The price of ``model``, which may not tell all that the call costs.

    ``overrides`` are the workspace's own prices, ``at`` is microseconds since the epoch.
    """
    price = prices.find(target.provider, model, demand.terms)
    return apply_overrides(price, overrides, target.provider.id, model, at, demand.terms)


def find_prices(
    demand: Demand,
    budget: Budget,
    target: Target,
    model: str,
    prices: Prices,
    overrides: Sequence[PriceOverride],
    at: int,
) -> list[Price] | None:
    """The prices of all that may serve the call; the budget's default one for what has none. None: nobody knows.

    ``overrides`` and ``at`` are as in :func:`find_price`.
    """
    found: list[Price] = []
    for name in (model, *demand.models):
        price = find_price(demand, target, name, prices, overrides, at)
        if price is None or demand.cost(price, 1) is None:
            price = None if budget.default_price is None else budget.default_price.as_price()
        if price is None:
            return None
        found.append(price)
    return found


class Glance:
    """What chats to ``target`` can use by their bytes alone, of which no token has less than one."""

    __slots__ = ("_added", "_output", "_target", "terms")

    def __init__(self, target: Target) -> None:
        prompt = target.defaults.system_prompt
        self._target = target
        self._added = (len(prompt.encode()) if prompt else 0) + _FORM
        self._output = target.defaults.sampling.max_tokens
        self.terms = _bind(USUAL, target)
        """Of a chat that asks for none."""

    def weigh(self, body: bytes, peek: Peek) -> tuple[int, int | None, int] | None:
        """The tokens of a chat whose messages are text, those of each of its answers (None: as many as the model makes)
        and how many these are, where nothing but the price of text on usual terms decides what it costs, as with most;
        else None."""
        if peek.terms is not USUAL or not (peek.only_text or _is_plain(body)):
            return None
        output, answers = peek.output_limit, peek.n
        return (
            len(body) + self._added,
            self._output if output is None else output,
            answers if answers and answers > 0 else 1,
        )

    def look(self, chat: Chat) -> Demand | None:
        """None where that tells too little of ``chat``."""
        peek, body = chat.peek, chat.body
        if peek is None or (type(chat) is not Chat and (chat.earlier or isinstance(chat, Responses))):
            return None
        if _MEDIA.search(body):
            return None
        caches = _CACHED in body
        return Demand(
            usage=Usage(input=len(body) + self._added),
            output=self._output if peek.output_limit is None else peek.output_limit,
            answers=max(peek.n or 1, 1),
            bounded=True,
            terms=self.terms if peek.terms is USUAL else _bind(peek.terms, self._target),
            caches=caches,
            caches_long=caches and _LONG in body,
        )


def _is_plain(body: bytes) -> bool:
    """Whether nothing is named in it that can cost something beside its texts."""
    # To look for these by ``in`` would make and drop an exception each time.
    find = body.find
    return find(_CACHED) < 0 and find(_SPEAKS) < 0 and find(_MODELS) < 0 and find(_FALLBACKS) < 0


def count_chat(chat: Chat, target: Target, model: str) -> Demand:
    """What a chat can use, by our own count of it."""
    try:
        request = apply_defaults(chat.read_request(), target.defaults)
    except InvalidInput:
        # Only its provider understands it; what is wrong in it is told by whoever writes it.
        given, output, answers, least, models = len(chat.body) + _FORM, None, 1, LEAST_OUTPUT, ()
        peek = chat.peek
        if peek is not None:
            output, answers = peek.output_limit, max(peek.n or 1, 1)
    else:
        whole = msgspec.structs.replace(request, messages=(*chat.earlier, *request.messages))
        given = math.ceil(request_tokens(whole, find_family(model, target.provider.id)) * MARGIN) + LEAST_OUTPUT
        output, answers = request.sampling.max_tokens, max(request.sampling.n or 1, 1)
        thinking = request.reasoning.budget_tokens if request.reasoning is not None else None
        least = max(LEAST_OUTPUT, (thinking or 0) + 1)
        models = read_chat(request, 0).models
    media, caches = _MEDIA.search(chat.body) is not None, _CACHED in chat.body
    return Demand(
        usage=Usage(input=given),
        output=output,
        answers=answers,
        bounded=True,
        least=least,
        models=models,
        terms=_bind(USUAL if chat.peek is None else chat.peek.terms, target),
        speaks=b'"modalities"' in chat.body and b'"audio"' in chat.body,
        hears=media and b"audio" in chat.body,
        caches=caches,
        caches_long=caches and _LONG in chat.body,
        deferred=isinstance(chat, Responses) and chat.asked.background,
    )


def _bind(asked: Terms, target: Target) -> Terms:
    """The terms of a call that asks for these."""
    if asked == USUAL:
        asked = read_terms(target.wire_defaults.get("service_tier", target.wire_defaults.get("serviceTier")))
    return bind_terms(asked, target.geo)
