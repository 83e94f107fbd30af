"""The demo's tokens: words and punctuation marks, each with the white space before it."""

from __future__ import annotations

import re
from typing import Final

_TOKEN: Final = re.compile(r"\s*(?:\w+|[^\w\s])")


def split(text: str) -> list[str]:
    """The tokens of ``text``. Joined they give it back, but for white space at its end."""
    return _TOKEN.findall(text)


def count(text: str) -> int:
    """How many tokens ``text`` has."""
    return sum(1 for _ in _TOKEN.finditer(text))
