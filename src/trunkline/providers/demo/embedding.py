"""Vectors that need no model: every word has a fixed random direction, and a text is the sum of its words."""

from __future__ import annotations

import hashlib
import math
import re
import struct
from itertools import islice
from typing import Final

DIMENSIONS: Final = 256
MAX_DIMENSIONS: Final = 1024
MAX_WORDS: Final = 200
"""Only so many words of a text count, which keeps a vector below some 20 ms of work."""

_WORD: Final = re.compile(r"\w+")


def embed(text: str, dimensions: int = DIMENSIONS) -> list[float]:
    """A unit vector. Texts that share words point in similar directions, so that a search over them finds something."""
    words = [match.group() for match in islice(_WORD.finditer(text.casefold()), MAX_WORDS)] or [text[:MAX_WORDS]]
    total = [0.0] * dimensions
    for word in words:
        noise = hashlib.shake_256(word.encode("utf-8", "surrogatepass")).digest(2 * dimensions)
        for index, value in enumerate(struct.unpack(f"<{dimensions}h", noise)):
            total[index] += value
    length = math.sqrt(sum(value * value for value in total)) or 1.0
    return [value / length for value in total]
