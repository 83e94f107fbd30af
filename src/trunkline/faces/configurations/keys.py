"""Turning keys."""

from __future__ import annotations

from starlette.responses import Response

from trunkline.faces.configurations.wire import KeyRotateRequest, KeyRotateResponse
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.configuration_wire import read_secret
from trunkline.faces.http.etag import IfMatchDep, write_etag
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep

router = Router(prefix="/api/configurations", tags=["Configurations"])


@router.post("/{configuration_id}/rotate-key", dependencies=[allow("configurations.change")])
async def rotate_key(
    services: ServicesDep,
    response: Response,
    actor: ActorDep,
    configuration_id: str,
    if_match: IfMatchDep,
    given: KeyRotateRequest | None = None,
) -> KeyRotateResponse:
    """Replace the key by `apiKey`, or without it encrypt the stored one under new key material."""
    rotated = await services.configurations.rotate_key(
        actor, configuration_id, read_secret(given.api_key) if given else None, if_revision=if_match
    )
    record = rotated.configuration
    response.headers["ETag"] = write_etag(record.revision)
    return KeyRotateResponse(
        id=record.id, api_key=record.key.mask if record.key else None, rotated_at=rotated.rotated_at
    )
