"""What was sent and answered, as it was: not redacted, and not encrypted yet. It is nowhere but in memory."""

from __future__ import annotations

import msgspec

from trunkline.core.capture import CaptureRule
from trunkline.core.key_redaction import KeyRedaction
from trunkline.core.usage_event import UsageEvent
from trunkline.gateway.capture.reading import Join


class CapturedCall(msgspec.Struct, frozen=True, kw_only=True):
    """``answer`` is None where nothing was answered; of a stream it is what was kept of what the client got, which
    ``join`` puts together.

    The sizes are in bytes, and may be more than what is kept; ``leaves_out`` says that there was more.
    """

    event: UsageEvent
    rule: CaptureRule
    join: Join | None
    redaction: KeyRedaction | None
    request: bytes
    request_size: int
    answer: bytes | None
    answer_size: int
    streamed: bool
    leaves_out: bool

    @property
    def size(self) -> int:
        """Bytes that it holds."""
        return len(self.request) + len(self.answer or b"")
