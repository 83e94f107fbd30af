"""What a failed answer of a provider means, as far as all wires have it in common.

Each dialect reads its own error object; statuses, our sentences and how much is kept of a provider's words are the same
for all of them. A dialect adds only what its vendor alone does.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.core.errors import UpstreamKind
from trunkline.core.redact import redact
from trunkline.dialects.raw_json import BROKEN_JSON

MAX_DETAIL: Final = 2_000
"""The most characters of a provider's own words that are kept."""

_MAX_READ: Final = 8 * MAX_DETAIL
"""More is not looked at: redacting takes time, and shortens."""

HTML: Final = "The provider answered with an HTML page, not JSON."
_PAGE: Final = re.compile(rb"\s*<(!doctype|html|head|body|\?xml|!--)", re.IGNORECASE)

SENTENCES: Final[dict[UpstreamKind, str]] = {
    "bad_request": "The provider says that the request is wrong.",
    "auth": "The provider rejects the credential.",
    "no_credits": "The provider's account has no credits left.",
    "permission": "The provider does not allow this with the credential.",
    "not_found": "The provider does not know the model or the address.",
    "rate_limit": "The provider's rate limit is reached.",
    "too_large": "The request is too large for the provider or the model.",
    "overloaded": "The provider is overloaded.",
    "server": "The provider failed.",
    "timeout": "The provider took too long.",
    "unreachable": "The provider cannot be reached.",
    "malformed": "The provider sent something that is not its own format.",
    "moderated": "The provider's moderation refused the request.",
}
"""What we say of each kind, before the provider's own words."""

MALFORMED: Final = SENTENCES["malformed"]

_BESIDE: Final = frozenset(
    {"detail", "message", "code", "type", "__type", "status", "status_code", "statusCode", "title"}
    | {"request_id", "requestId", "success"}
)
"""What stands in an error that has no mark of one."""


def find_lone_words(document: JsonValue) -> str | None:
    """The words of an event that is nothing but an error without a mark of one; None for all others.

    FastAPI's servers say ``{"detail": …}`` (https://fastapi.tiangolo.com/tutorial/handling-errors/) and AWS's
    ``{"message": …}`` (https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html).
    """
    if not isinstance(document, dict) or document.keys() - _BESIDE:
        return None
    said = document.get("message") or document.get("detail")
    if isinstance(said, str):
        return said.strip() or None
    return msgspec.json.encode(said).decode() if isinstance(said, list) and said else None


_STATUSES: Final[dict[int, UpstreamKind]] = {
    401: "auth",
    402: "no_credits",
    403: "permission",
    404: "not_found",
    408: "timeout",
    413: "too_large",
    429: "rate_limit",
    499: "timeout",  # given up before there was an answer: Google's CANCELLED, Ollama's, nginx's
    503: "overloaded",
    504: "timeout",
    520: "unreachable",  # Cloudflare before a dead origin: 520 to 526, of which 522 and 524 are its time-outs
    521: "unreachable",
    522: "timeout",
    523: "unreachable",
    524: "timeout",
    525: "unreachable",
    526: "unreachable",
    529: "overloaded",  # Anthropic's, and of those who took it over
}


def kind_of(status: int) -> UpstreamKind:
    """What a status says by itself. One below 400 is of a server that failed while it answered."""
    return _STATUSES.get(status) or ("bad_request" if 400 <= status < 500 else "server")


def read_body(body: bytes) -> JsonValue:
    """The JSON of a failed answer, or its words where it is none. Never raises."""
    try:
        value: JsonValue = msgspec.json.decode(body)
    except BROKEN_JSON:
        return HTML if _PAGE.match(body) else body[:_MAX_READ].decode("utf-8", "replace").strip()
    return value


def cut(words: str) -> str | None:
    """A provider's words without credentials, at most :data:`MAX_DETAIL` characters; None where it has none."""
    return redact(words[:_MAX_READ])[:MAX_DETAIL] or None
