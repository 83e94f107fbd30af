"""How an attempt to tell a channel ended."""

from __future__ import annotations

from datetime import timedelta

import msgspec


class DeliveryOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """``status`` is HTTP's or SMTP's code, if there was an answer. ``reason`` is for people and holds nothing of what
    the receiver said. ``final``: to try it again is of no use. ``after``: the receiver asks to be left alone as long.
    """

    ok: bool
    status: int | None = None
    reason: str | None = None
    final: bool = False
    after: timedelta | None = None
