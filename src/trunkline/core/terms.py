"""On which terms a call is billed, where they are not the usual ones: how urgent, how fast, in which part of the world.

The provider's answer says which it kept to; what was asked for counts only where the answer says nothing.
"""

from __future__ import annotations

from typing import Final, overload

import msgspec

from trunkline.core.chat import Usage

LONGEST: Final = 64
"""Characters of a term; a longer one is no term of anybody's."""

_USUAL: Final = frozenset(
    {
        "auto",
        "default",
        "global",
        "none",
        "not_available",
        "on_demand",
        "standard",
        "standard_only",
        "traffic_type_unspecified",
        "unspecified",
    }
)


class Terms(msgspec.Struct, frozen=True):
    """The terms of one call; an empty word is the usual one.

    ``tier`` is OpenAI's and others' service tier (``flex``, ``priority``), ``speed`` Anthropic's (``fast``), ``geo``
    where the work is done (``us``, or ``regional`` where any region costs the same).
    """

    tier: str = ""
    speed: str = ""
    geo: str = ""


USUAL: Final = Terms()


def read_term(word: object) -> str | None:
    """A provider's or a caller's word, in small letters; empty for what is usual, None for what is no term at all."""
    if not isinstance(word, str) or not word or len(word) > LONGEST:
        return None
    word = word.lower()
    return "" if word in _USUAL else word


def read_terms(tier: object = None, speed: object = None, geo: object = None) -> Terms:
    """What a request asks for."""
    if tier is None and speed is None and geo is None:
        return USUAL
    return Terms(read_term(tier) or "", read_term(speed) or "", read_term(geo) or "")


def bind_terms(asked: Terms, geo: str) -> Terms:
    """``asked`` of an address that is bound to a part of the world."""
    return msgspec.structs.replace(asked, geo=geo) if geo and not asked.geo else asked


@overload
def note_tier(usage: Usage, word: object) -> Usage: ...
@overload
def note_tier(usage: None, word: object) -> None: ...
@overload
def note_tier(usage: Usage | None, word: object) -> Usage | None: ...
def note_tier(usage: Usage | None, word: object) -> Usage | None:
    """``usage`` with the tier that the answer names beside it."""
    tier = read_term(word)
    return usage if usage is None or tier is None else msgspec.structs.replace(usage, tier=tier)


def settle_terms(usage: Usage, asked: Terms) -> Terms:
    """What the answer said, else what was asked for."""
    if usage.tier is None and usage.speed is None and usage.geo is None:
        return asked
    return Terms(
        tier=asked.tier if usage.tier is None else usage.tier,
        speed=asked.speed if usage.speed is None else usage.speed,
        geo=asked.geo if usage.geo is None else usage.geo,
    )
