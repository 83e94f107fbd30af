"""``generationConfig``: sampling, the form of the answer, thinking. https://ai.google.dev/api/generate-content#v1beta.GenerationConfig"""

from __future__ import annotations

from typing import Final, cast

import msgspec

from trunkline.core.chat import (
    AudioOptions,
    ChatRequest,
    Effort,
    JsonValue,
    ReasoningOptions,
    ResponseFormat,
    Sampling,
)
from trunkline.core.errors import InvalidInput
from trunkline.dialects.gemini.fields import Fields
from trunkline.dialects.gemini.schema import read_schema

_LEVELS: Final = {"MINIMAL": "minimal", "LOW": "low", "MEDIUM": "medium", "HIGH": "high", "XHIGH": "xhigh"}
_EFFORTS: Final = {level: name for name, level in _LEVELS.items()} | {"max": "XHIGH"}
_AUTOMATIC: Final = -1


class Generation(msgspec.Struct, frozen=True):
    """What a ``generationConfig`` says in neutral words; ``rest`` is what only Gemini knows."""

    sampling: Sampling = Sampling()
    response_format: ResponseFormat | None = None
    reasoning: ReasoningOptions | None = None
    modalities: tuple[str, ...] = ()
    audio: AudioOptions | None = None
    rest: dict[str, JsonValue] = {}


def read_generation(config: Fields) -> Generation:
    """Raises :class:`InvalidInput` for wrong types."""
    sampling = Sampling(
        max_tokens=config.whole("maxOutputTokens"),
        temperature=config.number("temperature"),
        top_p=config.number("topP"),
        top_k=config.whole("topK"),
        frequency_penalty=config.number("frequencyPenalty"),
        presence_penalty=config.number("presencePenalty"),
        seed=config.whole("seed"),
        stop=config.texts("stopSequences"),
        n=config.whole("candidateCount"),
        logprobs=config.flag("responseLogprobs"),
        top_logprobs=config.whole("logprobs"),
    )
    modalities = tuple(name.lower() for name in config.texts("responseModalities"))
    response_format = _read_format(config)
    reasoning = _read_thinking(config.fields("thinkingConfig"))
    speech = config.object("speechConfig")
    audio = _read_voice(speech)
    rest = dict(config.rest())
    if speech is not None and audio is None:
        rest["speechConfig"] = speech
    return Generation(sampling, response_format, reasoning, modalities, audio, rest)


def _read_format(config: Fields) -> ResponseFormat | None:
    if "responseMimeType" in config and config.rest()["responseMimeType"] not in ("application/json", "text/plain"):
        return None  # text/x.enum and what may come: kept whole, with its schema
    mime = config.text("responseMimeType")
    schema = config.object("responseJsonSchema")
    if schema is None:
        described = config.object("responseSchema")
        schema = None if described is None else read_schema(described)
    if schema is not None:
        return ResponseFormat("json_schema", schema=schema)
    if mime is None:
        return None
    return ResponseFormat("json" if mime == "application/json" else "text")


def _read_thinking(config: Fields | None) -> ReasoningOptions | None:
    if config is None:
        return None
    budget = config.whole("thinkingBudget")
    level = (config.text("thinkingLevel") or "THINKING_LEVEL_UNSPECIFIED").upper()
    if level not in _LEVELS and level != "THINKING_LEVEL_UNSPECIFIED":
        raise InvalidInput.of(config.at("thinkingLevel"), f"must be one of {', '.join(_LEVELS)}")
    return ReasoningOptions(
        enabled=None if budget is None or budget > 0 else budget == _AUTOMATIC,
        effort=cast("Effort | None", _LEVELS.get(level)),
        budget_tokens=budget if budget is not None and budget > 0 else None,
        include=config.flag("includeThoughts"),
    )


def _read_voice(speech: dict[str, JsonValue] | None) -> AudioOptions | None:
    if speech is None:
        return None
    config = Fields(speech, "generationConfig.speechConfig")
    voice = config.fields("voiceConfig")
    prebuilt = None if voice is None else voice.fields("prebuiltVoiceConfig")
    name = None if prebuilt is None else prebuilt.text("voiceName")
    return AudioOptions(voice=name) if name and not config.rest() else None


def write_generation(request: ChatRequest, rest: JsonValue, dropped: dict[str, None]) -> dict[str, JsonValue]:
    """A ``generationConfig``; empty when nothing was said. The seed is cut to the wire's 32 bits."""
    sampling = request.sampling
    said: dict[str, JsonValue] = {
        "maxOutputTokens": sampling.max_tokens,
        "temperature": sampling.temperature,
        "topP": sampling.top_p,
        "topK": sampling.top_k,
        "frequencyPenalty": sampling.frequency_penalty,
        "presencePenalty": sampling.presence_penalty,
        "seed": None if sampling.seed is None else _int32(sampling.seed),
        "stopSequences": list(sampling.stop) or None,
        "candidateCount": sampling.n,
        "responseLogprobs": sampling.logprobs,
        "logprobs": sampling.top_logprobs,
        "responseModalities": [name.upper() for name in request.modalities] or None,
    }
    for name in ("min_p", "repetition_penalty", "logit_bias"):
        if getattr(sampling, name) is not None:
            dropped[name] = None
    out: dict[str, JsonValue] = dict(rest) if isinstance(rest, dict) else {}
    out.update({name: value for name, value in said.items() if value is not None})
    if request.response_format is not None:
        _write_format(request.response_format, out, dropped)
    if request.reasoning is not None:
        thinking = _write_thinking(request.reasoning, dropped)
        if thinking:
            out["thinkingConfig"] = thinking
    if request.audio is not None:
        if request.audio.voice is not None:
            out["speechConfig"] = {"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": request.audio.voice}}}
        if request.audio.format is not None:
            dropped["audio.format"] = None
    return out


def _int32(seed: int) -> int:
    return (seed + 0x80000000) % 0x100000000 - 0x80000000


def _write_format(wanted: ResponseFormat, out: dict[str, JsonValue], dropped: dict[str, None]) -> None:
    out["responseMimeType"] = "text/plain" if wanted.kind == "text" else "application/json"
    if wanted.kind == "json_schema" and wanted.schema is not None:
        out["responseJsonSchema"] = wanted.schema
    if wanted.description is not None:
        dropped["response_format.description"] = None


def _write_thinking(options: ReasoningOptions, dropped: dict[str, None]) -> dict[str, JsonValue]:
    out: dict[str, JsonValue] = {}
    if options.include is not None:
        out["includeThoughts"] = options.include
    elif options.summary is not None:
        out["includeThoughts"] = True
    if options.enabled is False or options.effort == "none" or options.budget_tokens == 0:
        out["thinkingBudget"] = 0
    elif options.budget_tokens is not None:
        out["thinkingBudget"] = options.budget_tokens
        if options.effort is not None:
            dropped["reasoning.effort"] = None  # the API refuses both together
    elif options.effort is not None:
        out["thinkingLevel"] = _EFFORTS[options.effort]
    elif options.enabled:
        out["thinkingBudget"] = _AUTOMATIC
    return out
