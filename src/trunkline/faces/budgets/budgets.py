"""``/api/budgets``: what calls may cost."""

from __future__ import annotations

from fastapi import Request, Response

from trunkline.control.budgets.budget import BudgetRecord
from trunkline.faces.budgets.budget_wire import BudgetCreateRequest, BudgetResponse, BudgetUpdateRequest, read_draft
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.etag import IfMatchDep, write_etag
from trunkline.faces.http.paging import PageDep, link_next
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import PathId, SuccessResponse

router = Router(prefix="/api/budgets", tags=["Budgets"])


@router.get("", dependencies=[allow("budgets.read")])
async def list_budgets(
    services: ServicesDep, actor: ActorDep, page: PageDep, request: Request, response: Response
) -> list[BudgetResponse]:
    """The workspace's budgets with what is spent of them, the newest first."""
    found = await services.budgets.list(actor, page)
    link_next(request, response, found)
    return [BudgetResponse.of(record) for record in found.items]


@router.post("", status_code=201, dependencies=[allow("budgets.change")])
async def create_budget(
    services: ServicesDep, given: BudgetCreateRequest, actor: ActorDep, response: Response
) -> BudgetResponse:
    """Make a budget. Requests of the current period that were made before count too, but for a `total`."""
    record = await services.budgets.create(actor, read_draft(given))
    response.headers["Location"] = f"/api/budgets/{record.id}"
    return _write(record, response)


@router.get("/{budget_id}", dependencies=[allow("budgets.read")])
async def get_budget(services: ServicesDep, budget_id: PathId, actor: ActorDep, response: Response) -> BudgetResponse:
    """One budget with what is spent of it, reserved and left."""
    return _write(await services.budgets.get(actor, budget_id), response)


@router.put("/{budget_id}", dependencies=[allow("budgets.change")])
async def update_budget(
    services: ServicesDep,
    budget_id: PathId,
    given: BudgetUpdateRequest,
    actor: ActorDep,
    if_match: IfMatchDep,
    response: Response,
) -> BudgetResponse:
    """Change any part of a budget. With another subject, period or time zone, what is spent is added up anew."""
    return _write(await services.budgets.update(actor, budget_id, read_draft(given), if_revision=if_match), response)


@router.delete("/{budget_id}", dependencies=[allow("budgets.change")])
async def delete_budget(
    services: ServicesDep, budget_id: PathId, actor: ActorDep, if_match: IfMatchDep
) -> SuccessResponse:
    """Delete a budget. Requests are no longer held to it."""
    await services.budgets.delete(actor, budget_id, if_revision=if_match)
    return SuccessResponse()


def _write(record: BudgetRecord, response: Response) -> BudgetResponse:
    response.headers["ETag"] = write_etag(record.revision)
    return BudgetResponse.of(record)
