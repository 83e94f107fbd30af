"""The most that a call beside chat can use: embeddings, pictures, speech, transcripts, moderation, ranking."""

from __future__ import annotations

import math
from typing import Final

import msgspec

from trunkline.core.chat import Usage
from trunkline.core.price import Price
from trunkline.gateway.budgets.demand import LEAST_OUTPUT, MARGIN, Demand
from trunkline.gateway.estimate import count_tokens, find_family
from trunkline.gateway.exchanges.embeddings import Embeddings
from trunkline.gateway.exchanges.operation import COMPLETIONS, EDITS, OperationCall
from trunkline.gateway.realtime.turn import Turn
from trunkline.gateway.routing.target import Target

PICTURE_TOKENS: Final = 8_192
"""Of one that is made: 6,240 are the most that OpenAI bills
(https://platform.openai.com/docs/guides/image-generation#calculating-costs)."""

_SEEN_TOKENS: Final = 16 * 1_600
"""Of the pictures that are to be changed: at most 16 (https://platform.openai.com/docs/api-reference/images)."""

_SPOKEN_TOKENS: Final = 4
"""Tokens of sound for a character, three times what speech has."""

_BYTES_PER_MS: Final = 1
"""Of the thinnest sound that anybody sends: 8 kbit/s."""

_DOCUMENTS: Final = 100
"""Documents that one search ranks (https://docs.cohere.com/docs/rerank-overview)."""


def count_embeddings(call: Embeddings, target: Target, model: str) -> Demand:
    """Its input, which is all that it costs."""
    given = call.count(find_family(model, target.provider.id))
    return Demand(usage=Usage(input=math.ceil(given * MARGIN) + LEAST_OUTPUT), models=call.content().models)


def count_operation(call: OperationCall, target: Target, model: str, price: Price | None) -> Demand:
    """What it is billed by, by its ``price``."""
    given = math.ceil(call.count(find_family(model, target.provider.id)) * MARGIN) + LEAST_OUTPUT
    content, demand = call.content(), Demand(usage=Usage(input=given))
    match call.operation:
        case "completions":
            return msgspec.structs.replace(
                demand,
                # https://platform.openai.com/docs/api-reference/completions/create#completions-create-max_tokens
                output=content.output_limit if content.output_limit is not None else LEAST_OUTPUT,
                answers=max(content.answers, call.body.number("best_of") or 1),
                bounded=call.kind is COMPLETIONS,
            )
        case "images":
            seen = _SEEN_TOKENS if call.kind is EDITS else 0
            made = PICTURE_TOKENS * content.images
            return _of(Usage(input=given + seen, output=made, images=content.images))
        case "speech":
            characters = call.body.characters("input")
            if price is not None and price.characters:
                return _of(Usage(characters=characters))
            spoken = _SPOKEN_TOKENS * characters + LEAST_OUTPUT
            return _of(Usage(input=given, output=spoken, audio_output=spoken))
        case "transcriptions":
            length = len(call.body.raw) // _BYTES_PER_MS
            if price is not None and price.per_hour:
                return _of(Usage(audio_ms=length))
            heard = length // 100
            return _of(Usage(input=given + heard, audio_input=heard, output=length // 200))
        case "rerank":
            documents = len(list(call.body.texts("documents")))
            return _of(Usage(input=given, searches=max(math.ceil(documents / _DOCUMENTS), 1)))
        case _:
            return demand


def count_turn(turn: Turn, target: Target, model: str) -> Demand:
    """A response of a realtime session: all that was said before is its input again, at the price of sound where any
    was heard."""
    family = find_family(model, target.provider.id)
    words = "\n".join(turn.texts)
    counted = math.ceil(count_tokens(family.vocabulary, words) * family.scale * MARGIN) if words else 0
    given = turn.context + counted + turn.sound_tokens + LEAST_OUTPUT
    return Demand(usage=Usage(input=given), output=turn.most_output, speaks=turn.speaks, hears=turn.hears)


def _of(usage: Usage) -> Demand:
    return Demand(usage=usage)
