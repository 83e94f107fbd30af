"""The rest of the management faces, for suites that look at all of them at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter

from tests.contract.world import Faces
from trunkline.control.configurations import Configurations
from trunkline.control.connection_tests import ConnectionTests
from trunkline.control.credentials import Credentials
from trunkline.control.installation import Installation
from trunkline.control.jobs import Jobs
from trunkline.control.prices import PriceBook
from trunkline.control.provider_models import ProviderModels
from trunkline.control.pulls import Pulls
from trunkline.control.rate_limit import RateLimit
from trunkline.control.reach import Reach
from trunkline.control.revisions import Revisions
from trunkline.control.rotation import Rotation
from trunkline.control.templates import Templates
from trunkline.control.usage import Usage
from trunkline.faces import configurations
from trunkline.faces.http.services import Services
from trunkline.outbound import Client, Guard, LocalUpstreams
from trunkline.providers.demo import DemoTransport
from trunkline.vault.sealed_key import SealedKeys
from trunkline.vault.vault import Vault


class AllFaces(Faces):
    """Adds the configuration face, over a client that may call nothing on this machine."""

    def services(self, parts: Mapping[str, Any]) -> dict[str, Any]:
        database, audit = parts["database"], parts["audit"]
        credentials = Credentials(Vault(parts["ring"]))
        sealed = SealedKeys(parts["ring"])
        rotation = Rotation(database, Vault(parts["ring"]), Installation(database), audit)
        client = Client(Guard(LocalUpstreams.parse("none")))
        reach = Reach(credentials, client, {"demo": DemoTransport(delay=0)}, prober=client)
        models = ProviderModels(database, reach, PriceBook())
        made = Configurations(database, credentials, rotation, audit, sealed, models.output_limit)
        jobs = Jobs(database)
        return {
            "configurations": made,
            "connection_tests": ConnectionTests(
                database, reach, audit, RateLimit(1000, "connection tests"), sealed, models.output_limit
            ),
            "revisions": Revisions(database, made),
            "templates": Templates(database, audit),
            "provider_models": models,
            "pulls": Pulls(database, reach, jobs, models, audit),
            "jobs": jobs,
            "rotation": rotation,
            "usage": Usage(database),
        }

    def routers(self, services: Services) -> list[APIRouter]:
        return [configurations.router(services)]
