"""The vocabularies of models, and how many tokens of one a text is.

They come with the package splintr, in its wheel (https://github.com/ml-rust/splintr): nothing is downloaded. A
vocabulary is loaded when something is counted by it for the first time, which takes some 50 ms and 10 MB; who never
counts pays nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Final

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
        return _tokens(vocabulary, text)
    size = MOST // _SAMPLES
    step = (len(text) - size) / (_SAMPLES - 1)
    starts = (int(place * step) for place in range(_SAMPLES))
    counted = sum(_tokens(vocabulary, text[start : start + size]) for start in starts)
    return counted * len(text) / MOST


def _tokens(vocabulary: str, text: str) -> int:
    encode = _load(vocabulary)
    try:
        return len(encode(text))
    except UnicodeEncodeError:
        # Half of a surrogate pair, which JSON can say and UTF-8 cannot.
        return len(encode(text.encode("utf-8", "replace").decode()))


@cache
def _load(vocabulary: str) -> Callable[[str], list[int]]:
    from splintr import Tokenizer  # noqa: PLC0415 - the library is large, and most processes never count

    return Tokenizer.from_pretrained(vocabulary).encode_ordinary
