"""``/api/alerts/rules`` and ``/api/alerts/preview``: when people are told."""

from __future__ import annotations

from fastapi import Request, Response

from trunkline.control.alerts.rule import AlertRule
from trunkline.faces.alerts.rule_wire import (
    AlertPreviewRequest,
    AlertPreviewResponse,
    AlertRuleCreateRequest,
    AlertRuleResponse,
    AlertRuleUpdateRequest,
)
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.etag import IfMatchDep, write_etag
from trunkline.faces.http.paging import PageDep, link_next
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import PathId, SuccessResponse

router = Router(prefix="/api/alerts", tags=["Alerts"])


@router.get("/rules", dependencies=[allow("alerts.read")])
async def list_alert_rules(
    services: ServicesDep, actor: ActorDep, page: PageDep, request: Request, response: Response
) -> list[AlertRuleResponse]:
    """The workspace's rules: those that every workspace has, then the others, the newest first."""
    found = await services.alert_rules.list(actor, page)
    link_next(request, response, found)
    return [AlertRuleResponse.of(record) for record in found.items]


@router.post("/rules", status_code=201, dependencies=[allow("alerts.change")])
async def create_alert_rule(
    services: ServicesDep, given: AlertRuleCreateRequest, actor: ActorDep, response: Response
) -> AlertRuleResponse:
    """Make a rule. Admins make those of the workspace; the administrator of the installation makes those of the kind
    `journal_not_shipping`, which concern no workspace.
    """
    record = await services.alert_rules.create(actor, given.read())
    response.headers["Location"] = f"/api/alerts/rules/{record.id}"
    return _write(record, response)


@router.get("/rules/{rule_id}", dependencies=[allow("alerts.read")])
async def get_alert_rule(
    services: ServicesDep, rule_id: PathId, actor: ActorDep, response: Response
) -> AlertRuleResponse:
    """One rule."""
    return _write(await services.alert_rules.get(actor, rule_id), response)


@router.put("/rules/{rule_id}", dependencies=[allow("alerts.change")])
async def update_alert_rule(
    services: ServicesDep,
    rule_id: PathId,
    given: AlertRuleUpdateRequest,
    actor: ActorDep,
    if_match: IfMatchDep,
    response: Response,
) -> AlertRuleResponse:
    """Change any part of a rule but its kind."""
    return _write(await services.alert_rules.update(actor, rule_id, given.read(), if_revision=if_match), response)


@router.delete("/rules/{rule_id}", dependencies=[allow("alerts.change")])
async def delete_alert_rule(
    services: ServicesDep, rule_id: PathId, actor: ActorDep, if_match: IfMatchDep
) -> SuccessResponse:
    """Delete a rule. Its open alerts are resolved, and nobody is told of that."""
    await services.alert_rules.delete(actor, rule_id, if_revision=if_match)
    return SuccessResponse()


@router.post("/preview", dependencies=[allow("alerts.change")])
async def preview_alert_rule(
    services: ServicesDep, given: AlertPreviewRequest, actor: ActorDep
) -> AlertPreviewResponse:
    """When a rule would have fired in the last `days`, at most 31. Nothing is saved."""
    return AlertPreviewResponse.of(await services.alert_preview.look(actor, given.read(), given.days))


def _write(record: AlertRule, response: Response) -> AlertRuleResponse:
    response.headers["ETag"] = write_etag(record.revision)
    return AlertRuleResponse.of(record)
