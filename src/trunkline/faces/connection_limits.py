"""How long a client may take for what it owes, and how much is held for it meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """Bounds on one connection, and on those whose maker is unknown."""

    head_seconds: float = 15.0
    """To send the head of a request."""
    body_seconds: float = 30.0
    """To send the first byte of its body; from then on, each such span must bring ``body_rate`` bytes a second."""
    body_rate: int = 500
    """As Apache has it: https://httpd.apache.org/docs/2.4/mod/mod_reqtimeout.html (``MinRate=500``)."""
    reader_seconds: float = 60.0
    """How long a client may take nothing of an answer that waits for it."""
    write_buffer: int = 32 * 1024
    """Bytes that are held for a slow reader here; above it the provider is not read either."""
    kernel_buffer: int = 64 * 1024
    """Bytes that the system may hold unsent for it."""
    strangers_per_address: int = 512
    """Connections from one address on which nobody has shown a key yet. Where there are more, the oldest goes."""
    strangers: int = 4096
    """The same for all addresses together."""

    @property
    def pace(self) -> float:
        """Seconds after which each connection is looked at again."""
        return min(self.head_seconds, self.body_seconds / 2, self.reader_seconds / 4)


TRUSTED: Final = ConnectionLimits(
    head_seconds=3600, body_seconds=3600, reader_seconds=14_400, strangers_per_address=1 << 20, strangers=1 << 20
)
"""Of connections from our own processes, which hold their clients to the limits."""
