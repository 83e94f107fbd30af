"""An error is the same in the process that asked."""

from __future__ import annotations

import msgspec
import pytest

from trunkline.control.processes.error_transfer import TransferredError
from trunkline.core.errors import (
    BudgetSpent,
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    Stale,
    TooLarge,
    TooMany,
    TrunklineError,
    Unavailable,
    Unsupported,
    UpstreamError,
)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (InvalidInput.of("line 2", "is wrong", code="invalid_line"), InvalidInput),
        (Unsupported.of("model", "cannot"), InvalidInput),
        (NotFound("gone", code="file_not_found"), NotFound),
        (Forbidden("no"), Forbidden),
        (Conflict("taken"), Conflict),
        (Stale("old"), Conflict),
        (TooLarge("large"), TooLarge),
        (TooMany("slow", retry_after=3.0), TooMany),
        (TooMany("slow", retry_after=3.0, tokens=True), TooMany),
        (BudgetSpent("spent", retry_after=7.0, soon=True), BudgetSpent),
        (UpstreamError("away", kind="rate_limit", provider="openai", status=429, retry_after=2.0), UpstreamError),
        (Unavailable("later"), Unavailable),
        (TrunklineError("a fault"), Unavailable),
    ],
)
def test_it_is_raised_again_as_what_it_was(error: TrunklineError, kind: type[TrunklineError]) -> None:
    way = msgspec.msgpack.encode(TransferredError.of(error))
    found = msgspec.msgpack.decode(way, type=TransferredError).make()
    assert type(found) is kind
    assert (found.message, found.code) == (error.message, error.code)
    for name in ("fields", "retry_after", "soon", "tokens", "kind", "provider", "status"):
        assert getattr(found, name, None) == getattr(error, name, None)
