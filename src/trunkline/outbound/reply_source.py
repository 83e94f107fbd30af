"""Where a reply comes from."""

from __future__ import annotations

import asyncio
from typing import Protocol, TypeVar

from trunkline.outbound.limits import Limits
from trunkline.outbound.origin import Origin
from trunkline.outbound.timing import Timing

_Reply_contra = TypeVar("_Reply_contra", contravariant=True)


class ReplySource(Protocol[_Reply_contra]):
    """What a reply asks of its connection. See :class:`~trunkline.outbound.connection.Connection`."""

    origin: Origin
    limits: Limits
    made: Timing
    peer: str

    @property
    def untouched(self) -> bool: ...

    @property
    def since_sent(self) -> float: ...

    def wait(self, reply: _Reply_contra) -> asyncio.Future[None]: ...

    def expect(self, reply: _Reply_contra) -> None: ...

    def abandon(self, reply: _Reply_contra) -> None: ...

    def drained(self) -> None: ...
