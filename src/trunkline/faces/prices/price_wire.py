"""Prices on the wire."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import Field, StringConstraints

from trunkline.control.prices.workspace_prices import PriceDraft
from trunkline.control.record import read_record
from trunkline.faces.http.wire import GivenMoment, Moment, RequestBody, ResponseBody

Dollars = Annotated[Decimal, Field(max_digits=24, decimal_places=9)]


class PriceRequest(RequestBody):
    """A price of the workspace's own."""

    read_only: ClassVar[frozenset[str]] = frozenset({"id", "workspaceId", "createdBy", "createdAt", "updatedAt"})
    example: ClassVar[dict[str, Any]] = {
        "provider": "openai",
        "model": "gpt-4o-mini",
        "prices": {"input": 0.12, "output": 0.48},
        "startsAt": "2026-01-01T00:00:00Z",
    }

    provider: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    model: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
    tier: Annotated[str, StringConstraints(max_length=16)] = "standard"
    prices: dict[str, Dollars]
    starts_at: GivenMoment | None = None
    ends_at: GivenMoment | None = None
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""

    def read(self) -> PriceDraft:
        """What was given, for the use case."""
        return read_record(PriceDraft, self)


class PriceResponse(ResponseBody):
    """A price of the workspace's own."""

    id: str
    workspace_id: str
    provider: str
    model: str
    tier: str
    prices: dict[str, float]
    starts_at: Moment
    ends_at: Moment | None
    note: str
    created_by: str
    created_at: Moment
    updated_at: Moment
