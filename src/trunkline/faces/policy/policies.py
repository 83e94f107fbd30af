"""Making, listing, changing and deleting policies."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from trunkline.control.policies.policy import PolicyRecord, PolicyScope
from trunkline.faces.http.auth import ActorDep, EverywhereDep, allow
from trunkline.faces.http.etag import IfMatchDep, write_etag
from trunkline.faces.http.paging import OptionalPageDep, link_next, write_list
from trunkline.faces.http.refusal import remember_actor
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import GivenId, PathId
from trunkline.faces.policy.acting import ThereDep
from trunkline.faces.policy.failure import failures
from trunkline.faces.policy.wire import (
    PolicyCreateRequest,
    PolicyDeleteResponse,
    PolicyListResponse,
    PolicyPreviewRequest,
    PolicyPreviewResponse,
    PolicyResponse,
    PolicyUpdateRequest,
)

router = Router(prefix="/policy", tags=["Policies"])

OrgDep = Annotated[GivenId | None, Query(alias="orgId", description="The installation. There is one.")]
WorkspaceDep = Annotated[GivenId | None, Query(alias="workspaceId", description="One workspace alone.")]
RepoDep = Annotated[GivenId | None, Query(alias="repoId", description="One application alone.")]


@router.post("", status_code=201, dependencies=[allow("policies.change")], responses=failures(400, 403, 404, 409, 429))
async def create_policy(
    services: ServicesDep,
    request: Request,
    response: Response,
    actor: ActorDep,
    everywhere: EverywhereDep,
    given: PolicyCreateRequest,
) -> PolicyResponse:
    """Make a policy for a workspace, one of its applications or keys, or for the whole installation."""
    policies, scope = services.policies, given.scope()
    if scope.workspace_id is not None:
        actor = await policies.find_actor_at(actor, scope.workspace_id, everywhere=everywhere)
        remember_actor(request, actor)
    return _write(await policies.create(actor, scope, given.draft()), response)


@router.post("/preview", dependencies=[allow("policies.change")], responses=failures(400, 403, 404, 429))
async def preview_policy(
    services: ServicesDep, request: Request, actor: ActorDep, everywhere: EverywhereDep, given: PolicyPreviewRequest
) -> PolicyPreviewResponse:
    """Which calls of the last `hours` a policy with this rule would have found. Nothing is saved, no model is asked."""
    actor = await services.policies.find_actor_at(actor, given.workspace_id, everywhere=everywhere)
    remember_actor(request, actor)
    found = await services.policy_previews.look(actor, given.scope(), given.draft(), given.hours)
    return PolicyPreviewResponse.of(found)


@router.get("", dependencies=[allow("policies.read")], responses=failures(400, 403, 404))
async def list_policies(
    services: ServicesDep,
    request: Request,
    response: Response,
    actor: ActorDep,
    everywhere: EverywhereDep,
    page: OptionalPageDep,
    org_id: OrgDep = None,
    workspace_id: WorkspaceDep = None,
    repo_id: RepoDep = None,
) -> PolicyListResponse:
    """The policies of your workspaces and of the installation; with `workspaceId` or `repoId` those made for it."""
    scope = PolicyScope(org_id=org_id, workspace_id=workspace_id, application_id=repo_id)
    found = await services.policies.list(actor, scope, everywhere=everywhere, page=page)
    link_next(request, response, found)
    # FastAPI sends a response as it is; the type says what is in it.
    return cast("PolicyListResponse", await write_list(PolicyListResponse.of, found.items, response.headers))


@router.get("/{policy_id}", dependencies=[allow("policies.read")], responses=failures(403, 404))
async def get_policy(
    services: ServicesDep, response: Response, actor: ActorDep, everywhere: EverywhereDep, policy_id: PathId
) -> PolicyResponse:
    """One policy."""
    return _write(await services.policies.get(actor, policy_id, everywhere=everywhere), response)


@router.put("/{policy_id}", dependencies=[allow("policies.change")], responses=failures(400, 403, 404, 412, 429))
async def update_policy(
    services: ServicesDep,
    response: Response,
    actor: ThereDep,
    policy_id: PathId,
    given: PolicyUpdateRequest,
    if_match: IfMatchDep,
) -> PolicyResponse:
    """Change any part of a policy but its scope. Calls are held to it as soon as this answers."""
    scope, draft = given.scope(), given.draft()
    return _write(await services.policies.update(actor, policy_id, scope, draft, if_revision=if_match), response)


@router.delete("/{policy_id}", dependencies=[allow("policies.change")], responses=failures(403, 404, 412, 429))
async def delete_policy(
    services: ServicesDep, actor: ThereDep, policy_id: PathId, if_match: IfMatchDep
) -> PolicyDeleteResponse:
    """Delete a policy. What broke it stays listed."""
    await services.policies.delete(actor, policy_id, if_revision=if_match)
    return PolicyDeleteResponse(message="The policy was deleted. Calls are no longer held to it.")


def _write(record: PolicyRecord, response: Response) -> PolicyResponse:
    response.headers["ETag"] = write_etag(record.revision)
    return PolicyResponse.of(record)
