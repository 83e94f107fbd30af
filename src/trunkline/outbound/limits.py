"""How much an upstream may make us hold."""

from __future__ import annotations

import msgspec


class Limits(msgspec.Struct, frozen=True):
    """Bounds on memory and connections."""

    header_bytes: int = 65_536
    """The head of an answer, with the interim (1xx) answers before it."""
    body_bytes: int = 64 * 1024 * 1024
    """What ``read()`` gathers at most, decoded."""
    buffer_bytes: int = 16_384
    """What is held of a body that nobody reads: above it the socket is not read (back-pressure)."""
    idle_seconds: float = 30.0
    """How long an unused connection is kept."""
    per_origin: int = 1024
    """Open connections to one origin; more calls wait for a free one, within their connect timeout."""
