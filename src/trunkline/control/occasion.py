"""The occasion of a change: which request, from where. Set by the faces, read by the audit log."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Occasion:
    """``request_id`` is what the answer's ``x-request-id`` says; ``address`` the client's, without a port."""

    request_id: str | None = None
    address: str | None = None


_NONE: Final = Occasion()
_current: ContextVar[Occasion] = ContextVar("trunkline_occasion", default=_NONE)


def current_occasion() -> Occasion:
    """The occasion of what runs now; an empty one for the server's own work."""
    return _current.get()


@contextmanager
def occasion(request_id: str | None, address: str | None) -> Generator[Occasion]:
    """Everything that runs in this block, and the tasks it starts, is on this occasion."""
    value = Occasion(request_id, address)
    token = _current.set(value)
    try:
        yield value
    finally:
        _current.reset(token)
