"""The face of applications' configurations: ``/model-configs``, their versions and experiments."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from trunkline.faces.http.services import Services
from trunkline.faces.model_configs import configs, experiment, versions
from trunkline.faces.model_configs.missing import name_missing


def router(services: Services) -> APIRouter:
    """All routes of this face. ``services`` are found again through the application that they are included in."""
    del services
    face = APIRouter(dependencies=[Depends(name_missing)])
    for part in (configs, versions, experiment):
        face.include_router(part.routes)
    return face
