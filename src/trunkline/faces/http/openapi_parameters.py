"""What the parameters of the API are, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_MEANINGS: Final[Mapping[str, str]] = {
    "ai_llm_id": "The entry's `id`.",
    "alert_id": "The alert's `id`.",
    "application_id": "The application's `id`.",
    "channel_id": "The channel's `id`.",
    "config_id": "The configuration's `_id`.",
    "configuration_id": "The configuration's `id`.",
    "conversation_id": "The conversation's `id`.",
    "identity_provider_id": "The identity provider's `id`.",
    "invitation_id": "The invitation's `id`.",
    "job_id": "The job's `id`.",
    "key_id": "The API key's `id`; not the key itself.",
    "limit_id": "The limit's `id`.",
    "local_model": "The model's `id` in the configuration's list of models, such as `llama3.2:latest`.",
    "mcp_server_id": "The MCP server's `id`; below `/mcp` also its `name`.",
    "message_id": "The message's `id`.",
    "model": "What `GET /v1beta/models` names: a configuration, a route, a feature, or a model.",
    "model_id": "The model's id at OpenRouter, such as `openai/gpt-4o-mini`.",
    "number": "Which revision: they are numbered from 1.",
    "picture_id": "The picture's `id`.",
    "policy_id": "The policy's `id`.",
    "price_id": "The price's `id`.",
    "request_id": "The header `x-request-id` of the answer, or the `id` of the usage event.",
    "budget_id": "The budget's `id`.",
    "route_id": "The route's `id`.",
    "rule_id": "The rule's `id`.",
    "session_id": "The session's `id`.",
    "template_id": "The template's `id`.",
    "user_id": "The user's `id`.",
    "version_id": "The version's `_id`.",
    "workspace_id": "The workspace's `id`.",
}
"""Those of paths, by name. What means different things at different paths is in the table below, or its route says."""

_AT: Final[Mapping[str, str]] = {
    "/api/discoveries/{name}": "The provider's `name`, as it was found.",
    "/api/providers/{name}": "The provider's `name`: `GET /api/providers` lists them.",
    "/v1/responses/{id}": "The response's `id`.",
    "/v1/files/{id}": "The file's `id`.",
    "/v1/batches/{id}": "The batch's `id`.",
    "/v1/messages/batches/{id}": "The batch's `id`.",
    "/v1beta/batches/{id}": "What follows `batches/` in the batch's `name`.",
    "/v1beta/files/{id}": "What follows `files/` in the file's `name`.",
    "/v1/models/{name}": "A name that `GET /v1/models` lists.",
    "/v1beta/models/{name}": "A name that `GET /v1beta/models` lists.",
}


_FILTERS: Final[Mapping[str, str]] = {
    "action": "What was done, such as `keys.create`.",
    "actorId": "By whom: a user's `id`.",
    "applicationId": "An application's `id`.",
    "configurationId": "A configuration's `id`.",
    "conversationId": "A conversation's `id`.",
    "from": "A time: not before.",
    "isActive": "Those in use, or those that are not.",
    "keyId": "An API key's `id`.",
    "measure": "What is counted.",
    "model": "A model, as its provider names it.",
    "outcome": "How it ended.",
    "provider": "A provider's `name`.",
    "requestId": "The header `x-request-id` of an answer.",
    "routeId": "A route's `id`.",
    "subject": "Whose traffic is limited.",
    "subjectId": "The `id` of whose traffic is limited; of a feature its `slug`.",
    "targetId": "The `id` of what it was done to.",
    "targetType": "What kind of thing it was done to, such as `key`.",
    "to": "A time: before it.",
    "userId": "A user's `id`.",
    "versionId": "A version's `_id`.",
    "workspaceId": "A workspace's `id`.",
}
"""Those of queries, by name: a list has what fits all of them."""


def describe_parameters(path: str, operation: dict[str, Any]) -> None:
    """Say of each parameter of the ``operation`` at ``path`` what it is, unless the operation says so itself."""
    beginning = path.partition("}")[0] + "}"
    for parameter in operation.get("parameters", ()):
        name: str = parameter["name"]
        meaning = _FILTERS.get(name)
        if parameter["in"] == "path":
            meaning = _AT.get(beginning) if name in {"id", "name"} else _MEANINGS.get(name)
        if meaning is not None:
            parameter.setdefault("description", meaning)
