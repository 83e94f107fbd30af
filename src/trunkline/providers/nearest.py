"""Which models somebody may have meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Final

_WORDS: Final = re.compile(r"[a-z]+|\d+(?:\.\d+)?")


def nearest(model: str, ids: Iterable[str], count: int = 3) -> tuple[str, ...]:
    """The ids most like ``model``: those of the same maker with the most words in common, else alike in spelling.

    A model that is gone is mostly followed by one of the same maker and family (``anthropic/claude-3.5-sonnet`` by
    ``anthropic/claude-sonnet-4.5``), which spelling alone tells badly.
    """
    lowered = model.lower()
    maker = lowered.partition("/")[0] if "/" in lowered else ""
    words = set(_WORDS.findall(lowered))
    scored: list[tuple[float, str]] = []
    for other in ids:
        name = other.lower()
        theirs = set(_WORDS.findall(name))
        shared = len(words & theirs) / max(1, len(words | theirs))
        spelling = difflib.SequenceMatcher(None, lowered, name).ratio()
        same_maker = bool(maker) and name.startswith(f"{maker}/")
        score = shared + spelling + (0.5 if same_maker else 0.0)
        if shared > 0 or spelling >= 0.5:
            scored.append((-score, other))
    return tuple(other for _, other in sorted(scored)[:count])
