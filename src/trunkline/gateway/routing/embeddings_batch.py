"""What several embeddings calls come to as one, and each one's share of the answer: on the wires that take lists.

- OpenAI: https://platform.openai.com/docs/api-reference/embeddings/create
- Gemini: https://ai.google.dev/api/embeddings#method:-models.batchembedcontents
- Ollama: https://docs.ollama.com/api#generate-embeddings
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, cast

import msgspec

Fields = dict[str, Any]


class _Form(NamedTuple):
    """Where a wire has its inputs and its vectors, and the figures of usage that are divided."""

    path: str
    inputs: str
    vectors: str
    usage: str
    figures: tuple[str, ...]


_FORMS: Final = (
    _Form("/embeddings", "input", "data", "usage", ("prompt_tokens", "total_tokens")),
    _Form(":batchEmbedContents", "requests", "embeddings", "usageMetadata", ("promptTokenCount", "totalTokenCount")),
    _Form("/api/embed", "input", "embeddings", "", ("prompt_eval_count",)),
)

_encoder: Final = msgspec.json.Encoder(order="deterministic")


class EmbeddingsBatch(NamedTuple):
    """One call: ``rest`` is all of its body but the inputs."""

    form: str
    rest: bytes
    inputs: list[Any]


def read_batch(target: str, body: bytes) -> EmbeddingsBatch | None:
    """What a call to ``target`` asks for; None where that is no list of inputs that could stand beside others."""
    path = target.partition("?")[0]
    form = next((one for one in _FORMS if path.endswith(one.path)), None)
    if form is None:
        return None
    try:
        fields = msgspec.json.decode(body, type=Fields)
    except msgspec.DecodeError:
        return None
    inputs: Any = fields.pop(form.inputs, None)
    if isinstance(inputs, str) or (isinstance(inputs, list) and inputs and isinstance(inputs[0], int)):
        # One text, or one that is cut into tokens.
        inputs = [inputs]
    if not isinstance(inputs, list) or not inputs:
        return None
    return EmbeddingsBatch(form.path, _encoder.encode(fields), cast("list[Any]", inputs))


def write_merged(batches: Sequence[EmbeddingsBatch]) -> bytes:
    """The body of one call for the inputs of all, which differ in nothing else."""
    form = _find(batches[0])
    fields = msgspec.json.decode(batches[0].rest, type=Fields)
    return msgspec.json.encode({**fields, form.inputs: [one for batch in batches for one in batch.inputs]})


def split_answer(batches: Sequence[EmbeddingsBatch], body: bytes, weigh: Callable[[object], int]) -> list[bytes] | None:
    """Each one's share of an answer to all, with its part of the usage by the weight of its inputs.

    The parts come to exactly the whole. None where the answer has not one vector for each input.
    """
    form = _find(batches[0])
    try:
        whole = msgspec.json.decode(body, type=Fields)
    except msgspec.DecodeError:
        return None
    vectors: Any = whole.get(form.vectors)
    if not isinstance(vectors, list):
        return None
    vectors = cast("list[Any]", vectors)
    if len(vectors) != sum(len(batch.inputs) for batch in batches):
        return None
    if form.vectors == "data":
        if any(not isinstance(one, dict) for one in vectors):
            return None
        vectors = sorted(vectors, key=lambda one: one.get("index", 0))
    weights = [sum(weigh(one) for one in batch.inputs) for batch in batches]
    told: Any = whole.get(form.usage) if form.usage else whole
    usage = cast("Fields", told) if isinstance(told, dict) else {}
    parts = {
        name: divide(value, weights)
        for name in form.figures
        if isinstance(value := usage.get(name), int) and not isinstance(value, bool)
    }
    shares: list[bytes] = []
    at = 0
    for place, batch in enumerate(batches):
        own = vectors[at : at + len(batch.inputs)]
        at += len(batch.inputs)
        if form.vectors == "data":
            own = [{**one, "index": number} for number, one in enumerate(own)]
        figures = {name: part[place] for name, part in parts.items()}
        share = {**whole, form.vectors: own}
        if form.usage and usage:
            share[form.usage] = {**usage, **figures}
        elif not form.usage:
            share |= figures
        shares.append(msgspec.json.encode(share))
    return shares


def divide(total: int, weights: Sequence[int]) -> list[int]:
    """``total`` in whole parts by ``weights`` (largest remainder): together exactly ``total``."""
    every = sum(weights)
    parts = [total * weight // every for weight in weights]
    missing = total - sum(parts)
    by_remainder = sorted(range(len(weights)), key=lambda place: -(total * weights[place] % every))
    for place in by_remainder[:missing]:
        parts[place] += 1
    return parts


def _find(batch: EmbeddingsBatch) -> _Form:
    return next(one for one in _FORMS if one.path == batch.form)
