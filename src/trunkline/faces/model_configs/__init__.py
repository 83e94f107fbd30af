"""The face of applications' configurations: ``/model-configs``, their versions and experiments."""

from __future__ import annotations

from trunkline.faces.http.router import Router
from trunkline.faces.model_configs import configs, experiment, versions

router = Router()
for part in (configs, versions, experiment):
    router.take_over(part.router)
router.take_over(experiment.listed)
