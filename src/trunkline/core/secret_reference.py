"""A key by reference: a text that says where the server finds it, in the place of the key itself."""

from __future__ import annotations

import re
from typing import Final

_SHAPE: Final = re.compile(
    r"env:[A-Za-z_][A-Za-z0-9_]*"
    r"|file:/[^\s#]+"
    r"|vault:[^\s#]+#[^\s#]+"
    r"|aws-sm:[^\s#]+(#[^\s#]+)?",
    re.ASCII,
)
_ANY: Final = re.compile(r"(env|file|vault|aws-sm):")
_LONGEST: Final = 1024


def is_reference(text: str) -> bool:
    """Whether ``text`` is ``env:NAME``, ``file:/path``, ``vault:path#field`` or ``aws-sm:name#field``.

    A path with ``..``, or with a part that is empty, is none: what it leads to could be another than it seems.
    """
    parts = text.partition(":")[2].partition("#")[0].removeprefix("/").split("/")
    return len(text) <= _LONGEST and _SHAPE.fullmatch(text) is not None and not {"", ".", ".."} & set(parts)


def looks_like_reference(text: str) -> bool:
    """Whether ``text`` begins as a reference does: no provider's key begins so."""
    return _ANY.match(text) is not None
