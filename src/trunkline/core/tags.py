"""Tags: what a caller counts its calls under (a project, a team, a customer), in words of its own."""

from __future__ import annotations

import re
from typing import Final

from trunkline.core.errors import InvalidInput

HEADER: Final = "x-trunkline-tags"
"""The field of a request that names them, separated by commas."""

MOST: Final = 10
"""Tags of one call."""

LENGTH: Final = 64
"""Characters of one."""

_TAG: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/=@-]*")


def read_tags(words: str) -> tuple[str, ...]:
    """The tags in ``words``, sorted, each once. Raises :class:`InvalidInput` naming the header for what is none."""
    tags = sorted({tag for part in words.split(",") if (tag := part.strip())})
    if len(tags) > MOST:
        raise InvalidInput.of(HEADER, f"name at most {MOST} tags", code="invalid_tags")
    for tag in tags:
        if not is_tag(tag):
            raise InvalidInput.of(HEADER, f"{tag[:LENGTH]!r} is no tag; {RULE}", code="invalid_tags")
    return tuple(tags)


def is_tag(word: str) -> bool:
    """Whether ``word`` can be one."""
    return len(word) <= LENGTH and _TAG.fullmatch(word) is not None


RULE: Final = (
    f"a tag has at most {LENGTH} characters: letters, digits and . _ : / = @ -, and begins with a letter or a digit"
)
