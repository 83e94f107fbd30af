"""The refresh token of a browser: in a cookie that no script reads and no other site's page can have sent.

https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html
"""

from __future__ import annotations

from typing import Final

from fastapi import Request, Response

from trunkline.control.people.sessions import SESSION_LIFETIME, SignIn
from trunkline.core.errors import Forbidden
from trunkline.core.secret import Secret

NAME: Final = "trunkline_refresh"
PATH: Final = "/api/auth"


def set_cookie(request: Request, response: Response, sign_in: SignIn) -> None:
    """Have the browser keep the refresh token; only for HTTPS where the request came by HTTPS."""
    response.set_cookie(
        NAME,
        sign_in.refresh_token.reveal(),
        max_age=int(SESSION_LIFETIME.total_seconds()),
        path=_path(request),
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )


def read_cookie(request: Request) -> Secret | None:
    """The refresh token; None where the browser has none. Raises Forbidden for what another site's page sends."""
    # Browsers send the header themselves: https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise Forbidden("A session can only be continued by a page of this server.")
    token = request.cookies.get(NAME)
    return Secret(token) if token else None


def remove_cookie(request: Request, response: Response) -> None:
    """Have the browser forget the refresh token."""
    if NAME in request.cookies:
        response.delete_cookie(NAME, path=_path(request), httponly=True, samesite="strict")


def _path(request: Request) -> str:
    return f"{request.scope.get('root_path', '')}{PATH}"
