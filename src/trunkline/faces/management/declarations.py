"""``/api/workspaces/{workspace_id}/declared``: what files declare of a workspace."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import msgspec
from pydantic import Field, StringConstraints

from trunkline.control.workspaces.declarations import MOST_OBJECTS, DeclaredObject, Section
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import Moment, PathId, RequestBody, ResponseBody

router = Router(prefix="/api/workspaces/{workspace_id}/declared", tags=["Workspaces"])

_Short = Annotated[str, StringConstraints(min_length=1, max_length=255)]


class DeclaredObjectRequest(RequestBody):
    """Something that a file declares."""

    section: Section
    id: _Short
    revision: _Short


class DeclarationUpdateRequest(RequestBody):
    """What a file declares, as it was after the file was applied. Without objects, the file is forgotten."""

    example: ClassVar[dict[str, Any]] = {
        "source": "trunkline.yaml",
        "objects": [{"section": "features", "id": "mail-writer", "revision": "3"}],
    }

    source: _Short
    objects: Annotated[list[DeclaredObjectRequest], Field(max_length=MOST_OBJECTS)]


class DeclaredObjectResponse(ResponseBody):
    """Something that a file declares."""

    section: Section
    id: str
    revision: str


class DeclarationResponse(ResponseBody):
    """What one file declared when it was applied last."""

    source: str
    objects: list[DeclaredObjectResponse]
    declared_by: str
    declared_at: Moment


@router.get("", dependencies=[allow("workspaces.read")])
async def list_declarations(services: ServicesDep, workspace_id: PathId, actor: ActorDep) -> list[DeclarationResponse]:
    """What files declare of a workspace, the one that was applied last at the end."""
    return [DeclarationResponse.of(record) for record in await services.declarations.list(actor)]


@router.put("", dependencies=[allow("workspaces.change")])
async def update_declaration(
    services: ServicesDep, workspace_id: PathId, given: DeclarationUpdateRequest, actor: ActorDep
) -> list[DeclarationResponse]:
    """Replace what one file declares. `trunkline apply` does so once the workspace is as the file says."""
    objects = [msgspec.convert(each, DeclaredObject, from_attributes=True) for each in given.objects]
    found = await services.declarations.put(actor, given.source, objects)
    return [DeclarationResponse.of(record) for record in found]
