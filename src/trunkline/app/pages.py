"""The management faces and the pages, as one application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, cast

from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from trunkline.faces import (
    ai_llm,
    ai_model_config,
    alerts,
    budgets,
    cache,
    configurations,
    console,
    conversations,
    features,
    jobs,
    limits,
    management,
    mcp,
    model_configs,
    operations,
    policy,
    prices,
    providers,
    status,
    usage,
)
from trunkline.faces.cors import Cors
from trunkline.faces.http.application import build
from trunkline.faces.http.services import Services
from trunkline.faces.v1.call_responses import RESPONSES
from trunkline.faces.v1.calls import CALLS
from trunkline.faces.v1.stray import answer_stray

FACES: Final = (
    management,
    budgets,
    limits,
    cache,
    configurations,
    providers,
    status,
    alerts,
    usage,
    jobs,
    model_configs,
    ai_llm,
    ai_model_config,
    policy,
    prices,
    conversations,
    features,
    mcp,
    operations,
    console,
)
"""In the order in which they are described."""


def build_pages(
    services: Services,
    registry: CollectorRegistry,
    cors: Cors | None = None,
    refresh: Callable[[], Awaitable[object]] | None = None,
) -> FastAPI:
    """All routers over ``services``; ``cors`` says whose pages may call.

    ``registry`` is what ``/metrics`` shows, after ``refresh`` was awaited.
    """
    app = build(services, [face.router for face in FACES], CALLS, RESPONSES, cors=cors, stray=answer_stray)
    app.state.registry = registry
    app.state.refresh = refresh
    return app


def describe_api() -> dict[str, Any]:
    """The OpenAPI document of all faces, as ``/openapi.json`` has it. Opens nothing."""
    # Routes ask for services when they are called, and these are only described.
    return build_pages(cast("Services", None), CollectorRegistry()).openapi()
