"""The rest of the management faces, for suites that look at all of them at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from fastapi import APIRouter

from tests.contract.world import Faces
from trunkline.control.ai_llms import AiLlms
from trunkline.control.answers import Answers
from trunkline.control.applications import Applications
from trunkline.control.catalogue import Catalogue
from trunkline.control.configurations import Configurations
from trunkline.control.connection_tests import ConnectionTests
from trunkline.control.conversations import Conversations
from trunkline.control.credentials import Credentials
from trunkline.control.document_configurations import DocumentConfigurations
from trunkline.control.experiments import Experiments
from trunkline.control.feature_keys import FeatureKeys
from trunkline.control.feature_runs import FeatureRuns
from trunkline.control.features import Features
from trunkline.control.installation import Installation
from trunkline.control.jobs import Jobs
from trunkline.control.messages import Messages
from trunkline.control.model_configs import ModelConfigs
from trunkline.control.model_documents import ModelDocuments
from trunkline.control.model_plan import ModelPlanner
from trunkline.control.pictures import Pictures
from trunkline.control.policies import Policies
from trunkline.control.prices import PriceBook
from trunkline.control.provider_models import ProviderModels
from trunkline.control.pulls import Pulls
from trunkline.control.rate_limit import RateLimit
from trunkline.control.ratings import Ratings
from trunkline.control.reach import Reach
from trunkline.control.revisions import Revisions
from trunkline.control.rotation import Rotation
from trunkline.control.routes import Routes
from trunkline.control.templates import Templates
from trunkline.control.usage import Usage
from trunkline.control.versions import Versions
from trunkline.control.violations import ViolationLog
from trunkline.core.actor import Actor
from trunkline.faces import ai_llm, ai_model_config, configurations, conversations, model_configs, policy
from trunkline.faces import features as feature_routes
from trunkline.faces.http.services import Services
from trunkline.gateway.gateway import Gateway
from trunkline.outbound import Client, Guard, LocalUpstreams
from trunkline.providers.demo import DemoTransport
from trunkline.vault.sealed_key import SealedKeys
from trunkline.vault.vault import Vault


async def _ask_for_nothing(actor: Actor, feature: str) -> tuple[str, ...]:
    return ()


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
        ratings = Ratings(database, audit, wait_seconds=0)
        pictures = Pictures(database)
        catalogue = Catalogue(database, reach, models)
        checks = RateLimit(1000, "tests of features")
        feature_keys = FeatureKeys(database, credentials, reach, audit, checks, sealed)
        features = Features(database, credentials, audit, sealed, feature_keys, catalogue)
        # Nothing is asked of a model here.
        answers = Answers(database, cast("Gateway", None), pictures)
        return {
            "configurations": made,
            "ai_llms": AiLlms(database, made, parts["ring"].instance),
            "policies": Policies(database, audit, parts["ring"].instance),
            "violations": ViolationLog(database),
            "connection_tests": ConnectionTests(
                database, reach, audit, RateLimit(1000, "connection tests"), sealed, models.output_limit
            ),
            "revisions": Revisions(database, made),
            "templates": Templates(database, audit),
            "model_documents": ModelDocuments(
                database, DocumentConfigurations(made), credentials, ModelPlanner(credentials, sealed), audit
            ),
            "provider_models": models,
            "pulls": Pulls(database, reach, jobs, models, audit),
            "jobs": jobs,
            "rotation": rotation,
            "routes": Routes(database, audit),
            "usage": Usage(database),
            "model_configs": ModelConfigs(database, made, Applications(database, audit), audit),
            "versions": Versions(database, audit, models.output_limit),
            "ratings": ratings,
            "experiments": Experiments(database, audit, made, Versions(database, audit, models.output_limit)),
            "conversations": Conversations(database, audit, parts["holder"]),
            "messages": Messages(
                database,
                answers,
                pictures,
                _ask_for_nothing,
                ratings.rate,
                windows=models.context_window,
                prices=PriceBook(),
            ),
            "answers": answers,
            "pictures": pictures,
            "catalogue": catalogue,
            "features": features,
            "feature_keys": feature_keys,
            "feature_runs": FeatureRuns(
                database,
                credentials,
                parts["holder"],
                cast("Gateway", None),
                lambda held: cast("Gateway", None),
                features,
                pictures,
                catalogue,
                checks,
            ),
        }

    def routers(self, services: Services) -> list[APIRouter]:
        return [
            configurations.router(services),
            model_configs.router(services),
            ai_llm.router(services),
            ai_model_config.router(services),
            policy.router(services),
            conversations.router(services),
            feature_routes.router(services),
        ]
