"""The header by which a caller says of which trace its request is part.

https://www.w3.org/TR/trace-context/#traceparent-header
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

_FORM: Final = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_WRONG_VERSION: Final = "ff"

LONGEST: Final = 128


class TraceParent(msgspec.Struct, frozen=True):
    """``sampled``: whether the caller records the trace."""

    trace_id: int
    span_id: int
    sampled: bool


def read_trace_parent(text: str) -> TraceParent | None:
    """What the header says; None for what is none, which the standard says to ignore."""
    found = _FORM.fullmatch(text)
    if found is None or found[1] == _WRONG_VERSION or (found[1] == "00" and found[5]):
        return None
    trace_id, span_id = int(found[2], 16), int(found[3], 16)
    if not trace_id or not span_id:
        return None
    return TraceParent(trace_id, span_id, bool(int(found[4], 16) & 1))
