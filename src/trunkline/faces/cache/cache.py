"""``/api/cache``: the responses that are kept."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from trunkline.control.caching.response_cache import CacheRecord
from trunkline.control.record import Beside
from trunkline.core.price import usd
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import ResponseBody, SuccessResponse

router = Router(prefix="/api/cache", tags=["Response cache"])


class CacheResponse(ResponseBody):
    """How the response cache of the workspace stands. Hits, misses and savings are counted since the server started."""

    storage: Literal["memory", "redis"] = Field(description="Where responses are kept.")
    hits: int = Field(description="Requests that a kept response answered.")
    misses: int = Field(description="Requests for which no response was kept.")
    saved_nanos: int = Field(description="What those responses had cost, in billionths of a US dollar.")
    saved_usd: float = Field(
        serialization_alias="savedUSD", description="What those responses had cost, in US dollars."
    )
    entries: int = Field(description="Responses that are kept now.")
    bytes: int = Field(validation_alias="size", description="How much they take.")

    @classmethod
    def of(cls, record: CacheRecord) -> CacheResponse:
        """From the record."""
        return cls.model_validate(Beside(record, saved_usd=usd(record.saved_nanos)))


@router.get("", dependencies=[allow("cache.read")])
async def get_cache(services: ServicesDep, actor: ActorDep) -> CacheResponse:
    """How the response cache stands. `GET /api/usage` has the figures of any time."""
    return CacheResponse.of(await services.cache.read(actor))


@router.delete("", dependencies=[allow("cache.change")])
async def purge_cache(services: ServicesDep, actor: ActorDep) -> SuccessResponse:
    """Delete all responses that are kept for the workspace. None of them is used again, on no server."""
    await services.cache.purge(actor)
    return SuccessResponse()
