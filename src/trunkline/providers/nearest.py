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
    rough: list[tuple[float, float, str, str]] = []
    for other in ids:
        name = other.lower()
        theirs = set(_WORDS.findall(name))
        shared = len(words & theirs) / max(1, len(words | theirs))
        same_maker = bool(maker) and name.startswith(f"{maker}/")
        rough.append((shared + (0.5 if same_maker else 0.0), shared, name, other))
    # Spelling costs most: of a list of thousands it is looked at only where it can still change the answer.
    rough.sort(key=lambda each: -each[0])
    spelling = difflib.SequenceMatcher(None, "", lowered)
    best: list[tuple[float, str]] = []
    for score, shared, name, other in rough:
        least = -best[-1][0] if len(best) == count else 0.0
        if score + 1 < least:
            break
        spelling.set_seq1(name)
        wanted = max(least - score, 0.0 if shared > 0 else 0.5)
        if spelling.real_quick_ratio() < wanted or spelling.quick_ratio() < wanted:
            continue
        alike = spelling.ratio()
        if shared > 0 or alike >= 0.5:
            best = sorted([*best, (-(score + alike), other)])[:count]
    return tuple(other for _, other in best)
