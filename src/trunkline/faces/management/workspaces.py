"""``/api/workspaces``: workspaces, their members and invitations."""

from __future__ import annotations

from fastapi import Request, Response

from trunkline.control.record import Beside
from trunkline.control.workspaces.workspaces import WorkspaceChange
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.paging import PageDep, link_next
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import PathId, SuccessResponse
from trunkline.faces.management.auth import write_workspace
from trunkline.faces.management.workspace_wire import (
    InvitationCreateRequest,
    InvitationCreateResponse,
    InvitationResponse,
    MemberResponse,
    MemberUpdateRequest,
    WorkspaceCountsResponse,
    WorkspaceCreateRequest,
    WorkspaceResponse,
    WorkspaceUpdateRequest,
)

router = Router(prefix="/api/workspaces", tags=["Workspaces"])


@router.get("", dependencies=[allow("workspaces.read")])
async def list_workspaces(
    services: ServicesDep, actor: ActorDep, page: PageDep, request: Request, response: Response
) -> list[WorkspaceResponse]:
    """One's workspaces, the oldest first."""
    found = await services.workspaces.list(actor, page)
    link_next(request, response, found)
    return [write_workspace(view) for view in found.items]


@router.post("", status_code=201, dependencies=[allow("workspaces.create")])
async def create_workspace(services: ServicesDep, given: WorkspaceCreateRequest, actor: ActorDep) -> WorkspaceResponse:
    """Make a shared workspace; one is its owner."""
    return write_workspace(await services.workspaces.create(actor, given.name))


@router.get("/{workspace_id}", dependencies=[allow("workspaces.read")])
async def get_workspace(services: ServicesDep, workspace_id: PathId, actor: ActorDep) -> WorkspaceResponse:
    """One workspace."""
    return write_workspace(await services.workspaces.get(actor))


@router.patch("/{workspace_id}", dependencies=[allow("workspaces.change")])
async def update_workspace(
    services: ServicesDep, workspace_id: PathId, given: WorkspaceUpdateRequest, actor: ActorDep
) -> WorkspaceResponse:
    """Rename a workspace, or set what the model name `default` means in it."""
    change = WorkspaceChange(
        name=given.name,
        sets_default=given.was_sent("default_configuration_id"),
        default_configuration_id=given.default_configuration_id,
    )
    return write_workspace(await services.workspaces.update(actor, change))


@router.delete("/{workspace_id}", dependencies=[allow("workspaces.delete")])
async def delete_workspace(services: ServicesDep, workspace_id: PathId, actor: ActorDep) -> SuccessResponse:
    """Delete a workspace with all that is in it."""
    await services.workspaces.delete(actor)
    return SuccessResponse()


@router.get("/{workspace_id}/counts", dependencies=[allow("workspaces.read")])
async def count_workspace(services: ServicesDep, workspace_id: PathId, actor: ActorDep) -> WorkspaceCountsResponse:
    """How many configurations, routes, features, running experiments and open alerts one sees in a workspace."""
    return WorkspaceCountsResponse.model_validate(await services.counts.read(actor))


@router.get("/{workspace_id}/members", dependencies=[allow("members.read")])
async def list_members(
    services: ServicesDep, workspace_id: PathId, actor: ActorDep, page: PageDep, request: Request, response: Response
) -> list[MemberResponse]:
    """Who belongs to a workspace, and as what."""
    found = await services.members.list(actor, page)
    link_next(request, response, found)
    return [MemberResponse.model_validate(view) for view in found.items]


@router.patch("/{workspace_id}/members/{user_id}", dependencies=[allow("members.change")])
async def update_member(
    services: ServicesDep, workspace_id: PathId, user_id: PathId, given: MemberUpdateRequest, actor: ActorDep
) -> MemberResponse:
    """Give a member another role."""
    return MemberResponse.model_validate(await services.members.update_role(actor, user_id, given.role))


# Everybody may leave; for removing others the use case asks for members.change.
@router.delete("/{workspace_id}/members/{user_id}", dependencies=[allow("members.read")])
async def remove_member(
    services: ServicesDep, workspace_id: PathId, user_id: PathId, actor: ActorDep
) -> SuccessResponse:
    """Remove a member, or leave oneself. The keys that they made here are revoked."""
    await services.members.remove(actor, user_id)
    return SuccessResponse()


@router.get("/{workspace_id}/invitations", dependencies=[allow("invitations.manage")])
async def list_invitations(
    services: ServicesDep, workspace_id: PathId, actor: ActorDep, page: PageDep, request: Request, response: Response
) -> list[InvitationResponse]:
    """The open invitations."""
    found = await services.invitations.list(actor, page)
    link_next(request, response, found)
    return [InvitationResponse.model_validate(view) for view in found.items]


@router.post("/{workspace_id}/invitations", status_code=201, dependencies=[allow("invitations.manage")])
async def create_invitation(
    services: ServicesDep, workspace_id: PathId, given: InvitationCreateRequest, actor: ActorDep
) -> InvitationCreateResponse:
    """Invite somebody. The link is sent to them where email is configured; its token is shown this once."""
    view = await services.invitations.create(actor, given.email, given.role)
    assert view.token is not None
    return InvitationCreateResponse.of(Beside(view, token=view.token.reveal()))


@router.delete("/{workspace_id}/invitations/{invitation_id}", dependencies=[allow("invitations.manage")])
async def delete_invitation(
    services: ServicesDep, workspace_id: PathId, invitation_id: PathId, actor: ActorDep
) -> SuccessResponse:
    """Take an invitation back."""
    await services.invitations.delete(actor, invitation_id)
    return SuccessResponse()
