"""Errors. https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html and those that
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html lists.

The type stands in the header ``x-amzn-ErrorType`` or in ``__type``, with a namespace before a ``#`` or an address
after a ``:``; the words stand in ``message``.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import JsonObject, JsonValue
from trunkline.core.errors import (
    BudgetSpent,
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    TooLarge,
    TooMany,
    TrunklineError,
    Unauthenticated,
    Unavailable,
    UpstreamError,
    UpstreamKind,
)
from trunkline.dialects.bedrock_converse.field import NAME
from trunkline.dialects.dialect import Headers
from trunkline.dialects.error_fields import keep_fields
from trunkline.dialects.failure import SENTENCES, cut, kind_of, read_body
from trunkline.dialects.retry_after import read_retry_after

FAILED_DEPENDENCY: Final = 424
"""The status of ``ModelErrorException``: the model failed, not whoever asked."""

TYPES: Final[dict[str, UpstreamKind]] = {
    "AccessDeniedException": "permission",
    "ExpiredTokenException": "auth",
    "IncompleteSignature": "auth",
    "IncompleteSignatureException": "auth",
    "InternalFailure": "server",
    "InternalServerException": "server",
    "InvalidClientTokenId": "auth",
    "InvalidSignatureException": "auth",
    "MissingAuthenticationToken": "auth",
    "MissingAuthenticationTokenException": "auth",
    "ModelErrorException": "server",
    "ModelNotReadyException": "overloaded",
    "ModelStreamErrorException": "server",
    "ModelTimeoutException": "timeout",
    "NotAuthorized": "permission",
    "OptInRequired": "permission",
    "RequestExpired": "auth",
    "ResourceNotFoundException": "not_found",
    "ServiceQuotaExceededException": "rate_limit",
    "ServiceUnavailable": "overloaded",
    "ServiceUnavailableException": "overloaded",
    "SignatureDoesNotMatch": "auth",
    "ThrottlingException": "rate_limit",
    "UnrecognizedClientException": "auth",
    "ValidationError": "bad_request",
    "ValidationException": "bad_request",
}

# A rejected API key comes as AccessDeniedException, like a missing right; only the words differ.
REJECTED: Final = ("authentication failed", "invalid api key", "api key is valid", "api key has expired")

WRITTEN: Final[dict[UpstreamKind, str]] = {
    "bad_request": "ValidationException",
    "not_found": "ResourceNotFoundException",
    "too_large": "ValidationException",
    "rate_limit": "ThrottlingException",
    "overloaded": "ServiceUnavailableException",
    "timeout": "ModelTimeoutException",
    "moderated": "ValidationException",
    "server": "ModelErrorException",
    "malformed": "ModelErrorException",
}
"""How a client is told of a provider's failure; what is missing is none of its doing: ``InternalServerException``."""

STREAMED: Final[dict[UpstreamKind, str]] = {
    "bad_request": "validationException",
    "too_large": "validationException",
    "rate_limit": "throttlingException",
    "overloaded": "serviceUnavailableException",
    "moderated": "validationException",
    "server": "modelStreamErrorException",
    "timeout": "modelStreamErrorException",
    "malformed": "modelStreamErrorException",
}
"""The same in a stream, which knows fewer: what is missing is ``internalServerException``."""


_TOLD: Final = ("__type", "code", "message", "Message")


def read_error(status: int, body: bytes, headers: Headers) -> UpstreamError:
    """What a failing answer means. Never raises.

    The status decides first; the type refines it, as a wrong signature and a missing right both come as 403.
    """
    document = read_body(body)
    code = _type(headers.get("x-amzn-errortype")) or _type(_text(document, "__type") or _text(document, "code"))
    message = _message(document)
    kind = "server" if status == FAILED_DEPENDENCY else kind_of(status)
    if code in TYPES and (status < 400 or status in {400, 403, 429, 500, 503}):
        kind = TYPES[code]
    return _error(kind, message, code, document, status=status, retry_after=read_retry_after(headers))


def read_exception(code: str | None, body: bytes) -> UpstreamError:
    """The exception that ended a stream. ``code`` is its name there, such as ``throttlingException``."""
    code = _type(code)
    code = code[:1].upper() + code[1:] if code else None
    document = read_body(body)
    return _error(TYPES.get(code or "", "server"), _message(document), code, document)


def read_failure(document: JsonObject) -> UpstreamError | None:
    """The error that stands where an answer was expected, in a body of status 200; None where it is none."""
    code = _type(_text(document, "__type"))
    if code is None and ("output" in document or _text(document, "message") is None):
        return None
    return _error(TYPES.get(code or "", "server"), _message(document), code, document)


def _error(
    kind: UpstreamKind,
    message: str,
    code: str | None,
    document: JsonValue,
    *,
    status: int | None = None,
    retry_after: float | None = None,
) -> UpstreamError:
    if kind == "permission" and any(words in message.lower() for words in REJECTED):
        kind = "auth"
    return UpstreamError(
        SENTENCES[kind],
        kind=kind,
        status=status,
        detail=cut(message),
        retry_after=retry_after,
        upstream_code=code,
        said=keep_fields(document, _TOLD) if isinstance(document, dict) else {},
        said_on=NAME,
    )


def write_error(error: TrunklineError, status: int, request_id: str) -> bytes:
    """An error for a client. The type stands in ``__type``, as its header is not ours to write here.

    What the service said besides (``resourceName``, ``originalStatusCode``) goes to its own clients.
    """
    more = error.said if isinstance(error, UpstreamError) and error.said_on == NAME else {}
    return msgspec.json.encode({**more, "__type": error_type(error), "message": error.words})


def error_type(error: TrunklineError) -> str:
    """The service's name for an error."""
    match error:
        case InvalidInput() | TooLarge():
            return "ValidationException"
        case Unauthenticated():
            return "UnrecognizedClientException"
        case Forbidden():
            return "AccessDeniedException"
        case NotFound():
            return "ResourceNotFoundException"
        case Conflict():
            return "ConflictException"
        case TooMany() | BudgetSpent():
            return "ThrottlingException"
        case UpstreamError():
            return WRITTEN.get(error.kind, "InternalServerException")
        case Unavailable():
            return "ServiceUnavailableException"
        case _:
            return "InternalServerException"


def _type(value: str | None) -> str | None:
    """``ThrottlingException`` of ``com.amazon.coral#ThrottlingException:http://…``."""
    return (value or "").partition(":")[0].rpartition("#")[2].strip() or None


def _message(document: JsonValue) -> str:
    if isinstance(document, str):
        return document
    return _text(document, "message") or _text(document, "Message") or ""


def _text(source: JsonValue, key: str) -> str | None:
    value = source.get(key) if isinstance(source, dict) else None
    return value if isinstance(value, str) else None
