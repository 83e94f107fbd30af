"""``/scim/v2``: where identity providers send users and groups."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from fastapi import Request, Response

from trunkline.core.errors import TrunklineError
from trunkline.faces.http.auth import KNOWN, find_credential
from trunkline.faces.http.errors import status_of
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep

# Its description is the protocol's own: GET /scim/v2/Schemas.
router = Router(prefix="/scim/v2", include_in_schema=False)


@router.api_route("/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
async def serve_scim(services: ServicesDep, path: str, request: Request) -> Response:
    """One request of an identity provider, by its own token."""
    provisioning = services.provisioning
    try:
        provider = await provisioning.authenticate(find_credential(request))
        known: Callable[[], None] | None = request.scope.get(KNOWN)
        if known is not None:
            known()
        answer = await provisioning.answer(
            provider, request.method, f"/{path}", request.query_params, request.headers.items(), await request.body()
        )
    except TrunklineError as error:
        answer = provisioning.refuse(status_of(error), error.message)
    body = b"" if answer.body is None else msgspec.json.encode(answer.body)
    return Response(body, answer.status, dict(answer.headers))
