"""``/model-configs/{id}/experiment``: what the versions of a configuration do, compared, steered and ended."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query, Request, Response

from trunkline.control.experiments.experiment import ListedState
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.paging import PageDep, link_next
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import PathId
from trunkline.faces.model_configs.experiment_wire import (
    ExperimentPointResponse,
    ExperimentResponse,
    ExperimentRevertRequest,
    ExperimentShipRequest,
    ExperimentSummaryResponse,
    ExperimentUpdateRequest,
    show,
)
from trunkline.faces.model_configs.missing import name_missing

router = Router(
    prefix="/model-configs/{config_id}/experiment", tags=["Model configs"], dependencies=[Depends(name_missing)]
)

listed = Router(prefix="/api/experiments", tags=["Model configs"], dependencies=[Depends(name_missing)])

PhaseNumber = Annotated[int | None, Query(ge=1, description="Look at this phase instead of the last one.")]


@router.get("", dependencies=[allow("experiments.read")])
async def get_experiment(
    services: ServicesDep, config_id: PathId, actor: ActorDep, phase: PhaseNumber = None
) -> ExperimentResponse:
    """How the versions do, how they differ from the control, and the verdict in one sentence."""
    return show(await services.experiments.get(actor, config_id, phase=phase))


@listed.get("", dependencies=[allow("experiments.read")])
async def list_experiments(
    services: ServicesDep,
    actor: ActorDep,
    page: PageDep,
    request: Request,
    response: Response,
    state: Annotated[ListedState | None, Query(description="How they stand.")] = None,
) -> list[ExperimentSummaryResponse]:
    """The experiments of all configurations that you see, the newest configuration first."""
    found = await services.experiments.list(actor, page, state)
    link_next(request, response, found)
    return [ExperimentSummaryResponse.of_listed(each) for each in found.items]


@router.get("/history", dependencies=[allow("experiments.read")])
async def get_experiment_history(
    services: ServicesDep, config_id: PathId, actor: ActorDep
) -> list[ExperimentPointResponse]:
    """How the differences came to be: their bounds at up to 60 moments of the last 12 phases, the oldest first."""
    return [ExperimentPointResponse.of(each) for each in await services.experiments.look_back(actor, config_id)]


@router.put("", dependencies=[allow("experiments.change")])
async def update_experiment(
    services: ServicesDep, config_id: PathId, given: ExperimentUpdateRequest, actor: ActorDep
) -> ExperimentResponse:
    """Choose the control, the guardrails, what counts as slow; begin a ramp, or end one with null."""
    return show(await services.experiments.update(actor, config_id, given.read()))


@router.post("/ship", dependencies=[allow("experiments.change")])
async def ship_version(
    services: ServicesDep, config_id: PathId, given: ExperimentShipRequest, actor: ActorDep
) -> ExperimentResponse:
    """End the experiment with a winner, which serves everything and becomes the configuration itself."""
    return show(await services.experiments.ship(actor, config_id, given.version_id))


@router.post("/revert", dependencies=[allow("experiments.change")])
async def revert_experiment(
    services: ServicesDep, config_id: PathId, actor: ActorDep, given: ExperimentRevertRequest | None = None
) -> ExperimentResponse:
    """End the experiment without a winner: the control serves everything again."""
    del given
    return show(await services.experiments.revert(actor, config_id))
