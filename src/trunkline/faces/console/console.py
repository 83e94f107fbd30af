"""Where people land: the set-up page while set-up is unfinished, the console afterwards."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from trunkline.faces.console import site
from trunkline.faces.http.page import serve_folder
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep

router = Router(include_in_schema=False)


@router.get("/")
async def land(request: Request, services: ServicesDep) -> RedirectResponse:
    """Lead on to what one probably came for."""
    if await services.setup.is_unfinished():
        return _lead(request, "/setup")
    return _lead(request, "/console/" if site.is_built() else "/docs")


@router.get("/console")
async def lead_in(request: Request) -> RedirectResponse:
    """The console's addresses are below this one."""
    return _lead(request, "/console/")


router.take_over(site.router)


def _lead_to_set_up(request: Request) -> Response | None:
    """To the console's page, with the token where no log has it. The page here is for where no console was built."""
    if not site.is_built():
        return None
    token = request.query_params.get("token")
    return _lead(request, "/console/setup" + (f"#token={quote(token)}" if token else ""))


router.take_over(serve_folder(Path(__file__).parent / "setup", "/setup", _lead_to_set_up))


def _lead(request: Request, path: str) -> RedirectResponse:
    return RedirectResponse(request.scope.get("root_path", "") + path, status_code=307)
