"""How many tokens of a public vocabulary a text is.

They come with the package splintr, in its wheel (https://github.com/ml-rust/splintr): nothing is downloaded.
"""

from __future__ import annotations

from typing import Final

from trunkline.gateway.estimate.counter import get_counter

MOST: Final = 16_384
"""Characters that are counted at the most, which takes about a millisecond. Of a longer text samples are counted, taken
at even distances, and the rest is as dense as they are: no text holds up the calls of others."""

_SAMPLES: Final = 16


CHARACTERS_PER_TOKEN: Final = 4


def text_tokens(characters: int) -> int:
    """Tokens of that many characters of English, at least one for any text: for what is counted before every call
    (https://help.openai.com/en/articles/4936856-what-are-tokens-and-how-to-count-them)."""
    return -(-characters // CHARACTERS_PER_TOKEN)


def count_tokens(vocabulary: str, text: str) -> float:
    """How many tokens ``text`` is. Marks of a model's own format count as the plain text that they are."""
    if len(text) <= MOST:
        return get_counter().count(vocabulary, [_mend(text)])
    size = MOST // _SAMPLES
    step = (len(text) - size) / (_SAMPLES - 1)
    starts = (int(place * step) for place in range(_SAMPLES))
    counted = get_counter().count(vocabulary, [_mend(text[start : start + size]) for start in starts])
    return counted * len(text) / MOST


def _mend(text: str) -> str:
    """``text`` without halves of surrogate pairs, which JSON can say and UTF-8 cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text
