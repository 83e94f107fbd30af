"""The management faces and the pages, as one application."""

from __future__ import annotations

from typing import Any, cast

from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from trunkline.faces import ai_llm, ai_model_config, configurations, conversations, features, model_configs, policy
from trunkline.faces.console import router as console_routes
from trunkline.faces.cors import Cors
from trunkline.faces.http.application import build
from trunkline.faces.http.services import Services
from trunkline.faces.management import router as management_routes
from trunkline.faces.operations import router as operations_routes
from trunkline.faces.v1.call_responses import RESPONSES
from trunkline.faces.v1.calls import CALLS
from trunkline.faces.v1.stray import answer_stray


def build_pages(services: Services, registry: CollectorRegistry, cors: Cors | None = None) -> FastAPI:
    """All routers over ``services``; ``registry`` is what ``/metrics`` shows, and ``cors`` whose pages may call."""
    return build(
        services,
        [
            management_routes.router(services),
            configurations.router(services),
            model_configs.router(services),
            ai_llm.router(services),
            ai_model_config.router(services),
            policy.router(services),
            conversations.router(services),
            features.router(services),
            operations_routes.router(services, registry),
            console_routes.router(services),
        ],
        CALLS,
        RESPONSES,
        cors=cors,
        stray=answer_stray,
    )


def describe_api() -> dict[str, Any]:
    """The OpenAPI document of all faces, as ``/openapi.json`` has it. Opens nothing."""
    # Routes ask for services when they are called, and these are only described.
    return build_pages(cast("Services", None), CollectorRegistry()).openapi()
