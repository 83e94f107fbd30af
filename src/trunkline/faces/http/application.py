"""The management application: every face's router, behind the shared layers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.types import ASGIApp

from trunkline import __version__
from trunkline.faces.cors import Cors
from trunkline.faces.http import errors
from trunkline.faces.http.body_limit import BodyLimit, BodyLimitMiddleware
from trunkline.faces.http.compression import CompressionMiddleware
from trunkline.faces.http.cors_layer import CorsMiddleware
from trunkline.faces.http.gate import GateMiddleware
from trunkline.faces.http.head import HeadMiddleware
from trunkline.faces.http.openapi import Calls, Responses, describe
from trunkline.faces.http.packed_body import PackedBodyMiddleware
from trunkline.faces.http.request import RequestMiddleware
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import Services

LARGEST_BODY: Final = BodyLimit(1 << 20)
"""Of a body on the management faces. Calls have a limit of their own."""


class Pages(FastAPI):
    """The application, in layers that also see the answer to a fault of ours. ``cors``: whose pages may call."""

    cors = Cors(())

    def build_middleware_stack(self) -> ASGIApp:
        """See Starlette, which asks for it once."""
        return CorsMiddleware(HeadMiddleware(super().build_middleware_stack()), self.cors)


def build(
    services: Services,
    routers: Sequence[Router],
    calls: Calls = (),
    call_responses: Responses | None = None,
    *,
    cors: Cors | None = None,
    stray: errors.Stray | None = None,
) -> FastAPI:
    """The application with ``routers``. It opens nothing and starts nothing: who runs it does.

    ``calls`` are described with them, and served by who runs it. ``cors``: whose pages may call; unless said, nobody's.
    ``stray`` answers for a path of nobody's that was meant for another face; None where it was not.
    """
    app = Pages(
        title="Trunkline",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
        middleware=[
            Middleware(RequestMiddleware),
            Middleware(CompressionMiddleware),
            Middleware(GateMiddleware),
            Middleware(PackedBodyMiddleware, limit=LARGEST_BODY),
            Middleware(BodyLimitMiddleware, limit=LARGEST_BODY),
        ],
    )
    app.cors = cors or app.cors
    app.state.services = services
    app.state.stray = stray
    app.openapi = partial(describe, app, calls, call_responses or {})
    errors.install(app)
    for router in routers:
        app.router.routes.extend(router.routes)
    return app
