"""How the versions of a configuration share its traffic: pure arithmetic in hundredths of a percent.

Whatever is asked, the shares of the active versions sum up to exactly 10,000 afterwards. Parts of a hundredth go to
the largest remainders, of equal ones to the first (the method of Hamilton,
https://en.wikipedia.org/wiki/Quota_method#Hamilton).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

WHOLE: Final = 10_000
"""All of the traffic."""

Shares = dict[str, int]
"""The share of each active version, by its id, the oldest version first."""


def assign(shares: Mapping[str, int], version: str, asked: int) -> Shares:
    """``version``, active from now on, gets what was asked; the others are scaled in proportion.

    A lone version has everything, whatever was asked.
    """
    others = {name: share for name, share in shares.items() if name != version}
    if not others:
        return {version: WHOLE}
    scaled = scale(others, WHOLE - asked)
    return {name: asked if name == version else scaled[name] for name in {**shares, version: asked}}


def take_out(shares: Mapping[str, int], version: str) -> Shares:
    """Without ``version``, whose share goes to the others in proportion."""
    return scale({name: share for name, share in shares.items() if name != version}, WHOLE)


def scale(shares: Mapping[str, int], total: int) -> Shares:
    """``shares`` in their proportion so that they sum up to ``total``; equal ones where all are 0. None: nothing."""
    if not shares:
        return {}
    present = sum(shares.values())
    weights = dict(shares) if present else dict.fromkeys(shares, 1)
    whole = present or len(weights)
    scaled = {name: total * weight // whole for name, weight in weights.items()}
    left = total - sum(scaled.values())
    # Sorting is stable: of equal remainders the first wins.
    by_remainder = sorted(weights, key=lambda name: -(total * weights[name] % whole))
    for name in by_remainder[:left]:
        scaled[name] += 1
    return scaled
