"""``/api/prices``."""

from __future__ import annotations

from fastapi import Request, Response

from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.paging import PageDep, link_next
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import PathId, SuccessResponse
from trunkline.faces.prices.price_wire import PriceRequest, PriceResponse

router = Router(prefix="/api/prices", tags=["Prices"])


@router.get("", dependencies=[allow("prices.read")])
async def list_prices(
    services: ServicesDep, actor: ActorDep, page: PageDep, request: Request, response: Response
) -> list[PriceResponse]:
    """The workspace's own prices, the newest first."""
    found = await services.workspace_prices.list(actor, page)
    link_next(request, response, found)
    return [PriceResponse.of(record) for record in found.items]


@router.post("", status_code=201, dependencies=[allow("prices.change")])
async def create_price(
    services: ServicesDep, given: PriceRequest, actor: ActorDep, response: Response
) -> PriceResponse:
    """Set what a model costs, for requests from now on. Where several prices hold, the one that began last counts."""
    record = await services.workspace_prices.create(actor, given.read())
    response.headers["Location"] = f"/api/prices/{record.id}"
    return PriceResponse.of(record)


@router.get("/{price_id}", dependencies=[allow("prices.read")])
async def get_price(services: ServicesDep, price_id: PathId, actor: ActorDep) -> PriceResponse:
    """One price."""
    return PriceResponse.of(await services.workspace_prices.get(actor, price_id))


@router.put("/{price_id}", dependencies=[allow("prices.change")])
async def update_price(services: ServicesDep, price_id: PathId, given: PriceRequest, actor: ActorDep) -> PriceResponse:
    """Replace a price. What requests have cost stays as it is: see `POST /api/usage/corrections`."""
    return PriceResponse.of(await services.workspace_prices.update(actor, price_id, given.read()))


@router.delete("/{price_id}", dependencies=[allow("prices.change")])
async def delete_price(services: ServicesDep, price_id: PathId, actor: ActorDep) -> SuccessResponse:
    """Delete a price. That of the list counts again from now on."""
    await services.workspace_prices.delete(actor, price_id)
    return SuccessResponse()
