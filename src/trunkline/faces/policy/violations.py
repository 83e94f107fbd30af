"""Which calls broke a policy."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, NamedTuple

from fastapi import Depends, Query, Request, Response

from trunkline.control.page import DEFAULT_LIMIT, LARGEST_LIMIT, PageRequest
from trunkline.control.policies.violations import ViolationFilter
from trunkline.core.errors import FieldError, InvalidInput
from trunkline.faces.http.auth import ActorDep, EverywhereDep, allow
from trunkline.faces.http.paging import link_next
from trunkline.faces.http.refusal import remember_actor
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import services_of
from trunkline.faces.http.wire import GivenId, PathId
from trunkline.faces.policy.failure import failures
from trunkline.faces.policy.wire import ViolationListResponse

router = Router(prefix="/policy", tags=["Policies"])

SkipDep = Annotated[int, Query(ge=0, le=1_000_000, description="How many of the newest to leave out.")]
TakeDep = Annotated[int, Query(ge=1, le=LARGEST_LIMIT, description="How many to give.")]


class Part(NamedTuple):
    """A page, and how many are left out before it. ``linked``: the response says where the next one is."""

    page: PageRequest
    skip: int = 0
    linked: bool = False


async def read_part(
    request: Request,
    skip: SkipDep = 0,
    take: TakeDep = DEFAULT_LIMIT,
    limit: Annotated[
        int | None, Query(ge=1, le=LARGEST_LIMIT, description="Items on a page. Instead of `skip` and `take`.")
    ] = None,
    cursor: Annotated[
        str | None,
        Query(max_length=512, description="From the `Link` header of the page before. Instead of `skip` and `take`."),
    ] = None,
) -> Part:
    """Which part of a list is asked for, in one of the two ways."""
    pages = [name for name in ("limit", "cursor") if name in request.query_params]
    counted = [name for name in ("skip", "take") if name in request.query_params]
    if pages and counted:
        raise InvalidInput.of_all(
            tuple(
                FieldError(name, f"leave it out, or {' and '.join(pages)}: they do not go together.")
                for name in counted
            )
        )
    if pages:
        return Part(PageRequest(limit or DEFAULT_LIMIT, cursor), linked=True)
    return Part(PageRequest(take), skip)


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
        self,
        request: Request,
        response: Response,
        actor: ActorDep,
        everywhere: EverywhereDep,
        part: Annotated[Part, Depends(read_part)],
    ) -> None:
        self._request = request
        self._response = response
        self._log = services_of(request).violations
        self._actor = actor
        self._everywhere = everywhere
        self._part = part

    async def list(
        self, wanted: ViolationFilter, *, policy_id: str | None = None, alerts: bool = False
    ) -> ViolationListResponse:
        """The part that is asked for."""
        page, skip, linked = self._part
        wanted = replace(wanted, policy_id=policy_id)
        remember_actor(self._request, await self._log.find_actor(self._actor, wanted, everywhere=self._everywhere))
        found = await self._log.list(
            self._actor,
            wanted,
            page,
            skip=skip,
            alerts=alerts,
            everywhere=self._everywhere,
        )
        if linked:
            link_next(self._request, self._response, found.page)
        return ViolationListResponse.page_of(found, skip, page.limit)


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
