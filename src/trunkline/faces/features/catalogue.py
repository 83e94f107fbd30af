"""``/api/catalogue/models``: what models there are, what they can do and what they cost."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from fastapi import Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from trunkline.control.features.catalogue import ModelFilter, read_capability
from trunkline.control.record import Beside
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.paging import PageDep, link_next
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import Moment, ResponseBody
from trunkline.providers.model_info import ModelInfo, texts

router = Router(prefix="/api/catalogue", tags=["Catalogue"])

ProviderDep = Annotated[str, Query(max_length=100, description="Whose models.")]


class CatalogueModelItemResponse(ResponseBody):
    """A model. ``provider`` is who makes it; ``pricing`` US dollars per token or unit, as decimal text.

    ``created`` is seconds since the epoch. What the provider does not say is null or empty.
    """

    id: str
    name: str
    provider: str
    description: str | None
    capabilities: list[str]
    pricing: dict[str, str] | None = Field(validation_alias="price")
    context_length: int | None
    max_completion_tokens: int | None = Field(validation_alias="max_output_tokens")
    version: str | None
    input_modalities: list[str]
    output_modalities: list[str]
    supported_parameters: list[str]
    created: int | None

    @classmethod
    def listed(cls, model: ModelInfo, provider: str) -> CatalogueModelItemResponse:
        """From what the list of ``provider`` says."""
        named = ["embedding" if name == "embeddings" else name for name in model.capabilities]
        return cls.of(
            Beside(
                model,
                provider=model.owned_by or provider,
                capabilities=named,
                supported_parameters=texts(model.details.get("supported_parameters")),
            )
        )


class CatalogueSourceResponse(ResponseBody):
    """Where models come from: ``source`` is ``live`` (the provider's own list) or ``catalogue`` (this version's).

    ``cached``: it was fetched for an earlier request, ``ageSeconds`` ago. ``stale``: the provider fails now, for the
    reason in ``problem``; this is the last list that is known.
    """

    provider: str
    source: str
    cached: bool
    stale: bool
    fetched_at: Moment | None
    age_seconds: int | None
    problem: str | None


class CatalogueModelListResponse(CatalogueSourceResponse):
    """A page of models by their ids; ``total`` counts those that the filter lets through."""

    total: int
    models: list[CatalogueModelItemResponse]


class CatalogueModelResponse(CatalogueSourceResponse):
    """One model."""

    model: CatalogueModelItemResponse


@router.get("/models", dependencies=[allow("catalogue.read")])
async def list_catalogue_models(
    services: ServicesDep,
    request: Request,
    response: Response,
    actor: ActorDep,
    page: PageDep,
    provider: ProviderDep = "openrouter",
    capability: Annotated[
        str | None, Query(max_length=50, description="`text`, `image`, `embedding`, `audio`, `vision`, `tools`, …")
    ] = None,
    q: Annotated[str | None, Query(max_length=200, description="Words in the id or the name.")] = None,
    max_price: Annotated[
        Decimal | None,
        Query(alias="maxPrice", ge=0, description="The most US dollars per million input tokens."),
    ] = None,
    min_context: Annotated[int | None, Query(alias="minContext", ge=0, description="Tokens.")] = None,
    refresh: Annotated[
        bool, Query(description="Ask the provider although a list of the last ten minutes is there.")
    ] = False,
) -> CatalogueModelListResponse:
    """The models of a provider, live, and remembered for ten minutes."""
    wanted = ModelFilter(
        capability=None if capability is None else read_capability(capability),
        text=q,
        max_price=max_price,
        min_context=min_context,
    )
    found = await services.catalogue.search(actor, provider, wanted, page, refresh=refresh)
    link_next(request, response, found.page)
    return CatalogueModelListResponse.of(
        Beside(
            found.listing,
            total=found.total,
            models=[CatalogueModelItemResponse.listed(model, found.listing.provider) for model in found.page.items],
        )
    )


@router.get("/models/{model_id:path}", dependencies=[allow("catalogue.read")])
async def get_catalogue_model(
    services: ServicesDep, actor: ActorDep, model_id: str, provider: ProviderDep = "openrouter"
) -> CatalogueModelResponse:
    """One model, by its id with the slash in it."""
    listing, model = await services.catalogue.get(actor, provider, model_id)
    return CatalogueModelResponse.of(Beside(listing, model=CatalogueModelItemResponse.listed(model, listing.provider)))
