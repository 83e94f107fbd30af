"""Why an answer failed, in words for the person who asked: the same before a stream and within it.

What providers do wrong is told apart by ``code``, which programs can rely on. OpenRouter's meanings of statuses:
https://openrouter.ai/docs/api-reference/errors
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import msgspec

from trunkline.core.chat import JsonValue
from trunkline.core.errors import (
    SILENT,
    BudgetSpent,
    CannotOpen,
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    TooMany,
    TrunklineError,
    Unavailable,
    UpstreamError,
    UpstreamKind,
)

INTERRUPTED: Final = "INTERRUPTED"
"""The code of an answer whose server stopped or died under it."""

RETRY_SECONDS: Final = 5
"""When to come back if the provider that limits its rate did not say."""


class _Meaning(msgspec.Struct, frozen=True):
    status: HTTPStatus
    code: str
    retryable: bool
    message: str


_MEANINGS: Final[Mapping[UpstreamKind, _Meaning]] = {
    "auth": _Meaning(
        HTTPStatus.BAD_GATEWAY,
        "INVALID_KEY",
        False,
        "The provider rejected the API key that is stored here. An administrator can replace it in the settings.",
    ),
    "no_credits": _Meaning(
        HTTPStatus.BAD_GATEWAY,
        "NO_CREDITS",
        False,
        "The account at the provider has no credits left. Add some there, or choose another model.",
    ),
    "not_found": _Meaning(
        HTTPStatus.BAD_REQUEST,
        "MODEL_NOT_FOUND",
        False,
        "The provider does not have this model (any more). Choose another one.",
    ),
    "permission": _Meaning(
        HTTPStatus.FORBIDDEN,
        "MODERATED",
        False,
        "The provider refused this request: its moderation blocked it, or its key may not use this model.",
    ),
    "moderated": _Meaning(
        HTTPStatus.FORBIDDEN,
        "MODERATED",
        False,
        "The provider's moderation blocked this request. Put it differently, or choose another model.",
    ),
    "timeout": _Meaning(
        HTTPStatus.GATEWAY_TIMEOUT, "TIMEOUT", True, "The provider took too long. Try again, or ask for less at once."
    ),
    "rate_limit": _Meaning(
        HTTPStatus.TOO_MANY_REQUESTS,
        "RATE_LIMITED",
        True,
        "The provider limits how often it may be asked. Try again in a moment.",
    ),
    "overloaded": _Meaning(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "UNAVAILABLE",
        True,
        "The model is not available right now. Try again in a moment, or choose another one.",
    ),
    "server": _Meaning(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "UNAVAILABLE",
        True,
        "The provider failed. Try again in a moment, or choose another model.",
    ),
    "unreachable": _Meaning(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "UNREACHABLE",
        True,
        "The provider cannot be reached. Try again in a moment; if that does not help, an administrator can test the"
        " connection.",
    ),
    "malformed": _Meaning(
        HTTPStatus.BAD_GATEWAY,
        "BAD_ANSWER",
        True,
        "The provider sent something that is no answer. Try again, or choose another model.",
    ),
    "too_large": _Meaning(
        HTTPStatus.BAD_REQUEST,
        "TOO_LARGE",
        False,
        "This is more than the model takes in at once. Shorten it, or choose a model with more context.",
    ),
    "bad_request": _Meaning(
        HTTPStatus.BAD_REQUEST,
        "INVALID_REQUEST",
        False,
        "The provider says that the request is wrong.",
    ),
}

_SAID: Final = 300


class AnswerFailed(TrunklineError):
    """An answer failed. ``status`` is the HTTP status where it is still to be chosen; ``retry_after`` whole seconds.

    ``refusal`` is set where the asker's key may not use the model: faces raise that, so that the attempt is noted.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str,
        status: HTTPStatus,
        retryable: bool,
        retry_after: int | None = None,
        refusal: Forbidden | None = None,
    ) -> None:
        super().__init__(message, code=code)
        self.status = status
        self.retryable = retryable
        self.retry_after = retry_after
        self.refusal = refusal

    def record(self) -> dict[str, JsonValue]:
        """As it is kept, and told within a stream."""
        return {"code": self.code, "message": self.message, "retryable": self.retryable}


def explain(error: TrunklineError) -> AnswerFailed:
    """The failure that any error of a call is to the person who asked.

    What is wrong with the request itself, or with their rights, keeps its message; faults of ours say only that.
    """
    match error:
        case AnswerFailed():
            return error
        case UpstreamError():
            failed = explain_kind(error.kind, detail=error.detail, retry_after=error.retry_after)
            if error.at_fault in {"request", "target"}:
                # Waiting does not help: what the provider says is what there is to do.
                failed.retryable = False
            return failed
        case NotFound():
            status = HTTPStatus.BAD_REQUEST if error.code == "model_not_found" else HTTPStatus.NOT_FOUND
            return AnswerFailed(error.message, code=error.code.upper(), status=status, retryable=False)
        case InvalidInput():
            return AnswerFailed(error.message, code="INVALID_REQUEST", status=HTTPStatus.BAD_REQUEST, retryable=False)
        case Forbidden():
            refusal = error if error.code == "model_not_allowed" else None
            code = error.code.upper()
            return AnswerFailed(error.message, code=code, status=HTTPStatus.FORBIDDEN, retryable=False, refusal=refusal)
        case Conflict():
            return AnswerFailed(error.message, code="CONFLICT", status=HTTPStatus.CONFLICT, retryable=True)
        case TooMany():
            return AnswerFailed(
                error.message,
                code="RATE_LIMITED",
                status=HTTPStatus.TOO_MANY_REQUESTS,
                retryable=True,
                retry_after=max(1, math.ceil(error.retry_after)),
            )
        case BudgetSpent():
            return AnswerFailed(
                error.message,
                code="BUDGET_SPENT",
                status=HTTPStatus.TOO_MANY_REQUESTS,
                retryable=error.soon,
                retry_after=None if error.retry_after is None else max(1, math.ceil(error.retry_after)),
            )
        case CannotOpen():
            return AnswerFailed(
                "The stored API key cannot be opened. An administrator can enter it again.",
                code="INVALID_KEY",
                status=HTTPStatus.BAD_GATEWAY,
                retryable=False,
            )
        case Unavailable():
            return AnswerFailed(
                error.message, code="UNAVAILABLE", status=HTTPStatus.SERVICE_UNAVAILABLE, retryable=True
            )
        case _:
            return internal()


def explain_kind(kind: UpstreamKind, *, detail: str | None = None, retry_after: float | None = None) -> AnswerFailed:
    """The failure for what a provider did. ``detail`` are its own words, which are shown where they help."""
    meaning = _MEANINGS[kind]
    message = meaning.message
    if detail and kind not in SILENT:
        said = detail if len(detail) <= _SAID else detail[: _SAID - 1] + "…"
        message = f"{message} It said: {said}"
    seconds = None
    if meaning.status == HTTPStatus.TOO_MANY_REQUESTS:
        seconds = RETRY_SECONDS if retry_after is None else max(1, math.ceil(retry_after))
    return AnswerFailed(
        message, code=meaning.code, status=meaning.status, retryable=meaning.retryable, retry_after=seconds
    )


def interrupted() -> AnswerFailed:
    """The failure of an answer whose server stopped or died under it."""
    return AnswerFailed(
        "The server stopped while this was being written. What had come by then is kept; ask again for the rest.",
        code=INTERRUPTED,
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        retryable=True,
    )


def internal() -> AnswerFailed:
    """The failure for a fault of ours, which the log tells more about."""
    return AnswerFailed(
        "Something went wrong on our side. Try again; if it happens again, tell your administrator.",
        code="INTERNAL",
        status=HTTPStatus.INTERNAL_SERVER_ERROR,
        retryable=True,
    )
