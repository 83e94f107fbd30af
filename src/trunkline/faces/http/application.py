"""The management application: every face's router, behind the shared layers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from fastapi import APIRouter, FastAPI
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from trunkline import __version__
from trunkline.faces.http import errors
from trunkline.faces.http.body_limit import BodyLimitMiddleware
from trunkline.faces.http.gate import GateMiddleware
from trunkline.faces.http.openapi import Calls, describe
from trunkline.faces.http.request import RequestMiddleware
from trunkline.faces.http.services import Services

LARGEST_BODY: Final = 1 << 20
"""Bytes of a body on the management faces. Calls have a limit of their own."""


def build(services: Services, routers: Sequence[APIRouter], calls: Calls = ()) -> FastAPI:
    """The application with ``routers``. It opens nothing and starts nothing: who runs it does.

    ``calls`` are described with them, and served by who runs it.
    """
    app = FastAPI(
        title="Trunkline",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
        middleware=[
            Middleware(RequestMiddleware),
            Middleware(GZipMiddleware, minimum_size=1024),
            Middleware(GateMiddleware),
            Middleware(BodyLimitMiddleware, limit=LARGEST_BODY),
        ],
    )
    app.state.services = services
    app.openapi = partial(describe, app, calls)
    errors.install(app)
    for router in routers:
        app.include_router(router)
    return app
