"""How long each part of a call to an upstream may take."""

from __future__ import annotations

import msgspec


class Timeouts(msgspec.Struct, frozen=True):
    """Bounds on a call, in seconds of the monotonic clock."""

    connect: float = 5.0
    """To get a connection: waiting for a free one, resolving, TCP and TLS together."""
    first_byte: float = 60.0
    """From sending the request until the head of the answer is complete."""
    between: float = 60.0
    """The longest wait for the next bytes of the body. Time in which nobody waits for them does not count."""
    total: float = 600.0
    """The whole call, from `send` to the end of the body."""
