"""How errors leave the management faces: one place from the error tree, the framework's and bugs to JSON.

What the body looks like is the face's own (:mod:`trunkline.faces.http.error_shape`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from http import HTTPStatus
from typing import Final, TypeAlias, cast

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from trunkline.control.conversations.answer_errors import AnswerFailed
from trunkline.core.errors import (
    BudgetSpent,
    Conflict,
    FieldError,
    Forbidden,
    InvalidInput,
    NotFound,
    Stale,
    TooLarge,
    TooMany,
    TrunklineError,
    Unauthenticated,
    Unavailable,
    UnknownCoding,
    UpstreamError,
)
from trunkline.faces.http.error_shape import shape_of
from trunkline.faces.http.headers import SAFE_HEADERS
from trunkline.faces.http.refusal import note_refusal
from trunkline.faces.unpacking import SUPPORTED
from trunkline.logs import get_logger

_log: Final = get_logger(__name__)

_STATUS: Final[Mapping[type[TrunklineError], HTTPStatus]] = {
    InvalidInput: HTTPStatus.BAD_REQUEST,
    UnknownCoding: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    Unauthenticated: HTTPStatus.UNAUTHORIZED,
    Forbidden: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Stale: HTTPStatus.PRECONDITION_FAILED,
    Conflict: HTTPStatus.CONFLICT,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    BudgetSpent: HTTPStatus.TOO_MANY_REQUESTS,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""By the nearest ancestor: a subclass without a row of its own has its base's status."""

_REMEDIES: Final[Mapping[str, str]] = {
    "missing": "is required.",
    "extra_forbidden": "is not a field of this request. Leave it out, or check its spelling.",
    "json_invalid": "the body is not valid JSON.",
    "model_attributes_type": "must be a JSON object.",
    "dict_type": "must be a JSON object.",
    "list_type": "must be a list.",
    "string_type": "must be a text.",
    "bool_type": "must be true or false.",
    "bool_parsing": "must be true or false.",
    "int_type": "must be a whole number.",
    "int_parsing": "must be a whole number.",
    "int_from_float": "must be a whole number.",
    "float_type": "must be a number.",
    "float_parsing": "must be a number.",
    "finite_number": "must be a finite number.",
    "decimal_type": "must be a decimal number, such as 12.5 or '0.25'.",
    "decimal_parsing": "must be a decimal number, such as 12.5 or '0.25'.",
    "decimal_max_places": "has at most {decimal_places} decimal places.",
    "decimal_max_digits": "has at most {max_digits} digits.",
    "decimal_whole_digits": "has at most {whole_digits} digits before the point.",
    "string_too_short": "needs at least {min_length} characters.",
    "string_too_long": "has at most {max_length} characters.",
    "too_short": "needs at least {min_length} items.",
    "too_long": "has at most {max_length} items.",
    "greater_than_equal": "must be {ge} or more.",
    "greater_than": "must be more than {gt}.",
    "less_than_equal": "must be {le} or less.",
    "less_than": "must be less than {lt}.",
    "literal_error": "must be one of {expected}.",
    "uuid_parsing": "must be a UUID.",
    "datetime_from_date_parsing": "must be a time such as 2026-01-31T12:00:00Z.",
    "datetime_parsing": "must be a time such as 2026-01-31T12:00:00Z.",
    "datetime_type": "must be a time such as 2026-01-31T12:00:00Z.",
    "timezone_aware": "needs a time zone, such as 2026-01-31T12:00:00Z.",
}
"""What to do about what the validator found, by its type of error. The value that was sent is never repeated."""

_NO_BODY: Final = "send a JSON object, with Content-Type: application/json."
_EMPTY: Final = "must not be empty."

_LONGEST_PATH: Final = 300
_ALIKE: Final = 0.8

Stray: TypeAlias = Callable[[str, str, Iterable[tuple[bytes, bytes]], str], bytes | None]
"""The body of the answer to a method, a path, headers and a request's id, or None."""

_UNREAD: Final = "There was an error parsing the body"
"""What the framework says of a body that its parser stumbles over: one that is not UTF-8, or is nested too deeply."""


def status_of(error: TrunklineError) -> HTTPStatus:
    """The HTTP status of an error of the tree, for every face."""
    if isinstance(error, UpstreamError):
        return HTTPStatus.GATEWAY_TIMEOUT if error.kind == "timeout" else HTTPStatus.BAD_GATEWAY
    if isinstance(error, AnswerFailed):
        return error.status
    for ancestor in type(error).__mro__:
        status = _STATUS.get(ancestor)
        if status is not None:
            return status
    return HTTPStatus.INTERNAL_SERVER_ERROR


def headers_of(error: TrunklineError) -> dict[str, str]:
    """The headers that an error's status calls for."""
    if isinstance(error, Unauthenticated):
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(error, UnknownCoding):
        return {"Accept-Encoding": SUPPORTED}
    if isinstance(error, TooMany | BudgetSpent) and error.retry_after is not None:
        return {"Retry-After": str(max(1, math.ceil(error.retry_after)))}
    if isinstance(error, AnswerFailed) and error.retry_after is not None:
        return {"Retry-After": str(error.retry_after)}
    return {}


def render(error: TrunklineError, scope: Scope) -> JSONResponse:
    """The answer to the request of ``scope`` for an error of the tree. What failed inside us says only that it did."""
    status = shape_of(scope["path"]).status(error, status_of(error))
    message = error.words if isinstance(error, UpstreamError) else error.message
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        message = _bug(_request_id(scope))
    fields = error.fields if isinstance(error, InvalidInput) else ()
    code = error.code if isinstance(error, AnswerFailed) else None
    return _answer(status, message, scope, fields=fields, headers=headers_of(error), code=code)


def install(app: FastAPI) -> None:
    """Make ``app`` answer every error in the shape of its path."""
    app.add_exception_handler(TrunklineError, _on_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(Exception, _on_bug)


def request_id_of(request: Request) -> str:
    """The id that this request goes by."""
    return _request_id(request.scope)


def _request_id(scope: Scope) -> str:
    return cast("str", scope.get("state", {}).get("request_id", ""))


async def _on_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, TrunklineError)
    if status_of(error) == HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.error("request_failed", request_id=request_id_of(request), error=type(error).__name__, code=error.code)
    await note_refusal(request, error)
    return render(error, request.scope)


async def _on_invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    found = cast("Sequence[Mapping[str, object]]", error.errors())
    return render(InvalidInput.of_all(tuple(dict.fromkeys(map(explain_field, found)))), request.scope)


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    stray: Stray | None = request.app.state.stray
    if status == HTTPStatus.NOT_FOUND and stray is not None:
        told = stray(request.method, request.url.path, request.scope["headers"], request_id_of(request))
        if told is not None:
            return Response(told, status.value, media_type="application/json")
    message = error.detail
    if message == _UNREAD:
        message = "the body cannot be read. Send JSON in UTF-8 that is not nested too deeply."
    elif status == HTTPStatus.NOT_FOUND:
        message = f"There is nothing at {request.url.path}.{_name_nearest(request)} GET /docs lists what there is."
    elif status == HTTPStatus.METHOD_NOT_ALLOWED:
        message = f"{request.method} is not possible at {request.url.path}. GET /docs lists what is."
        return _answer(status, message, request.scope, headers={"Allow": ", ".join(_find_methods(request))})
    return _answer(status, message, request.scope, headers=dict(error.headers or {}))


def _name_nearest(request: Request) -> str:
    """What may have been meant: a path of ours without names in it that is spelled like this one."""
    paths = {path for context in iter_route_contexts(request.app.routes) if "{" not in (path := context.path or "{")}
    alike = get_close_matches(request.url.path.rstrip("/")[:_LONGEST_PATH], paths, 1, _ALIKE)
    return f" Did you mean {alike[0]}?" if alike else ""


def _find_methods(request: Request) -> list[str]:
    """What is possible at this path. The framework names the methods of the first route alone.

    A path that is a route's own, to the letter, is not also one with an id in that place.
    """
    app, path = cast("FastAPI", request.app), request.url.path
    own: set[str] = set()
    fitting: set[str] = set()
    for context in iter_route_contexts(app.routes):
        pattern = getattr(context, "path_regex", None)
        if context.path == path:
            own |= context.methods or set()
        elif pattern is not None and pattern.fullmatch(path):
            fitting |= context.methods or set()
    methods = own or fitting
    return sorted(methods | {"HEAD"} if "GET" in methods else methods)


async def _on_bug(request: Request, error: Exception) -> JSONResponse:
    # The framework hands the exception on to the server's log afterwards; this line ties it to the request.
    _log.error("request_failed", request_id=request_id_of(request), error=type(error).__name__)
    # This answer alone is sent from outside of our own layer, so it brings the headers that the layer would add.
    request_id = request_id_of(request)
    headers = {**SAFE_HEADERS, "x-request-id": request_id}
    return _answer(HTTPStatus.INTERNAL_SERVER_ERROR, _bug(request_id), request.scope, headers=headers)


def _answer(
    status: HTTPStatus,
    message: str,
    scope: Scope,
    *,
    fields: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
    code: str | None = None,
) -> JSONResponse:
    body = shape_of(scope["path"]).write(status, message, fields, _request_id(scope))
    if code is not None:
        body["code"] = code
    return JSONResponse(body, status.value, headers)


def _bug(request_id: str) -> str:
    return f"Something went wrong on our side. Tell your administrator the request id {request_id}."


def explain_field(item: Mapping[str, object]) -> FieldError:
    """What a validator's error of a body says: at which field, and what to do. What was sent is not repeated."""
    kind, context = cast("str", item["type"]), cast("Mapping[str, object]", item.get("ctx") or {})
    location = cast("Sequence[str | int]", item["loc"])
    path = "" if kind == "json_invalid" else write_path(location[1:] if len(location) > 1 else ())
    if not path and kind in {"missing", "model_attributes_type"}:
        return FieldError(path, _NO_BODY)
    if kind in {"string_too_short", "too_short"} and context["min_length"] == 1:
        return FieldError(path, _EMPTY)
    # The library counts the "items" of a secret text.
    remedy = _REMEDIES.get(f"string_{kind}" if kind.startswith("too_") and isinstance(item["input"], str) else kind)
    message = remedy.format_map(context) if remedy else cast("str", item["msg"]).removeprefix("Value error, ")
    return FieldError(path, message)


def write_path(location: Sequence[str | int]) -> str:
    """A field's path as the caller wrote it: ``models[0].provider``. Tags of unions (``<text>``) are left out."""
    path = ""
    for part in location:
        if isinstance(part, str) and part.startswith("<") and part.endswith(">"):
            continue
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path
