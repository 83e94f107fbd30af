"""The ``generationConfig`` of a request that passes: filled and fitted, while what is not looked at stays bytes."""

from __future__ import annotations

from typing import Final, TypeAlias

import msgspec

from trunkline.core.chat import ChatRequest, JsonValue, ReasoningOptions, Sampling
from trunkline.core.errors import InvalidInput
from trunkline.dialects.gemini.fields import Fields, camel
from trunkline.dialects.gemini.generation import read_generation, write_generation
from trunkline.dialects.passthrough import Adapt
from trunkline.dialects.raw_json import ABSENT, decode, is_said

Members: TypeAlias = dict[str, msgspec.Raw]

_SAMPLED: Final = {
    "temperature": "temperature",
    "topP": "top_p",
    "topK": "top_k",
    "frequencyPenalty": "frequency_penalty",
    "presencePenalty": "presence_penalty",
    "seed": "seed",
    "responseLogprobs": "logprobs",
    "logprobs": "top_logprobs",
}
"""Members of the wire, and what the neutral form calls them."""

_READ: Final = {*_SAMPLED, "thinkingConfig"}
_NOTHING: Final = Sampling()


def fill(config: Members, defaults: JsonValue) -> None:
    """Sets the members that the caller left open. Who says anything of thinking has said all of it."""
    if isinstance(defaults, dict):
        for name, value in defaults.items():
            if not is_said(config.get(name, ABSENT)):
                config[name] = raw(value)


def fit(config: Members, *, model: str, output_limit: int | None, adapt: Adapt | None) -> set[str]:
    """Fits the members to the model; the names of what was left out.

    What is not of the wire's form is left as it is, for Google to judge. Raises InvalidInput for what the model cannot
    do.
    """
    dropped: set[str] = set()
    if output_limit is not None:
        limit = decode(config.get("maxOutputTokens", ABSENT))
        if limit is None or (isinstance(limit, int | float) and limit > output_limit):
            config["maxOutputTokens"] = raw(output_limit)
    before = None if adapt is None else _read(config, model)
    if before is None or adapt is None:
        return dropped
    after, lost = adapt(before)
    dropped.update(lost)
    for name, neutral in _SAMPLED.items():
        if getattr(after.sampling, neutral) is None:
            config.pop(name, None)
    if after.reasoning != before.reasoning:
        written = _write(after.reasoning, dropped)
        if written is None:
            config.pop("thinkingConfig", None)
        else:
            config["thinkingConfig"] = raw(written)
    return dropped


def normalize(members: Members) -> Members:
    """The same with every name in camelCase; Google takes names in snake_case as well."""
    return {camel(name): value for name, value in members.items()}


def raw(value: object) -> msgspec.Raw:
    """``value`` as the bytes of its JSON."""
    return msgspec.Raw(msgspec.json.encode(value))


def _read(config: Members, model: str) -> ChatRequest | None:
    """What a model may want otherwise, in the neutral form; None where there is nothing, or nothing readable."""
    said = {name: decode(config[name]) for name in _READ if name in config}
    if not said:
        return None
    try:
        read = read_generation(Fields(said))
    except InvalidInput:
        return None
    if read.reasoning is None and read.sampling == _NOTHING:
        return None
    return ChatRequest(model=model, messages=(), sampling=read.sampling, reasoning=read.reasoning)


def _write(reasoning: ReasoningOptions | None, dropped: set[str]) -> JsonValue:
    lost: dict[str, None] = {}
    written = write_generation(ChatRequest(model="", messages=(), reasoning=reasoning), None, lost)
    dropped.update(lost)
    return written.get("thinkingConfig")
