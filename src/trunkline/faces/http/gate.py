"""Who has no key is told so before the body is read: what strangers send is not waited for."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from trunkline.core.errors import TrunklineError, Unauthenticated
from trunkline.faces.http.auth import find_credential
from trunkline.faces.http.errors import render
from trunkline.faces.http.services import services_of

_GUARDED: Final = ("/api/", "/ai/", "/policy/", "/mcp")
_OPEN: Final = "/api/auth/"
"""Where one gets in: those routes need no key, and have small bodies."""


class GateMiddleware:
    """Answers 401 at once where a request has a body and no good credential; the routes judge everything else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        if scope["type"] == "http" and scope["path"].startswith(_GUARDED) and not scope["path"].startswith(_OPEN):
            request = Request(scope)
            if request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers:
                try:
                    _judge(request)
                except Unauthenticated as error:
                    await render(error, scope)(scope, receive, send)
                    return
                except TrunklineError:
                    # Known, but wrong in another way: the route says it, and notes it where that is due.
                    pass
        await self._app(scope, receive, send)


def _judge(request: Request) -> None:
    credential = find_credential(request)
    if credential is None:
        raise Unauthenticated("Send an access token or an API key: `Authorization: Bearer …`.")
    services_of(request).identity.actor(credential.reveal())
