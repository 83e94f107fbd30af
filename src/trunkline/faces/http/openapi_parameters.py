"""What the parameters of the API's paths are, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_MEANINGS: Final[Mapping[str, str]] = {
    "ai_llm_id": "The entry's `id`.",
    "application_id": "The application's `id`.",
    "config_id": "The configuration's `_id`.",
    "configuration_id": "The configuration's `id`.",
    "conversation_id": "The conversation's `id`.",
    "invitation_id": "The invitation's `id`.",
    "job_id": "The job's `id`.",
    "key_id": "The API key's `id`; not the key itself.",
    "message_id": "The message's `id`.",
    "model": "What `GET /v1beta/models` names: a configuration, a route, a feature, or a model.",
    "model_id": "The model's id at OpenRouter, such as `openai/gpt-4o-mini`.",
    "number": "Which revision: they are numbered from 1.",
    "picture_id": "The picture's `id`.",
    "policy_id": "The policy's `id`.",
    "route_id": "The route's `id`.",
    "template_id": "The template's `id`.",
    "user_id": "The user's `id`.",
    "version_id": "The version's `_id`.",
    "workspace_id": "The workspace's `id`.",
}
"""By name. One that means different things at different paths is in the table below, or its route says it."""

_AT: Final[Mapping[str, str]] = {
    "/api/providers/{name}": "The provider's `name`: `GET /api/providers` lists them.",
    "/v1/models/{name}": "A name that `GET /v1/models` lists.",
    "/v1beta/models/{name}": "A name that `GET /v1beta/models` lists.",
}


def describe_parameters(path: str, operation: dict[str, Any]) -> None:
    """Say of each parameter of ``path`` what it is, unless the operation says so itself."""
    beginning = path.partition("}")[0] + "}"
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            meaning = _AT.get(beginning) if parameter["name"] == "name" else _MEANINGS.get(parameter["name"])
            if meaning is not None:
                parameter.setdefault("description", meaning)
