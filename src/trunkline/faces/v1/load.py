"""How much a process serves at a time: what comes on top is refused before it takes memory.

A server that queues what it cannot serve answers all of it too late; one that refuses tells clients to come back, or to
ask another server. https://sre.google/sre-book/handling-overload/
"""

from __future__ import annotations

from typing import Final

from trunkline.core.errors import Unavailable

MOST_CALLS: Final = 5_000
MOST_BYTES: Final = 512 << 20

_CODE: Final = "overloaded"


class Load:
    """The requests that are under way, and the bytes of their bodies, within ``most_calls`` and ``most_bytes``.

    A body that is alone is let in, however large.
    """

    __slots__ = ("bytes", "calls", "most_bytes", "most_calls")

    def __init__(self, *, most_calls: int = MOST_CALLS, most_bytes: int = MOST_BYTES) -> None:
        self.most_calls = most_calls
        self.most_bytes = most_bytes
        self.calls = 0
        self.bytes = 0

    def try_enter(self, size: int) -> bool:
        """As :meth:`enter`, where one more request fits, with a body of ``size`` bytes. Whether it does."""
        taken = self.bytes + size
        if self.calls >= self.most_calls or (taken > self.most_bytes and self.bytes):
            return False
        self.calls += 1
        self.bytes = taken
        return True

    def enter(self, size: int = 0) -> None:
        """One more is under way."""
        self.calls += 1
        self.bytes += size

    def leave(self, size: int = 0) -> None:
        """It is over."""
        self.calls -= 1
        self.bytes -= size


class Seat:
    """The part of a ``load`` that one request has. Raises Unavailable when there is none; not for one that was sent."""

    __slots__ = ("_load", "bytes")

    def __init__(self, load: Load, *, sent: bool = False) -> None:
        if load.calls >= load.most_calls and not sent:
            raise Unavailable(
                f"The server has {load.most_calls:,} requests under way, which is the most that it takes"
                " (TRUNKLINE_MAX_CALLS). Try again in a moment.",
                code=_CODE,
            )
        load.enter()
        self._load = load
        self.bytes = 0

    def take(self, size: int) -> None:
        """Keep ``size`` bytes more of the body. Raises Unavailable where they do not fit."""
        load = self._load
        if load.bytes + size > load.most_bytes and load.bytes > self.bytes:
            raise Unavailable(
                "The requests that the server has under way fill the memory that it has for them"
                f" ({load.most_bytes >> 20:,} MiB, TRUNKLINE_MAX_BODIES_MB). Try again in a moment.",
                code=_CODE,
            )
        load.bytes += size
        self.bytes += size

    def leave(self) -> None:
        """The request is over."""
        self._load.leave(self.bytes)
