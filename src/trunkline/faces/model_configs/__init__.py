"""The face of applications' configurations: ``/model-configs``, their versions and experiments."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from trunkline.faces.model_configs import configs, experiment, versions
from trunkline.faces.model_configs.missing import name_missing

router = APIRouter(dependencies=[Depends(name_missing)])
for part in (configs, versions, experiment):
    router.include_router(part.router)
router.include_router(experiment.listed)
