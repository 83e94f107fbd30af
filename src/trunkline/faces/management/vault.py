"""``/api/vault``: the encryption keys of the installation, for its administrator."""

from __future__ import annotations

from typing import Any, ClassVar

from fastapi import Response
from pydantic import Field

from trunkline.control.installation.key_rotations import Level
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep
from trunkline.faces.http.wire import RequestBody, ResponseBody

router = Router(prefix="/api/vault", tags=["Vault"])


class VaultResponse(ResponseBody):
    """The version of the key-encryption key, and what is still under an older one: nothing once a rotation is done."""

    version: int = Field(description="The version of the key-encryption key that is in use.")
    old_data_keys: int = Field(description="Replaced data keys that still encrypt something.")
    old_wrappings: int = Field(description="Data keys that an older version of the key-encryption key wraps.")


class VaultRotationRequest(RequestBody):
    """Which keys to rotate."""

    example: ClassVar[dict[str, Any]] = {"level": "key-encryption-key"}

    level: Level = Field(
        description="`key-encryption-key`: a new version, and every data key wrapped with it. `data-keys`: a new data"
        " key for every owner, and everything that is stored encrypted with it again."
    )


class VaultRotationResponse(ResponseBody):
    """The job that rotates: follow it at `/api/jobs/:id`."""

    job_id: str


@router.get("", dependencies=[allow("vault.rotate")])
async def get_vault(services: ServicesDep, actor: ActorDep) -> VaultResponse:
    """Which version of the key-encryption key is in use, and how far the last rotation is."""
    return VaultResponse.of(await services.key_rotations.read_standing(actor))


@router.post("/rotate", status_code=202, dependencies=[allow("vault.rotate")])
async def rotate_vault(
    services: ServicesDep, actor: ActorDep, response: Response, given: VaultRotationRequest
) -> VaultRotationResponse:
    """Rotate the encryption keys, as a job. Requests go on meanwhile, and no stored key changes for its users."""
    job = await services.key_rotations.start(actor, given.level)
    response.headers["Location"] = f"/api/jobs/{job.id}"
    return VaultRotationResponse(job_id=job.id)
