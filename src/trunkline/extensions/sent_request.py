"""What a test sees of a request."""

from __future__ import annotations

import msgspec


class SentRequest(msgspec.Struct, frozen=True):
    """What would have been sent. The names of ``headers`` are in lower case; ``body`` is as it would be sent."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes
