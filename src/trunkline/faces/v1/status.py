"""The HTTP status of each error, on the gateway's face."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trunkline.core.errors import (
    BudgetSpent,
    CannotOpen,
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    TooLarge,
    TooMany,
    TrunklineError,
    Unauthenticated,
    Unavailable,
    UnknownCoding,
    UpstreamError,
)


class WrongMethod(NotFound):
    """Something is there, but not for this method. ``allowed`` are those that are possible."""

    code = "method_not_allowed"

    def __init__(self, message: str, allowed: Sequence[str]) -> None:
        super().__init__(message)
        self.allowed = tuple(allowed)


_OURS: Final[tuple[tuple[type[TrunklineError], int], ...]] = (
    (UnknownCoding, 415),
    (WrongMethod, 405),
    (InvalidInput, 400),
    (Unauthenticated, 401),
    (Forbidden, 403),
    (NotFound, 404),
    (Conflict, 409),
    (TooLarge, 413),
    (TooMany, 429),
    (BudgetSpent, 429),
    (Unavailable, 503),
    (CannotOpen, 500),
)

_UPSTREAM: Final = {
    "bad_request": 400,
    # The client's own key is good: it is ours that the provider rejects, which is a fault behind the gateway.
    "auth": 502,
    "no_credits": 402,
    "permission": 403,
    "not_found": 404,
    "rate_limit": 429,
    "too_large": 413,
    "overloaded": 503,
    "server": 502,
    "timeout": 504,
    "unreachable": 502,
    "malformed": 502,
    "moderated": 403,
}


def status_of(error: TrunklineError) -> int:
    """400 to 504."""
    if isinstance(error, UpstreamError):
        return _UPSTREAM[error.kind]
    return next((status for kind, status in _OURS if isinstance(error, kind)), 500)


def retry_after(error: TrunklineError) -> float | None:
    """Seconds after which to come back, when it is known."""
    if isinstance(error, (TooMany, BudgetSpent, UpstreamError)):
        return error.retry_after
    return 1.0 if isinstance(error, Unavailable) else None


def is_final(error: TrunklineError) -> bool:
    """Whether a client's SDK should not ask again where it usually would: all that could be tried was tried here.

    Where the provider has said when to come back, that is worth another attempt.
    """
    if isinstance(error, UpstreamError):
        return error.final and error.retry_after is None
    if isinstance(error, BudgetSpent):
        return not error.soon
    return isinstance(error, (CannotOpen, Conflict))
