"""The request that something is done for: which one, and from where. Set by the faces, read by the audit log."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

from trunkline.logs import bound


@dataclass(frozen=True, slots=True)
class RequestContext:
    """``request_id`` is what the answer's ``x-request-id`` says; ``address`` the client's, without a port."""

    request_id: str | None = None
    address: str | None = None


_NONE: Final = RequestContext()
_current: ContextVar[RequestContext] = ContextVar("trunkline_request", default=_NONE)


def current_request_context() -> RequestContext:
    """That of what runs now; an empty one for the server's own work."""
    return _current.get()


@contextmanager
def request_context(request_id: str | None, address: str | None) -> Generator[RequestContext]:
    """Everything that runs in this block, and the tasks it starts, is for this request; what it logs says so."""
    value = RequestContext(request_id, address)
    token = _current.set(value)
    try:
        with bound(request_id=request_id):
            yield value
    finally:
        _current.reset(token)
