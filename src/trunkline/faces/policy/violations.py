"""Which calls broke a policy."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from trunkline.control.policies.violations import ViolationFilter
from trunkline.faces.http.auth import ActorDep, EverywhereDep, allow
from trunkline.faces.http.refusal import remember_actor
from trunkline.faces.http.services import services_of
from trunkline.faces.http.wire import GivenId, PathId
from trunkline.faces.policy.failure import failures
from trunkline.faces.policy.wire import ViolationListResponse

router = APIRouter(prefix="/policy", tags=["Policies"])

SkipDep = Annotated[int, Query(ge=0, le=1_000_000, description="How many of the newest to leave out.")]
TakeDep = Annotated[int, Query(ge=1, le=100, description="How many to give.")]


async def read_filter(
    workspace_id: Annotated[GivenId | None, Query(alias="workspaceId")] = None,
    repo_id: Annotated[GivenId | None, Query(alias="repoId", description="An application.")] = None,
    since: Annotated[
        str | None, Query(alias="from", max_length=40, description="A date, or a time with a zone.")
    ] = None,
    until: Annotated[
        str | None, Query(alias="to", max_length=40, description="A date (included), or a time (not).")
    ] = None,
) -> ViolationFilter:
    """What both lists can be narrowed to."""
    return ViolationFilter(workspace_id=workspace_id, application_id=repo_id, since=since, until=until)


async def read_alert_filter(
    wanted: Annotated[ViolationFilter, Depends(read_filter)],
    llm_type: Annotated[
        str | None, Query(alias="llmType", max_length=2_000, description="`OPENAI`, `OTHER`, …, with commas between.")
    ] = None,
    llm_model: Annotated[
        str | None, Query(alias="llmModel", max_length=2_000, description="Models, with commas between.")
    ] = None,
    host: Annotated[str | None, Query(max_length=2_000, description="Hosts, with commas between.")] = None,
) -> ViolationFilter:
    """What alerts can be narrowed to besides."""
    return replace(wanted, types=_split(llm_type), models=_split(llm_model), hosts=_split(host))


def _split(text: str | None) -> tuple[str, ...]:
    return tuple(part for each in (text or "").split(",") if (part := each.strip()))


FilterDep = Annotated[ViolationFilter, Depends(read_filter)]
AlertFilterDep = Annotated[ViolationFilter, Depends(read_alert_filter)]


class Lists:
    """Lists violations for the request that it is a dependency of. A refusal is noted in the workspace it is about."""

    def __init__(
        self, request: Request, actor: ActorDep, everywhere: EverywhereDep, skip: SkipDep = 0, take: TakeDep = 50
    ) -> None:
        self._request = request
        self._log = services_of(request).violations
        self._actor = actor
        self._everywhere = everywhere
        self._skip = skip
        self._take = take

    async def list(
        self, wanted: ViolationFilter, *, policy_id: str | None = None, alerts: bool = False
    ) -> ViolationListResponse:
        """The page that is asked for."""
        wanted = replace(wanted, policy_id=policy_id)
        remember_actor(self._request, await self._log.find_actor(self._actor, wanted, everywhere=self._everywhere))
        found = await self._log.list(
            self._actor,
            wanted,
            skip=self._skip,
            take=self._take,
            alerts=alerts,
            everywhere=self._everywhere,
        )
        return ViolationListResponse.page_of(found, self._skip, self._take)


ListsDep = Annotated[Lists, Depends(Lists)]


@router.get("/violations", dependencies=[allow("violations.read")], responses=failures(400, 403, 404))
async def list_violations(lists: ListsDep, wanted: FilterDep) -> ViolationListResponse:
    """Calls that broke a policy, whatever was done about it, in the workspaces that you are an admin of."""
    return await lists.list(wanted)


@router.get("/alerts", dependencies=[allow("violations.read")], responses=failures(400, 403, 404))
async def list_alerts(lists: ListsDep, wanted: AlertFilterDep) -> ViolationListResponse:
    """Those of them whose policy says alert."""
    return await lists.list(wanted, alerts=True)


@router.get("/{policy_id}/violations", dependencies=[allow("violations.read")], responses=failures(400, 403, 404))
async def list_violations_of_policy(lists: ListsDep, policy_id: PathId, wanted: FilterDep) -> ViolationListResponse:
    """Calls that broke one policy, which may be deleted meanwhile."""
    return await lists.list(wanted, policy_id=policy_id)


@router.get("/{policy_id}/alerts", dependencies=[allow("violations.read")], responses=failures(400, 403, 404))
async def list_alerts_of_policy(lists: ListsDep, policy_id: PathId, wanted: AlertFilterDep) -> ViolationListResponse:
    """The alerts of one policy."""
    return await lists.list(wanted, policy_id=policy_id, alerts=True)
