"""Whether responses are kept, on the wire: for routes, configurations and features."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field, StrictBool, StringConstraints

from trunkline.core.caching import LEAST_THRESHOLD, USUAL_THRESHOLD, CacheScope, Caching, Semantic
from trunkline.faces.http.wire import RequestBody, ResponseBody

_TTL = "How long a response is used again, in seconds. At most `TRUNKLINE_CACHE_SECONDS`."
_SCOPE = "Who gets it: `user`, whoever it was made for; `workspace`, everybody in the workspace with the same rights."
_WITH_TOOLS = "Whether responses to requests with tools are kept, too."
_SEMANTIC = "Use responses again for questions that mean the same, too. Null: for the same request only."
_MODEL = "The name or id of a shared configuration, or the name of a route, that makes embeddings."
_THRESHOLD = "The least cosine similarity of two questions that mean the same."


class SemanticCachingRequest(RequestBody):
    """Which questions mean the same."""

    example: ClassVar[dict[str, Any]] = {"model": "vectors", "threshold": 0.95}

    model: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255), Field(description=_MODEL)
    ]
    threshold: Annotated[float, Field(strict=True, ge=LEAST_THRESHOLD, le=1, description=_THRESHOLD)] = USUAL_THRESHOLD


class CachingRequest(RequestBody):
    """Whether responses are kept and used again."""

    example: ClassVar[dict[str, Any]] = {"ttlSeconds": 3600}

    ttl_seconds: Annotated[int, Field(strict=True, ge=1, description=_TTL)]
    scope: Annotated[CacheScope, Field(description=_SCOPE)] = "user"
    with_tools: Annotated[StrictBool, Field(description=_WITH_TOOLS)] = False
    semantic: Annotated[SemanticCachingRequest | None, Field(description=_SEMANTIC)] = None


GivenCaching = Annotated[CachingRequest | None, Field(description="Keep responses and use them again. Null: never.")]


class SemanticCachingResponse(ResponseBody):
    """Which questions mean the same."""

    model: str = Field(description=_MODEL)
    threshold: float = Field(description=_THRESHOLD)


class CachingResponse(ResponseBody):
    """Whether responses are kept and used again."""

    ttl_seconds: int = Field(description=_TTL)
    scope: CacheScope = Field(description=_SCOPE)
    with_tools: bool = Field(description=_WITH_TOOLS)
    semantic: SemanticCachingResponse | None = Field(description=_SEMANTIC)


ShownCaching = Annotated[CachingResponse | None, Field(description="Responses are kept and used again. Null: never.")]


def read_caching(given: CachingRequest | None) -> Caching | None:
    """What was sent."""
    if given is None:
        return None
    semantic = given.semantic
    return Caching(
        ttl_seconds=given.ttl_seconds,
        scope=given.scope,
        with_tools=given.with_tools,
        semantic=None if semantic is None else Semantic(model=semantic.model, threshold=semantic.threshold),
    )
