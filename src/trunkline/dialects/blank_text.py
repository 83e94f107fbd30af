"""Texts of white space alone and empty content, which Anthropic's models and Bedrock refuse, told in a body without
reading it.

Anthropic answers 400 to a message whose only text is white space ("text content blocks must contain non-whitespace
text"), and to an empty text block anywhere; measured in https://github.com/LibreChat-AI/agents/pull/124.
"""

from __future__ import annotations

import re
from typing import Final

# What Python and the vendors strip, as JSON writes it: bare, escaped, or as the number of the character.
_WHITE: Final = (
    rb"(?: |\\[fnrt]"
    rb"|\\u(?:000[9a-dA-D]|001[c-fC-F]|0020|00[aA]0|0085|1680|20(?:0[0-9aA]|2[89fF]|5[fF])|3000)"
    rb"|\xc2[\x85\xa0]|\xe1\x9a\x80|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]|\xe2\x81\x9f|\xe3\x80\x80)"
)

# Both begin with a fixed text, which is found at the speed of memory.
_TEXT: Final = re.compile(rb'"text"\s*:\s*"' + _WHITE + rb'*"')
_CONTENT: Final = re.compile(rb'"content"\s*:\s*(?:"' + _WHITE + rb'*"|\[\s*\])')
_WHOLE: Final = re.compile(rb'"' + _WHITE + rb'*"')


def has_blank_text(body: bytes) -> bool:
    """Whether a text block, or content that is one string, may be blank, or content empty. A false alarm costs a closer
    look."""
    return _TEXT.search(body) is not None or _CONTENT.search(body) is not None


def is_blank(raw: bytes) -> bool:
    """Whether a JSON value is a text of white space, or of nothing."""
    return _WHOLE.fullmatch(raw.strip()) is not None
