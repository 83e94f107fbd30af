"""Who may do what beyond the table in ``core.access``: what depends on the record, route by route."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.contract.populated_server import CANARY
from trunkline.core.actor import Role

LOOK = ("/look.css", "/look.js", "/page.css", "/icon.svg")
"""What every page has that needs no build."""

PUBLIC = {
    ("POST", "/api/auth/login"),
    ("POST", "/api/auth/refresh"),
    ("POST", "/api/auth/local"),
    ("POST", "/api/auth/setup"),
    ("GET", "/api/auth/options"),
    ("GET", "/api/auth/sso/{slug}"),
    ("GET", "/api/auth/sso/{slug}/callback"),
    ("POST", "/api/auth/password/forgot"),
    ("POST", "/api/auth/password/reset"),
    ("POST", "/api/auth/signup"),
    ("POST", "/api/auth/invitations/accept"),
    # By a token of its own.
    *((method, "/scim/v2/{path:path}") for method in ("GET", "POST", "PUT", "PATCH", "DELETE")),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
    ("GET", "/"),
    ("GET", "/console"),
    ("GET", "/console/{path:path}"),
    *(("GET", f"/setup{file}") for file in ("", "/setup.css", "/setup.js", *LOOK)),
    *(("GET", f"/docs{file}") for file in ("", "/reference.css", "/reference.js", "/schema.js", *LOOK)),
}
"""What strangers may ask. Everything else names an action."""

NOBODY = ("anonymous", "revoked key", "expired key")

ROLES: Mapping[str, Role] = {
    "viewer": "viewer",
    "member": "member",
    "admin": "admin",
    "owner": "owner",
    "call key": "owner",
    "manage key": "owner",
    "application's key": "owner",
}
"""Who is in the workspace, and as what: keys have their maker's role."""

OTHERS = ("stranger", "stranger there", "administrator")
"""Another tenant at home, the same in a workspace that is not theirs, and the installation's administrator."""

AT_HOME = "viewer at home"
"""Somebody who is a viewer in the workspace, and asks without naming it: in their own workspace, then."""

REACHES_EVERYWHERE = r"/ai/llm/\{|/policy/\{|/api/workspaces/\{"
"""Where a record is found in any of one's workspaces, and one's role is that in the record's; or the path names it."""

OTHERS_OWN = ("viewer", "member", "admin", "application's key")
"""Who is neither the maker of the records nor a key that is theirs alone."""

BEYOND: tuple[tuple[tuple[str, ...], str, int], ...] = (
    # Conversations and pictures are somebody's own: no role opens them, and an application has its own.
    (OTHERS_OWN, r"\w+ /api/(conversations/\{conversation_id\}|pictures/\{picture_id\}).*", 404),
    (("viewer", "member", "admin"), r"DELETE /api/auth/sessions/\{session_id\}", 404),
    # So are the document of one's models and one's templates.
    (("stranger", "administrator", AT_HOME, *OTHERS_OWN[:3]), r"GET /api/v1/get/ai-model-config", 404),
    # It is at home in their personal workspace: keys of another do not open it.
    (("manage key", "application's key"), r"\w+ /api/v1/.*", 403),
    (("member", "admin"), r"DELETE .*/templates/\{template_id\}", 404),
    # Keys and jobs of others are the admins' affair, and those of the whole workspace no application's.
    (("viewer", "member", "application's key"), r"\w+ /api/keys/\{key_id\}", 404),
    (("viewer", "member"), r"GET /api/jobs/.*", 404),
    # So are requests.
    (("viewer", "member", "application's key"), r"GET /api/requests/\{request_id\}", 404),
    # So are limits of others' keys.
    (("viewer", "member", "application's key"), r"GET /api/limits/\{limit_id\}", 404),
    (("member",), r"(PUT|DELETE) /api/limits/\{limit_id\}", 404),
    # One rates one's own requests, an application those that it made; the admins any.
    (("member", "application's key"), r"POST /api/ratings", 404),
    # What serves an application is its maker's affair and the admins', as all its calls go there.
    (("member",), r"(PUT|DELETE) /api/applications/\{application_id\}", 403),
    # An application reads the budgets that are for it.
    (("application's key",), r"GET /api/budgets/\{budget_id\}", 404),
    # An application sees the alerts that are about what is its own.
    (("application's key",), r"(GET|POST) /api/alerts/\{alert_id\}.*", 404),
    # Everybody may leave a workspace, and only its admins send others away.
    (("viewer", "member"), r"DELETE /api/workspaces/\{workspace_id\}/members/\{user_id\}", 403),
    # A shared configuration is changed by its owner and by admins. Every member may try it.
    (
        ("member", "application's key"),
        (
            r"(PUT|DELETE) (/api/configurations|/model-configs|/ai/llm)/\{\w+\}"
            r"|POST /api/configurations/\{configuration_id\}/(rotate-key|revisions/\{number\}/revert)"
            r"|(POST|PUT|DELETE) /model-configs/\{config_id\}/(versions|experiment).*"
        ),
        403,
    ),
    # An application is no member of the workspace: what concerns all of it is not its business.
    (
        ("application's key",),
        (
            r"\w+ /api/workspaces/\{workspace_id\}/.*|(PATCH|DELETE) /api/workspaces/\{workspace_id\}"
            r"|POST /api/applications|DELETE /api/applications/.*|(GET|POST) /api/usage/corrections"
            r"|(POST|PUT|DELETE) /api/alerts/(rules|preview).*|\w+ /api/alerts/(channels|deliveries).*"
            r"|POST /api/audit/acknowledge"
            r"|GET /api/audit(/verify|/export)?|\w+ /api/cache|PUT /api/retention|(POST|PUT|DELETE) /api/budgets.*"
            r"|\w+ /api/capture|(POST|PUT|DELETE) /api/mcp-servers.*"
            r"|(POST|PUT|DELETE) (/api/routes|/api/prices|/api/limits|/policy|/api/features(?!/\{slug\}/run)).*"
        ),
        403,
    ),
)
"""The rules beyond the table, which depend on the record: who, where, and how they are refused what their role may."""

FILES_AND_BATCHES = (
    ("GET", "/v1/files/{file_id}"),
    ("GET", "/v1/files/{file_id}/content"),
    ("DELETE", "/v1/files/{file_id}"),
    ("GET", "/v1/batches/{batch_id}"),
    ("POST", "/v1/batches/{batch_id}/cancel"),
    ("GET", "/v1/messages/batches/{message_batch_id}"),
    ("GET", "/v1/messages/batches/{message_batch_id}/results"),
    ("POST", "/v1/messages/batches/{message_batch_id}/cancel"),
    ("DELETE", "/v1/messages/batches/{message_batch_id}"),
    ("GET", "/v1beta/batches/{gemini_batch_id}"),
    ("POST", "/v1beta/batches/{gemini_batch_id}:cancel"),
    ("DELETE", "/v1beta/batches/{gemini_batch_id}"),
    ("GET", "/v1beta/files/{gemini_file_id}"),
    ("GET", "/v1beta/files/{gemini_file_id}:download"),
    ("DELETE", "/v1beta/files/{gemini_file_id}"),
)
"""What is their maker's alone, and that of the maker's own keys: for no role does it exist, and an application has its
own. Who may not call is refused before it is looked for."""

THEIR_MAKERS = ("owner", "call key", "manage key")

TOLD = {"/api/audit", "/api/audit/export", "/api/audit/verify/installation"}
"""Where others' workspaces may be named: callers' own failed attempts are in the audit log, with what they asked for,
and the administrator verifies everybody's."""

OWN = {
    "/api/configurations/{configuration_id}",
    "/model-configs/{config_id}",
    "/ai/llm/{ai_llm_id}",
    "/api/conversations/{conversation_id}",
    "/api/keys/{key_id}",
    "/api/providers/{name}/templates/{template_id}",
}
"""What one may delete of one's own where others' is refused."""

NOT_HERE = {"/api/configurations/{configuration_id}/local-models/{local_model:path}", "/mcp/{mcp_server_id}"}
"""Paths of what only a provider or a server has that is not here: who may ask is answered 400."""

NAMED_IN_QUERIES = (
    ("/api/providers/demo/models?configurationId={configuration_id}", 404),
    # As its contract has it: a list for a workspace out of reach is empty.
    ("/ai/llm?workspaceId={workspace_id}", 200),
    ("/ai/llm/stats?aiLlmId={ai_llm_id}", 404),
    ("/policy?workspaceId={workspace_id}", 404),
    ("/policy?repoId={application_id}", 200),
    ("/policy/violations?workspaceId={workspace_id}", 404),
    ("/policy/violations?repoId={application_id}", 200),
    ("/model-configs?applicationId={application_id}", 404),
    ("/api/keys?applicationId={application_id}", 200),
    ("/api/limits?subjectId={key_id}", 200),
    ("/api/alerts?ruleId={rule_id}", 200),
    ("/api/alerts/deliveries?alertId={alert_id}", 200),
    ("/api/alerts/deliveries?channelId={channel_id}", 200),
    ("/api/usage?configurationId={configuration_id}", 200),
    ("/api/usage?applicationId={application_id}", 200),
    ("/api/usage/export?format=json&configurationId={configuration_id}", 200),
    ("/api/requests?requestId={request_id}", 200),
    ("/api/requests/export?format=json&requestId={request_id}", 200),
    ("/api/conversations/{own_conversation}/stream?messageId={message_id}", 404),
    ("/api/conversations/{own_conversation}/messages/{message_id}", 404),
    ("/v1/files?after={file_id}", 200),
    ("/v1/batches?after={batch_id}", 200),
    ("/v1/messages/batches?after_id={message_batch_id}", 200),
    ("/v1beta/batches?pageToken={gemini_batch_id}", 200),
    ("/v1beta/files?pageToken={gemini_file_id}", 200),
    ("/v1/models", 200),
    ("/v1/models/Canary", 404),
)
"""Where a query or the end of a path names somebody else's record, and the status. Filters find nothing."""

_DOWN = {"kind": "down"}
_LIMIT = {"measure": "requests", "amount": 1}
_ENTRY = {"name": "x", "aiType": "OPENAI", "endpoint": "https://api.openai.com/v1", "secret": "sk-x"}
_POLICY = {"name": "x", "content": "x", "riskType": "LOW", "actionType": 0}
_BUDGET = {"name": "x", "amount": "1", "period": "day"}
_CONFIG = {"name": "x", "provider": "demo", "model": "demo-chat"}
_SAID: dict[str, Any] = {"content": "x", "stream": False}
_ORDER: dict[str, Any] = {"endpoint": "/v1/chat/completions", "completion_window": "24h"}
_CHAT: dict[str, Any] = {"messages": [{"role": "user", "content": "x"}]}

NAMED_IN_BODIES: tuple[tuple[str, dict[str, Any], int], ...] = (
    # As its contract has it.
    ("POST /ai/llm", {**_ENTRY, "workspaceId": "{workspace_id}"}, 403),
    ("POST /policy", {**_POLICY, "workspaceId": "{workspace_id}"}, 404),
    ("POST /policy", {**_POLICY, "workspaceId": "{home}", "repoId": "{application_id}"}, 400),
    ("POST /policy", {**_POLICY, "workspaceId": "{home}", "keyId": "{key_id}"}, 400),
    # For the whole installation.
    ("POST /policy", _POLICY, 403),
    ("POST /api/keys", {"name": "x", "workspaceId": "{workspace_id}"}, 404),
    ("POST /api/keys", {"name": "x", "applicationId": "{application_id}"}, 404),
    ("POST /api/applications", {"name": "x", "configurationIds": ["{configuration_id}"]}, 400),
    ("POST /api/applications", {"name": "x", "defaultConfigurationId": "{configuration_id}"}, 400),
    ("POST /api/applications", {"name": "x", "id": "{application_id}"}, 404),
    ("POST /api/configurations", {**_CONFIG, "applicationId": "{application_id}"}, 400),
    ("POST /api/budgets", {**_BUDGET, "subject": "key", "subjectId": "{key_id}"}, 400),
    ("POST /api/budgets", {**_BUDGET, "subject": "application", "subjectId": "{application_id}"}, 400),
    ("POST /api/mcp-servers", {"name": "x", "url": "https://x.example", "keys": [{"keyId": "{key_id}"}]}, 400),
    ("POST /api/routes", {"name": "x", "targets": [{"configurationId": "{configuration_id}"}]}, 400),
    ("POST /api/limits", {**_LIMIT, "subject": "key", "subjectId": "{key_id}"}, 400),
    ("POST /api/limits", {**_LIMIT, "subject": "user", "subjectId": "{user_id}"}, 400),
    ("POST /api/limits", {**_LIMIT, "subject": "application", "subjectId": "{application_id}"}, 400),
    ("POST /api/limits", {**_LIMIT, "subject": "configuration", "subjectId": "{configuration_id}"}, 400),
    ("POST /api/limits", {**_LIMIT, "subject": "feature", "subjectId": "{slug}"}, 400),
    ("POST /api/limits", {**_LIMIT, "subject": "workspace", "subjectId": "{workspace_id}"}, 400),
    ("POST /api/alerts/rules", {**_DOWN, "channelIds": ["{channel_id}"]}, 400),
    ("POST /api/alerts/rules", {**_DOWN, "subject": "configuration", "subjectId": "{configuration_id}"}, 400),
    ("POST /api/alerts/preview", {**_DOWN, "subject": "configuration", "subjectId": "{configuration_id}"}, 400),
    ("POST /api/alerts/rules", {"kind": "budget_used", "subject": "budget", "subjectId": "{budget_id}"}, 400),
    ("POST /api/alerts/rules", {"kind": "key_expiring", "subject": "key", "subjectId": "{key_id}"}, 400),
    ("POST /api/alerts/rules", {"kind": "policy_violations", "subject": "policy", "subjectId": "{policy_id}"}, 400),
    ("POST /v1/batches", {**_ORDER, "input_file_id": "{file_id}"}, 400),
    ("POST /v1/batches", {**_ORDER, "input_file_id": "{batch_id}"}, 400),
    # Of the installation.
    ("POST /api/alerts/rules", {"kind": "journal_not_shipping"}, 403),
    ("POST /model-configs", {**_CONFIG, "applicationId": "{application_id}"}, 400),
    ("PATCH /api/workspaces/{home}", {"defaultConfigurationId": "{configuration_id}"}, 400),
    ("POST /api/ratings", {"requestId": "{request_id}", "rating": 5}, 404),
    ("POST /api/conversations", {"feature": "{slug}"}, 400),
    ("POST /api/features", {"slug": "mine", "name": "x", "target": "{configuration_id}"}, 400),
    ("POST /api/conversations/{own_conversation}/messages", {**_SAID, "parentId": "{message_id}"}, 404),
    (
        "POST /api/conversations/{own_conversation}/messages",
        {**_SAID, "content": [{"type": "image", "pictureId": "{picture_id}"}]},
        404,
    ),
    ("POST /api/conversations/{own_conversation}/regenerate", {"messageId": "{message_id}"}, 404),
    ("POST /api/conversations/{own_conversation}/stop", {"messageId": "{message_id}"}, 404),
    ("PATCH /api/conversations/{own_conversation}", {"leafId": "{message_id}"}, 404),
    ("POST /v1/chat/completions", {**_CHAT, "model": CANARY[:-1]}, 404),
    ("POST /v1/chat/completions", {**_CHAT, "model": "{configuration_id}"}, 404),
    ("POST /v1/chat/completions", {**_CHAT, "model": "feature/{slug}"}, 404),
)
"""Where a body names somebody else's record, and the status."""
