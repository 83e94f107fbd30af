"""What was probably meant by a word that names nothing."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Final

_ALIKE: Final = 0.5
_LISTED: Final = 5
_PART: Final = 3
"""Letters of a name's part that are enough to mean it."""


def find_near(word: str, known: Iterable[str]) -> list[str]:
    """At most three of ``known``: those with ``word`` in them, else those that look like it, the most alike first."""
    by_lower = {name.lower(): name for name in known}
    within = [name for lower, name in by_lower.items() if word.lower() in lower] if len(word) >= _PART else []
    return within[:3] or [
        by_lower[name] for name in difflib.get_close_matches(word.lower(), by_lower, n=3, cutoff=_ALIKE)
    ]


def suggest(word: str, known: Iterable[str]) -> str:
    """`` Did you mean a, b or c?`` to put behind a sentence; empty when nothing is like ``word``."""
    near = find_near(word, known)
    return f" Did you mean {join(near)}?" if near else ""


def suggest_or_list(word: str, known: Iterable[str]) -> str:
    """As :func:`suggest`; when nothing is like ``word``, the first few that there are."""
    names = list(known)
    near = suggest(word, names)
    if near or not names:
        return near
    return f" There are: {', '.join(names[:_LISTED])}{' …' if len(names) > _LISTED else ''}."


def join(words: list[str]) -> str:
    """``a``, ``a or b``, ``a, b or c``."""
    return " or ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else ""
