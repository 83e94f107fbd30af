"""Models of a provider on the wire, for the faces that list them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query
from pydantic import Field

from trunkline.faces.http.wire import Moment, ResponseBody


class ProviderModelResponse(ResponseBody):
    """A model. ``pricing`` is USD per token as decimal text; ``created`` seconds since the epoch."""

    id: str
    name: str
    owned_by: str | None
    description: str | None
    context_length: int | None
    max_output_tokens: int | None
    input_modalities: list[str]
    output_modalities: list[str]
    capabilities: list[str]
    pricing: dict[str, str] | None = Field(validation_alias="price")
    created: int | None
    version: str | None
    details: dict[str, Any]


class ProviderModelListResponse(ResponseBody):
    """Models of a provider, ``live`` from itself or from the ``catalogue``; ``problem``: why not live.

    ``cached``: the list was fetched for an earlier request, ``ageSeconds`` ago. ``stale``: the provider fails now, and
    this is its last list that is known. ``available`` and ``nearest`` are about the model of the configuration that was
    named: its provider may have withdrawn it.
    """

    provider: str
    source: str
    models: list[ProviderModelResponse]
    problem: str | None
    cached: bool
    stale: bool
    fetched_at: Moment | None
    age_seconds: int | None
    available: bool | None
    nearest: list[str]


class ModelPullResponse(ResponseBody):
    """The job to follow at ``/api/jobs/:id``."""

    job_id: str


RefreshDep = Annotated[bool, Query(description="Ask the provider although a list of the last ten minutes is there.")]
