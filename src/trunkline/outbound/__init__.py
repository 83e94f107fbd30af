"""The only way out of the server: resolver, address guard, pool and HTTP/1.1 client.

Only this package opens connections to what users name, for every purpose.
"""

from trunkline.outbound.address import Address
from trunkline.outbound.client import Client
from trunkline.outbound.errors import (
    BodyTooLarge,
    ClosedEarly,
    ConnectFailed,
    ForbiddenAddress,
    OutboundError,
    Phase,
    ProtocolViolation,
    ResolveFailed,
    Stage,
    TimedOut,
    TlsFailed,
)
from trunkline.outbound.guard import Guard
from trunkline.outbound.headers import Headers
from trunkline.outbound.limits import Limits
from trunkline.outbound.local import LocalUpstreams
from trunkline.outbound.origin import Origin
from trunkline.outbound.reply import Reply
from trunkline.outbound.request import OutgoingRequest
from trunkline.outbound.resolver import CachingResolver, Resolver, SystemResolver
from trunkline.outbound.timeouts import Timeouts
from trunkline.outbound.timing import Timing
from trunkline.outbound.transport import DirectTransport, IncomingResponse, ResponseHeaders, Transport
from trunkline.outbound.upgrade import Declined, SocketTransport
from trunkline.outbound.url import Url
from trunkline.outbound.web_socket import Ended, Patience, WebSocket

__all__ = [
    "Address",
    "BodyTooLarge",
    "CachingResolver",
    "Client",
    "ClosedEarly",
    "ConnectFailed",
    "Declined",
    "DirectTransport",
    "Ended",
    "ForbiddenAddress",
    "Guard",
    "Headers",
    "IncomingResponse",
    "Limits",
    "LocalUpstreams",
    "Origin",
    "OutboundError",
    "OutgoingRequest",
    "Patience",
    "Phase",
    "ProtocolViolation",
    "Reply",
    "ResolveFailed",
    "Resolver",
    "ResponseHeaders",
    "SocketTransport",
    "Stage",
    "SystemResolver",
    "TimedOut",
    "Timeouts",
    "Timing",
    "TlsFailed",
    "Transport",
    "Url",
    "WebSocket",
]
