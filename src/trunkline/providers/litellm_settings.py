"""What stands in LiteLLM's configuration beside its models, and what to do about each of it here.

https://docs.litellm.ai/docs/proxy/config_settings
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trunkline.core.chat import JsonValue
from trunkline.providers.litellm_entry import Note

_ROUTED: Final = frozenset(
    {
        "fallbacks",
        "default_fallbacks",
        "context_window_fallbacks",
        "content_policy_fallbacks",
        "routing_strategy",
    }
)
_DONE: Final = frozenset({"model_list", "credential_list", "environment_variables"})
_MAPPED: Final = frozenset({"model_group_alias", *_ROUTED})

_ADVICE: Final[Mapping[str, str]] = {
    "router_settings.num_retries": "retries have a budget of their own, and need no setting.",
    "router_settings.timeout": "time limits belong to the whole installation.",
    "router_settings.redis_host": "not needed: replicas share their database.",
    "router_settings.redis_port": "not needed: replicas share their database.",
    "router_settings.redis_password": "not needed: replicas share their database.",
    "litellm_settings.drop_params": "always so: what a model does not take is left out and named in the answer's"
    " x-trunkline-dropped header.",
    "litellm_settings.num_retries": "retries have a budget of their own, and need no setting.",
    "litellm_settings.request_timeout": "time limits belong to the whole installation.",
    "litellm_settings.set_verbose": "not needed.",
    "litellm_settings.success_callback": "every call is in the books already: `trunkline usage`.",
    "litellm_settings.failure_callback": "every call is in the books already: `trunkline usage`.",
    "general_settings.master_key": "make a key for each program: `trunkline keys add`.",
    "general_settings.database_url": "not needed; for PostgreSQL set TRUNKLINE_DATABASE_URL.",
    "general_settings.store_model_in_db": "always so.",
    "include": "other files are not followed: import each of them.",
    "guardrails": "not mapped.",
    "mcp_servers": "not mapped.",
}


def note_section(name: str, value: JsonValue) -> list[Note]:
    """A note for each setting of a section that has no place here."""
    if name in _DONE:
        return []
    if not isinstance(value, dict):
        return [Note(name, _ADVICE.get(name, "not mapped."))]
    return [Note(f"{name}.{key}", _ADVICE.get(f"{name}.{key}", "not mapped.")) for key in value if key not in _MAPPED]
