"""The failures that each operation of this face describes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from trunkline.faces.http.error_shape import AI_LLM, describe_failures

_MEANINGS: Final[Mapping[int, tuple[str, str]]] = {
    400: ("Wrong parameters, or a name that is taken.", "endpoint: must be a URL, such as https://llm.example.com/v1."),
    401: (
        "No good access token or API key was sent.",
        "Send an access token or an API key: `Authorization: Bearer …`.",
    ),
    403: (
        "The caller may not, or what is to be deleted is in use.",
        "This needs the role 'member' in the workspace; yours is 'viewer'.",
    ),
    404: ("There is no such configuration in the caller's workspaces.", "There is no such AI LLM configuration."),
    429: (
        "Too many requests; `Retry-After` says when to come back.",
        "Too many connection tests: at most 10 a minute. Try again in 6 seconds.",
    ),
}


def failures(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route says of how it fails; with 401 too."""
    return describe_failures(AI_LLM, _MEANINGS, statuses)
