"""The failures that each operation of this face describes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from trunkline.faces.http.error_shape import BRIEF, describe_failures

_MEANINGS: Final[Mapping[int, tuple[str, str]]] = {
    400: ("Wrong parameters.", "rule.kind: must be one of allowedModels, allowedProviders, paidModels."),
    401: (
        "No good access token or API key was sent.",
        "Send an access token or an API key: `Authorization: Bearer …`.",
    ),
    403: (
        "The caller's role is too low.",
        "This needs the role 'admin' in the workspace; yours is 'member'.",
    ),
    404: ("There is no such thing that the caller can see.", "There is no policy of that id that you can see."),
    409: (
        "There are too many policies.",
        "There are 200 policies, which is the most. Delete one, or join two.",
    ),
    412: (
        "It was changed meanwhile: the ETag in If-Match is outdated.",
        "The policy was changed meanwhile: it is at revision 3, not 2. Read it again and repeat your change.",
    ),
    429: (
        "Too many requests; `Retry-After` says when to come back.",
        "Too many changes: at most 600 a minute. Try again in 6 seconds.",
    ),
}


def failures(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route says of how it fails; with 401 too."""
    return describe_failures(BRIEF, _MEANINGS, statuses)
