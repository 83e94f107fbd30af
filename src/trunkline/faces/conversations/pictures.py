"""``/api/pictures``: those that models made and people sent."""

from __future__ import annotations

from typing import Any, Final

from fastapi import Request
from starlette.responses import Response

from trunkline.control.conversations.pictures import EXTENSIONS, PDF, PictureFile
from trunkline.faces.conversations.wire import PictureResponse
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import PathId

_KINDS: Final[dict[str, Any]] = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in EXTENSIONS}
_SHOWN: Final = {**_KINDS, PDF: {"schema": {"type": "string", "format": "binary"}}}


router = Router(prefix="/api/pictures", tags=["Conversations"])


@router.post(
    "",
    status_code=201,
    dependencies=[allow("conversations.change")],
    openapi_extra={"requestBody": {"required": True, "content": _KINDS}},
)
async def keep_picture(services: ServicesDep, actor: ActorDep, request: Request) -> PictureResponse:
    """Keep a picture, to send it in a message by its id: the bytes of a PNG, JPEG, WebP or GIF up to 20 MB."""
    kind = request.headers.get("content-type", "")
    picture_id = await services.pictures.keep(actor, kind, await request.body())
    picture = await services.pictures.get(actor, picture_id)
    return PictureResponse(id=picture.id, url=picture.url, content_type=picture.content_type)


@router.get(
    "/{picture_id}",
    dependencies=[allow("conversations.read")],
    response_class=Response,
    responses={200: {"content": _SHOWN, "description": "The picture."}},
)
async def get_picture(services: ServicesDep, picture_id: PathId, actor: ActorDep) -> Response:
    """One of your pictures, or of the PDFs in your conversations."""
    picture = await services.pictures.get(actor, picture_id)
    return Response(picture.content, media_type=picture.content_type, headers=_headers(picture))


def _headers(picture: PictureFile) -> dict[str, str]:
    """Whoever opens the address by itself gets a picture and nothing that runs, in no page of ours."""
    place = "attachment" if picture.content_type == PDF else "inline"
    return {
        "content-disposition": f'{place}; filename="{picture.file_name}"',
        "content-security-policy": "sandbox; default-src 'none'",
        "x-content-type-options": "nosniff",
        # It never changes, but its owner may delete it, and no proxy may keep it for others.
        "cache-control": "private, max-age=3600",
        "vary": "Authorization",
    }
