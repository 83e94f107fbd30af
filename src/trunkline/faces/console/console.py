"""Where people land: the set-up page while set-up is unfinished, the console afterwards."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from starlette.responses import RedirectResponse

from trunkline.faces.console import site
from trunkline.faces.http.page import serve_folder
from trunkline.faces.http.services import ServicesDep

router = APIRouter(include_in_schema=False)


@router.get("/")
async def land(
    services: ServicesDep,
) -> RedirectResponse:
    """Lead on to what one probably came for."""
    if await services.setup.is_unfinished():
        return RedirectResponse("/setup", status_code=307)
    return RedirectResponse("/console/" if site.is_built() else "/docs", status_code=307)


@router.get("/console")
async def lead_in() -> RedirectResponse:
    """The console's addresses are below this one."""
    return RedirectResponse("/console/", status_code=307)


router.include_router(site.router)
router.include_router(serve_folder(Path(__file__).parent / "setup", "/setup"))
