"""``/api/v1/{create,get,update}/ai-model-config``: one document of models for each user."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response

from trunkline.faces.ai_model_config.wire import AiModelConfigRequest, AiModelConfigResponse
from trunkline.faces.http.auth import ActorDep, allow
from trunkline.faces.http.etag import IfMatchDep, write_etag
from trunkline.faces.http.router import Router
from trunkline.faces.http.services import ServicesDep

router = Router(prefix="/api/v1", tags=["AI model configuration"])


# Encrypted keys are in an answer only where they were asked for: a field that is not set is left out.
@router.post(
    "/create/ai-model-config",
    status_code=201,
    response_model_exclude_unset=True,
    dependencies=[allow("ai_model_config.change")],
)
async def create_ai_model_config(
    services: ServicesDep, given: AiModelConfigRequest, actor: ActorDep, response: Response
) -> AiModelConfigResponse:
    """Save your AI model configuration: your models, your own encrypted keys, and a system prompt for all."""
    record = await services.model_documents.create(actor, given.draft())
    response.headers["ETag"] = write_etag(record.revision)
    response.headers["Location"] = "/api/v1/get/ai-model-config"
    return AiModelConfigResponse.of(record)


@router.get("/get/ai-model-config", response_model_exclude_unset=True, dependencies=[allow("ai_model_config.read")])
async def get_ai_model_config(
    services: ServicesDep,
    actor: ActorDep,
    response: Response,
    include_encrypted_keys: Annotated[
        bool, Query(alias="includeEncryptedKeys", description="With `apiKeyEncrypted`, exactly as it came.")
    ] = False,
) -> AiModelConfigResponse:
    """Your AI model configuration."""
    record = await services.model_documents.get(actor, with_ciphertexts=include_encrypted_keys)
    response.headers["ETag"] = write_etag(record.revision)
    return AiModelConfigResponse.of(record)


@router.put(
    "/update/ai-model-config", response_model_exclude_unset=True, dependencies=[allow("ai_model_config.change")]
)
async def update_ai_model_config(
    services: ServicesDep, given: AiModelConfigRequest, actor: ActorDep, response: Response, if_match: IfMatchDep
) -> AiModelConfigResponse:
    """Replace it whole. A model that stays keeps its key if `apiKeyEncrypted` is left out and loses it if null.

    409 names what still uses a model that you leave out, such as a default.
    """
    record = await services.model_documents.update(actor, given.draft(), if_revision=if_match)
    response.headers["ETag"] = write_etag(record.revision)
    return AiModelConfigResponse.of(record)
