"""A streamed answer in the neutral form: what happened, in the order in which it happened.

A stream is ``Start``, then deltas, then one ``Stop`` per choice, at most one ``UsageReport`` and ``End``; or it breaks
off with ``Failure``, which is last. A ``UsageReport`` may come earlier too (Anthropic tells the input first): the later
one replaces the earlier. Deltas that follow each other with the same kind, choice and index belong to one part.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from trunkline.core.chat import Citation, JsonValue, LogProb, Media, StopReason, Usage
from trunkline.core.errors import UpstreamKind


class Start(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer begins. ``usage`` is what is known so far; ``extra`` as in a whole answer."""

    id: str = ""
    model: str = ""
    created: int = 0
    usage: Usage | None = None
    service_tier: str | None = None
    extra: dict[str, dict[str, JsonValue]] = {}


class TextDelta(msgspec.Struct, frozen=True, omit_defaults=True):
    """More text. ``part`` counts content parts where the wire tells them apart, so that two blocks stay two."""

    text: str
    choice: int = 0
    logprobs: tuple[LogProb, ...] | None = None
    signature: str | None = None
    part: int = 0


class CitationDelta(msgspec.Struct, frozen=True, omit_defaults=True):
    """A source of the text before it."""

    citation: Citation
    choice: int = 0
    part: int = 0


class ReasoningDelta(msgspec.Struct, frozen=True, omit_defaults=True):
    """More thinking; or the signature of what was thought (``text`` empty); or a sealed piece (``redacted``)."""

    text: str = ""
    signature: str | None = None
    redacted: str | None = None
    choice: int = 0
    part: int = 0
    summary: bool = False
    id: str | None = None
    """The thought's own id, where the wire has one."""
    format: str | None = None
    """As :attr:`trunkline.core.chat.Reasoning.format`."""


class ToolCallStart(msgspec.Struct, frozen=True, omit_defaults=True):
    """The model begins to ask for a tool. ``index`` counts the calls of a choice from 0."""

    index: int
    id: str
    name: str
    choice: int = 0
    signature: str | None = None


class ToolCallDelta(msgspec.Struct, frozen=True, omit_defaults=True):
    """More of the JSON text of a call's arguments."""

    index: int
    arguments: str
    choice: int = 0


class RefusalDelta(msgspec.Struct, frozen=True, omit_defaults=True):
    """More of a refusal."""

    text: str
    choice: int = 0


class ImageDelta(msgspec.Struct, frozen=True, omit_defaults=True):
    """A whole picture."""

    media: Media
    choice: int = 0
    signature: str | None = None


class AudioDelta(msgspec.Struct, frozen=True, omit_defaults=True):
    """More sound: base64 ``data``, words of the ``transcript``, or both."""

    data: str = ""
    transcript: str = ""
    id: str | None = None
    expires_at: int | None = None
    choice: int = 0


class OpaqueDelta(msgspec.Struct, frozen=True, omit_defaults=True):
    """An event that only ``dialect`` knows."""

    dialect: str
    value: JsonValue


class Stop(msgspec.Struct, frozen=True, omit_defaults=True):
    """A choice is complete. ``extra`` maps a dialect's name to what only it says of the end."""

    reason: StopReason = "stop"
    sequence: str | None = None
    choice: int = 0
    extra: dict[str, dict[str, JsonValue]] = {}


class UsageReport(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the call used so far; the last one counts."""

    usage: Usage


class Failure(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer broke off. ``message`` is safe to show."""

    message: str
    kind: UpstreamKind = "server"
    code: str | None = None


class End(msgspec.Struct, frozen=True, omit_defaults=True):
    """Nothing follows, and nothing is missing."""


ChatEvent: TypeAlias = (
    Start
    | TextDelta
    | CitationDelta
    | ReasoningDelta
    | ToolCallStart
    | ToolCallDelta
    | RefusalDelta
    | ImageDelta
    | AudioDelta
    | OpaqueDelta
    | Stop
    | UsageReport
    | Failure
    | End
)
