"""``/api/auth/sso``: where a browser leaves for an identity provider, and comes back."""

from __future__ import annotations

import html
from typing import Annotated, Final

from fastapi import Query, Request, Response
from starlette.responses import HTMLResponse, RedirectResponse

from trunkline.core.errors import TrunklineError
from trunkline.faces.http.errors import status_of
from trunkline.faces.http.page import POLICY
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.management.session_cookie import set_cookie
from trunkline.vault.sign_on_ticket import LIFETIME_SECONDS

TICKET: Final = "trunkline_sign_on"
"""The cookie that binds a sign-in to the browser that has begun it. Other sites' pages lead back here: it is lax."""

# No part of the API that programs call: only browsers get here, and what goes wrong is told to people.
router = Router(prefix="/api/auth/sso", include_in_schema=False)


@router.get("/{slug}")
async def begin_sign_on(
    services: ServicesDep,
    slug: str,
    request: Request,
    return_to: Annotated[str, Query(alias="returnTo", max_length=1_000)] = "/",
) -> Response:
    """Send the browser to the identity provider."""
    try:
        start = await services.sign_on.begin(slug, return_to)
    except TrunklineError as error:
        return _refuse(request, error)
    response = RedirectResponse(start.url, status_code=303, headers={"cache-control": "no-store"})
    response.set_cookie(
        TICKET,
        start.ticket,
        max_age=LIFETIME_SECONDS,
        path=_path(request),
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )
    return response


@router.get("/{slug}/callback")
async def finish_sign_on(services: ServicesDep, slug: str, request: Request) -> Response:
    """Sign in who comes back, and show them the console."""
    agent = request.headers.get("user-agent", "")
    try:
        end = await services.sign_on.finish(slug, request.query_params, request.cookies.get(TICKET), user_agent=agent)
    except TrunklineError as error:
        response = _refuse(request, error)
    else:
        root = request.scope.get("root_path", "")
        headers = {"cache-control": "no-store"}
        response = RedirectResponse(f"{root}/console{end.return_to}", status_code=303, headers=headers)
        set_cookie(request, response, end.sign_in)
    response.delete_cookie(TICKET, path=_path(request), httponly=True, samesite="lax")
    return response


def _refuse(request: Request, error: TrunklineError) -> Response:
    """A page that says why. It stands by itself: whoever is refused may have no console."""
    root = html.escape(request.scope.get("root_path", ""))
    page = f"""<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>You are not signed in</title>
    <script src="{root}/setup/look.js"></script>
    <link rel="stylesheet" href="{root}/setup/look.css">
    <link rel="stylesheet" href="{root}/setup/page.css">
    <link rel="stylesheet" href="{root}/setup/setup.css">
  </head>
  <body>
    <main>
      <section>
        <h1>You are not signed in</h1>
        <p role="alert">{html.escape(error.message)}</p>
        <p><a href="{root}/console/">Back to the sign-in page</a></p>
      </section>
    </main>
  </body>
</html>
"""
    headers = {"content-security-policy": POLICY, "cache-control": "no-store", "referrer-policy": "no-referrer"}
    return HTMLResponse(page, status_code=status_of(error), headers=headers)


def _path(request: Request) -> str:
    return f"{request.scope.get('root_path', '')}/api/auth/sso"
