"""What proves who asks, call by call, where a fixed key is not shown."""

from __future__ import annotations

from typing import Protocol

from trunkline.outbound.request import OutgoingRequest
from trunkline.outbound.transport import Transport


class Signer(Protocol):
    """Proves with each request who asks."""

    async def sign(self, request: OutgoingRequest, transport: Transport) -> OutgoingRequest:
        """``request`` with the proof in its headers; good for one attempt, at once.

        ``transport`` is for what must be asked first, such as a token. Raises UpstreamError where that fails.
        """
        ...
