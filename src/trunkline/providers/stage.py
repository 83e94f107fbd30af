"""One step of a connection test, and what all of them together say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from trunkline.core.chat import JsonValue

StageName = Literal["dns", "tcp", "tls", "auth", "models", "stream", "embeddings"]


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """A step that was tried. ``ms`` is how long it took, None where it was not measured by itself.

    ``message`` is for people: what was found or, when the step failed, whose fault it is and what to do.
    """

    name: StageName
    ok: bool
    ms: int | None = None
    message: str = ""
    details: dict[str, JsonValue] = {}


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of a test. ``latency_ms`` is all steps together."""

    ok: bool
    message: str
    latency_ms: int


def judge(stages: Sequence[Stage]) -> Verdict:
    """Whether every stage passed, in one sentence: the failing one's, else what the last one found."""
    failed = next((stage for stage in stages if not stage.ok), None)
    last = stages[-1] if stages else None
    message = failed.message if failed is not None else last.message if last is not None else "Nothing was tested."
    return Verdict(
        ok=failed is None and last is not None,
        message=message,
        latency_ms=sum(stage.ms or 0 for stage in stages),
    )
