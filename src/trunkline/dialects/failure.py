"""What a provider's failure means and how it is worded, for every dialect.

A dialect reads where its wire says what happened, and refines the kind by the wire's own codes. The rest is here: what
statuses mean, the sentences, how much is kept of a provider's own words, and what stands in a stream that broke off.
"""

from __future__ import annotations

from typing import Final

from trunkline.core.chat import JsonObject
from trunkline.core.chat_events import Failure
from trunkline.core.errors import UpstreamError, UpstreamKind
from trunkline.core.redact import redact

LONGEST: Final = 2_000
"""The most characters of a provider's own words that are kept."""

HTML: Final = "The provider answered with an HTML page, not JSON."

_SENTENCES: Final[dict[UpstreamKind, str]] = {
    "bad_request": "The provider says that the request is wrong.",
    "auth": "The provider rejected the credential.",
    "no_credits": "The provider says that the account has no credits left.",
    "permission": "The provider does not allow this with the credential.",
    "not_found": "The provider does not know this model or path.",
    "rate_limit": "The provider's rate limit is reached.",
    "too_large": "The request is too large for the provider or the model.",
    "overloaded": "The provider is overloaded.",
    "server": "The provider failed.",
    "timeout": "The provider took too long.",
    "unreachable": "The provider cannot be reached.",
    "malformed": "The provider sent something that is not its own format.",
    "moderated": "The provider's moderation refused the request.",
}

_STATUSES: Final[dict[int, UpstreamKind]] = {
    401: "auth",
    402: "no_credits",
    403: "permission",
    404: "not_found",
    408: "timeout",
    413: "too_large",
    424: "server",  # Bedrock: the model failed
    429: "rate_limit",
    498: "overloaded",  # Groq: flex capacity
    499: "timeout",  # Google: cancelled
    503: "overloaded",
    504: "timeout",
    520: "unreachable",  # Cloudflare before a dead origin: 520 to 526, of which 522 and 524 are its time-outs
    521: "unreachable",
    522: "timeout",
    523: "unreachable",
    524: "timeout",
    525: "unreachable",
    526: "unreachable",
    529: "overloaded",  # Anthropic
}


def kind_of(status: int) -> UpstreamKind:
    """What an HTTP status from 400 on means by itself."""
    return _STATUSES.get(status, "bad_request" if 400 <= status < 500 else "server")


def clean(words: str) -> str:
    """A provider's own words without credentials, cut to ``LONGEST``."""
    return redact(words[: 4 * LONGEST])[:LONGEST]


def read_words(body: bytes) -> str:
    """What a body says that is no JSON."""
    words = body[: 4 * LONGEST].decode("utf-8", "replace").strip()
    return HTML if words.startswith("<") else clean(words)


def explain(
    kind: UpstreamKind,
    words: str = "",
    *,
    status: int | None = None,
    retry_after: float | None = None,
    code: str | None = None,
    said: JsonObject | None = None,
    said_on: str = "",
) -> UpstreamError:
    """The error of a provider that says ``words``, which are cleaned here. For the rest see :class:`UpstreamError`."""
    return UpstreamError(
        _SENTENCES[kind],
        kind=kind,
        status=status,
        detail=clean(words) or None,
        retry_after=retry_after,
        upstream_code=code,
        said=said,
        said_on=said_on,
    )


def break_off(error: UpstreamError) -> Failure:
    """``error`` where it ends a stream that had begun."""
    message = f"{error.message} {error.detail}" if error.detail else error.message
    return Failure(message, error.kind, error.upstream_code)
