"""Whose pages may speak MCP: a name that somebody points to this machine must open nothing.

https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#security-endpoint
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from fastapi import Depends
from starlette.requests import Request

from trunkline.core.errors import Forbidden
from trunkline.faces.http.services import services_of
from trunkline.settings import Settings


async def check_origin(request: Request) -> None:
    """Raises :class:`Forbidden` where the request comes from a page of an origin that may not call."""
    origin = request.headers.get("origin")
    if origin is not None and not _may_call(services_of(request).settings, origin.lower()):
        raise Forbidden(
            "Pages of this origin may not use MCP here. The administrator adds the origin to TRUNKLINE_CORS_ORIGINS."
        )


def _may_call(settings: Settings, origin: str) -> bool:
    own = urlsplit(settings.effective_public_url)
    allowed = settings.api_origins
    return origin in {*allowed, f"{own.scheme}://{own.netloc}".lower()} or "*" in allowed


OriginCheck: Any = Depends(check_origin)
"""For a route's ``dependencies``."""
