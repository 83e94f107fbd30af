"""Log probabilities of tokens. https://ai.google.dev/api/generate-content#LogprobsResult"""

from __future__ import annotations

from collections.abc import Sequence

from trunkline.core.chat import JsonValue, LogProb
from trunkline.dialects.gemini.wire import LogprobsResult, TokenChance


def read_logprobs(wire: LogprobsResult) -> tuple[LogProb, ...]:
    """One per token of the answer, with its rivals where they were asked for."""
    rivals = [tuple(map(_read, place.candidates or ())) for place in wire.top_candidates or ()]
    found: list[LogProb] = []
    for index, chosen in enumerate(wire.chosen_candidates or ()):
        token = _read(chosen)
        found.append(LogProb(token.token, token.logprob, top=rivals[index] if index < len(rivals) else ()))
    return tuple(found)


def _read(chance: TokenChance) -> LogProb:
    return LogProb(chance.token or "", chance.log_probability or 0.0)


def write_logprobs(logprobs: Sequence[LogProb]) -> dict[str, JsonValue]:
    """``logprobsResult``."""
    out: dict[str, JsonValue] = {"chosenCandidates": [_write(chosen) for chosen in logprobs]}
    if any(chosen.top for chosen in logprobs):
        out["topCandidates"] = [{"candidates": [_write(rival) for rival in chosen.top]} for chosen in logprobs]
    return out


def _write(logprob: LogProb) -> JsonValue:
    return {"token": logprob.token, "logProbability": logprob.logprob}
