"""``/healthz``, ``/readyz``, ``/metrics`` and the reference page at ``/docs``."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, Final, cast

from fastapi import Depends, Request, Response
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from pydantic import BaseModel

from trunkline.core.errors import Forbidden, Unauthenticated
from trunkline.faces.http.page import serve_folder
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep

_TEXT: Final[dict[str, Any]] = {"schema": {"type": "string"}}
_METRICS: Final = {"text/plain": _TEXT, "application/openmetrics-text": _TEXT}


class LivenessResponse(BaseModel):
    """That the process runs."""

    status: str = "ok"


class ReadinessResponse(BaseModel):
    """Whether the process can serve: `ready`, `degraded` (it serves, but something is wrong) or `unready`.

    `checks` are `ok`, or what is wrong.
    """

    status: str
    checks: dict[str, str]


def registry_of(request: Request) -> CollectorRegistry:
    """What ``/metrics`` shows of the application that this request came to."""
    return cast("CollectorRegistry", request.app.state.registry)


async def refresh(request: Request) -> None:
    """Bring the metrics of the application that this request came to up to date."""
    ask: Callable[[], Awaitable[object]] | None = getattr(request.app.state, "refresh", None)
    if ask is not None:
        await ask()


def require_scraper(request: Request, token: str | None) -> None:
    """:class:`Unauthenticated` or :class:`Forbidden` unless ``request`` may read the metrics.

    What a proxy on this machine hands on comes from somewhere else, and is known by the headers that it adds.
    """
    if token is not None:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), token.encode()):
            raise Unauthenticated("Send the token of TRUNKLINE_METRICS_TOKEN: `Authorization: Bearer …`.")
        return
    forwarded = any(name in request.headers for name in ("x-forwarded-for", "forwarded"))
    if forwarded or request.client is None or not _is_loopback(request.client.host):
        raise Forbidden(
            "Metrics are shown to requests from the server's own machine. To read them from elsewhere, set"
            " TRUNKLINE_METRICS_TOKEN and send it as a bearer token."
        )


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


router = Router(tags=["Operations"])


@router.get("/healthz")
async def get_liveness() -> LivenessResponse:
    """Whether the process runs. It looks at nothing else."""
    return LivenessResponse()


@router.get("/readyz", responses={503: {"model": ReadinessResponse}})
async def get_readiness(services: ServicesDep, response: Response) -> ReadinessResponse:
    """Whether the process can serve. 503 when something is missing without which it cannot."""
    findings = await services.health.examine()
    status = "ready"
    if any(finding.problem for finding in findings):
        status = "degraded"
    if any(finding.problem and finding.essential for finding in findings):
        status, response.status_code = "unready", 503
    return ReadinessResponse(status=status, checks={finding.name: finding.problem or "ok" for finding in findings})


@router.get("/metrics", response_class=Response, responses={200: {"content": _METRICS}})
async def get_metrics(
    services: ServicesDep, request: Request, registry: Annotated[CollectorRegistry, Depends(registry_of)]
) -> Response:
    """Metrics in the format that Prometheus asks for (https://prometheus.io/docs/instrumenting/exposition_formats/).

    Answers requests from the server's own machine, or those with the bearer token of `TRUNKLINE_METRICS_TOKEN`
    where that is set.
    """
    token = services.settings.metrics_token
    require_scraper(request, None if token is None else token.reveal())
    await refresh(request)
    encode, kind = choose_encoder(request.headers.get("accept", ""))
    return Response(encode(registry), headers={"content-type": kind})


router.take_over(serve_folder(Path(__file__).parent / "reference", "/docs"))
