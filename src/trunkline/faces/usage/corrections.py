"""``/api/usage/corrections``: what puts the accounts right."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import Field, StringConstraints
from starlette.requests import Request
from starlette.responses import Response

from trunkline.control.record import Beside, read_record
from trunkline.control.usage.corrections import CorrectionDraft, CorrectionRecord
from trunkline.core.price import usd
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.paging import PageDep, link_next
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import GivenId, GivenMoment, Moment, RequestBody, ResponseBody

router = Router(prefix="/api/usage/corrections", tags=["Usage"])


class CorrectionRequest(RequestBody):
    """A correction of one request, or of what was used around a moment."""

    example: ClassVar[dict[str, Any]] = {"amountUSD": -1.25, "reason": "Credit of the provider for the outage."}

    amount_usd: Annotated[Decimal, Field(max_digits=24, decimal_places=9, alias="amountUSD")]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    request_id: Annotated[str | None, StringConstraints(max_length=128)] = None
    at: GivenMoment | None = None
    user_id: GivenId | None = None
    configuration_id: GivenId | None = None
    provider: Annotated[str | None, StringConstraints(max_length=100)] = None
    model: Annotated[str | None, StringConstraints(max_length=255)] = None

    def read(self) -> CorrectionDraft:
        """What was given, for the use case."""
        return read_record(CorrectionDraft, self, amount=self.amount_usd)


class CorrectionResponse(ResponseBody):
    """A correction. ``eventId`` is the usage event that it is about, if it is about one."""

    id: str
    workspace_id: str
    at: Moment
    amount_usd: float = Field(serialization_alias="amountUSD")
    amount_nanos: int
    reason: str
    event_id: str | None
    created_by: str
    created_at: Moment

    @classmethod
    def of(cls, record: CorrectionRecord) -> CorrectionResponse:
        """From the record."""
        return super().of(Beside(record, amount_usd=usd(record.cost_nanos), amount_nanos=record.cost_nanos))


@router.get("", dependencies=[allow("usage.correct")])
async def list_corrections(
    services: ServicesDep, actor: ActorDep, page: PageDep, request: Request, response: Response
) -> list[CorrectionResponse]:
    """Corrections of what requests cost, the newest first."""
    found = await services.corrections.list(actor, page)
    link_next(request, response, found)
    return [CorrectionResponse.of(record) for record in found.items]


@router.post("", status_code=201, dependencies=[allow("usage.correct")])
async def create_correction(services: ServicesDep, given: CorrectionRequest, actor: ActorDep) -> CorrectionResponse:
    """Correct what a request, or a time, has cost. All reports count it; the request itself stays as it was counted."""
    return CorrectionResponse.of(await services.corrections.create(actor, given.read()))
