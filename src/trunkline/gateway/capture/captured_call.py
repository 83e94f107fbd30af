"""What was sent and answered, as it was: not redacted, and not encrypted yet. It is nowhere but in memory."""

from __future__ import annotations

import msgspec

from trunkline.core.capture import CaptureRule
from trunkline.core.key_redaction import KeyRedaction
from trunkline.core.usage_event import UsageEvent
from trunkline.dialects.dialect import Dialect


class CapturedCall(msgspec.Struct, frozen=True, kw_only=True):
    """``answer`` is None where nothing was answered; of a stream it is what the client got, ``streamed``, in the format
    of ``dialect``.

    The sizes are in bytes, and may be more than what is kept.
    """

    event: UsageEvent
    rule: CaptureRule
    dialect: Dialect | None
    redaction: KeyRedaction | None
    request: bytes
    answer: bytes | None
    answer_size: int
    streamed: bool

    @property
    def size(self) -> int:
        """Bytes that it holds."""
        return len(self.request) + len(self.answer or b"")
