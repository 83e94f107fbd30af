"""What can go wrong between us and an upstream. Foreign errors are translated into these once, where they arise.

    UpstreamError (core)
    └── OutboundError         carries the origin and the stage that failed
        ├── ResolveFailed     the name does not exist, or the resolver did not answer
        ├── ForbiddenAddress  it resolves to an address that may not be reached
        ├── ConnectFailed     nothing listens, or no way there
        ├── TlsFailed         no TLS, or a certificate that is not trusted
        ├── TimedOut          connect, first_byte, between or total
        ├── ProtocolViolation it answers, but not in valid HTTP/1.1
        ├── BodyTooLarge      the body is over the limit
        └── ClosedEarly       the connection ended before the answer did

Messages name the origin and never a path, query, header or body.
"""

from __future__ import annotations

from typing import Literal

from trunkline.core.errors import UpstreamError, UpstreamKind
from trunkline.outbound.origin import Origin

Stage = Literal["pool", "dns", "guard", "tcp", "tls", "head", "body"]
"""Where it failed: waiting for a connection, resolving, judging, connecting, TLS, the answer's head or body."""

Phase = Literal["connect", "first_byte", "between", "total"]
"""Which of :class:`trunkline.outbound.Timeouts` ran out."""


class OutboundError(UpstreamError):
    """Base of what this package raises when there is no (whole) answer. ``stage`` says how far it got."""

    code = "upstream_unreachable"
    fault: UpstreamKind = "unreachable"

    def __init__(self, message: str, *, origin: Origin, stage: Stage) -> None:
        super().__init__(message, kind=self.fault)
        self.origin = origin
        self.stage: Stage = stage


class ResolveFailed(OutboundError):
    """The name has no address."""

    code = "upstream_name_not_found"


class ForbiddenAddress(OutboundError):
    """The instance's policy forbids the address. Raised before any packet, so tells nothing of who listens."""

    code = "upstream_not_allowed"


class ConnectFailed(OutboundError):
    """No TCP connection."""

    code = "upstream_refused"


class TlsFailed(OutboundError):
    """No TLS session that could be trusted."""

    code = "upstream_tls_failed"


class TimedOut(OutboundError):
    """One of the timeouts, ``phase``, ran out."""

    code = "upstream_timeout"
    fault: UpstreamKind = "timeout"

    def __init__(self, message: str, *, origin: Origin, stage: Stage, phase: Phase) -> None:
        super().__init__(message, origin=origin, stage=stage)
        self.phase: Phase = phase


class ProtocolViolation(OutboundError):
    """What came is not valid HTTP/1.1, or in an encoding that was not asked for."""

    code = "upstream_malformed"
    fault: UpstreamKind = "malformed"


class BodyTooLarge(OutboundError):
    """The decoded body is larger than its reader accepts."""

    code = "upstream_too_large"
    fault: UpstreamKind = "too_large"


class ClosedEarly(OutboundError):
    """The connection ended before the answer was whole, or the answer was abandoned and then read."""

    code = "upstream_closed"
