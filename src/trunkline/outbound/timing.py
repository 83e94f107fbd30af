"""Where the time of a call went."""

from __future__ import annotations

import msgspec


class Timing(msgspec.Struct, frozen=True):
    """Milliseconds per stage; None where the stage did not happen (a reused connection, no TLS, a probe's answer)."""

    dns_ms: float | None = None
    connect_ms: float | None = None
    tls_ms: float | None = None
    first_byte_ms: float | None = None
    """From sending the request to the end of the answer's head."""
