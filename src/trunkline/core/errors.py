"""The one tree of errors that Trunkline raises on purpose. It knows nothing of HTTP; each face maps it in one place.

TrunklineError
├── InvalidInput        what was sent is wrong: names the fields and the remedy
│   ├── Unsupported     well formed, but the chosen model or provider cannot express it
│   └── UnknownCoding   compressed in a way that is not read here
├── Unauthenticated     who asks is unknown: no key, a wrong, revoked or expired one
├── Forbidden           who asks is known and may not
├── NotFound            no such thing, or one whose existence is a secret
├── Conflict            the state of things forbids it now (duplicate name, in use)
│   └── Stale           the caller changed a state that is no longer current (If-Match)
├── TooLarge            a body, header or stream over its limit
├── TooMany             a rate limit; says when to come back
├── BudgetSpent         a budget has nothing left for this; says until when
├── UpstreamError       a provider could not or would not answer; carries what it said
├── Unavailable         Trunkline itself cannot serve this now (draining, disk full, database down)
└── CannotOpen          a stored secret does not open: wrong root key, tampered with, or moved
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from trunkline.core.chat import JsonValue


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field: its path as the caller wrote it (``settings.topP``) and what to do about it."""

    field: str
    message: str


class TrunklineError(Exception):
    """Base of all. ``message`` is written for the caller and never holds a secret; ``code`` is stable, for programs."""

    code: str = "error"
    beside: tuple[tuple[bytes, bytes], ...] = ()
    """What is told beside the message, by the names of HTTP's fields: what is left of a limit, say."""

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code

    @property
    def words(self) -> str:
        """All that is told to whoever asked."""
        return self.message


class InvalidInput(TrunklineError):
    """What was sent is wrong. ``fields`` names every wrong field, so that a form can mark them all at once."""

    code = "invalid_request"

    def __init__(self, message: str, *, fields: tuple[FieldError, ...] = (), code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.fields = fields

    @classmethod
    def of(cls, field: str, message: str, *, code: str | None = None) -> InvalidInput:
        """One wrong field."""
        return cls(f"{field}: {message}" if field else message, fields=(FieldError(field, message),), code=code)

    @classmethod
    def of_all(cls, fields: tuple[FieldError, ...]) -> InvalidInput:
        """Several wrong fields, each told in the message too."""
        words = [f"{field.field}: {field.message}" if field.field else field.message for field in fields]
        return cls("; ".join([*(each.removesuffix(".") for each in words[:-1]), *words[-1:]]), fields=fields)


class Unsupported(InvalidInput):
    """Well formed, but the target cannot express it, and dropping it would change the answer."""

    code = "unsupported"


class UnknownCoding(InvalidInput):
    """A body is compressed in a way that is not read here; the message names those that are."""

    code = "unsupported_encoding"


class Unauthenticated(TrunklineError):
    """Who asks is unknown."""

    code = "invalid_api_key"


class Forbidden(TrunklineError):
    """Who asks is known and may not."""

    code = "forbidden"


class NotFound(TrunklineError):
    """No such thing, or one whose existence is a secret from the caller."""

    code = "not_found"


class Conflict(TrunklineError):
    """The state of things forbids it now."""

    code = "conflict"


class Stale(Conflict):
    """The caller changed a state that somebody else has changed since."""

    code = "stale"


class TooLarge(TrunklineError):
    """Over a size limit; the message names the limit and the setting that moves it."""

    code = "too_large"


class TooMany(TrunklineError):
    """A rate limit. ``retry_after`` is in seconds; ``tokens``: tokens are what there were too many of."""

    code = "rate_limit_exceeded"

    def __init__(self, message: str, *, retry_after: float, code: str | None = None, tokens: bool = False) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after
        self.tokens = tokens


class BudgetSpent(TrunklineError):
    """A budget has nothing left for a call. ``retry_after`` is in seconds, None where that is a long time.

    Without ``soon`` it is of no use to try again in a moment.
    """

    code = "insufficient_quota"

    def __init__(self, message: str, *, retry_after: float | None = None, soon: bool = False) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.soon = soon


UpstreamKind = Literal[
    "bad_request",  # the provider says that the request is wrong
    "auth",  # it rejects our credential
    "no_credits",
    "permission",
    "not_found",  # it does not know the model
    "rate_limit",
    "too_large",
    "overloaded",
    "server",  # it failed
    "timeout",
    "unreachable",  # no connection: name, address, port, TLS
    "malformed",  # it answered something that is not its own dialect
    "moderated",
]


Fault = Literal["request", "target", "moment"]
"""Whose a failure is: the request's (nothing else would serve it), the target's (another may), or of the moment."""

SILENT: Final[frozenset[UpstreamKind]] = frozenset({"auth", "no_credits", "unreachable"})
"""Kinds of which the provider's words concern only those who look after its account and its server."""


class UpstreamError(TrunklineError):
    """A provider could not or would not answer.

    ``kind`` is what we make of it; ``status`` its HTTP status, if one came; ``detail`` its own words, cut to 2,000
    characters and with every credential removed by who raises this; ``retry_after`` seconds, when it said so. ``said``
    are the other fields of its error object on the wire ``said_on``, for clients of that wire. ``reason`` and
    ``at_fault`` are what its words tell of the cause (:mod:`trunkline.providers.reason`), None where that is not known.
    """

    code = "upstream_error"

    def __init__(
        self,
        message: str,
        *,
        kind: UpstreamKind,
        provider: str = "",
        status: int | None = None,
        detail: str | None = None,
        retry_after: float | None = None,
        upstream_code: str | None = None,
        said: dict[str, JsonValue] | None = None,
        said_on: str = "",
    ) -> None:
        super().__init__(message)
        self.kind: UpstreamKind = kind
        self.provider = provider
        self.status = status
        self.detail = detail
        self.retry_after = retry_after
        self.upstream_code = upstream_code
        self.said = said or {}
        self.said_on = said_on
        self.reason: str | None = None
        self.at_fault: Fault | None = None
        self.final = False
        """Whether it is of no use to ask again: the provider says so, or all our own attempts are spent."""

    @property
    def words(self) -> str:
        """Ours, and the provider's own behind them where they help whoever asked."""
        detail = self.detail
        if not detail or self.kind in SILENT or detail in self.message:
            return self.message
        return f"{self.message} {detail}"


class Unavailable(TrunklineError):
    """Trunkline itself cannot serve this now."""

    code = "unavailable"


class CannotOpen(TrunklineError):
    """A stored secret does not open. Deliberately says nothing of why."""

    code = "cannot_open"
