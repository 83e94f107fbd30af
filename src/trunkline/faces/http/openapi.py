"""The description of the API: what the framework makes of the routes, with our errors in place of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final, cast

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from trunkline.faces.http.error_shape import shape_of
from trunkline.faces.http.openapi_fields import describe_fields
from trunkline.faces.http.openapi_links import link_records
from trunkline.faces.http.openapi_parameters import describe_parameters

_FRAMEWORKS_OWN: Final = ("HTTPValidationError", "ValidationError")


_MEANINGS: Final[Mapping[HTTPStatus, str]] = {
    HTTPStatus.BAD_REQUEST: "The request is invalid. Every wrong field is named.",
    HTTPStatus.UNAUTHORIZED: "The access token or API key is missing, invalid or expired.",
    HTTPStatus.FORBIDDEN: "The caller is not allowed to do this.",
    HTTPStatus.NOT_FOUND: "It does not exist, or the caller cannot see it.",
    HTTPStatus.CONFLICT: "It conflicts with the current state: a name is taken, or something is still in use.",
    HTTPStatus.PRECONDITION_FAILED: "It was changed meanwhile: the ETag in If-Match is outdated.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is too large.",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many requests. Wait as long as Retry-After says.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "An error in the server. The log has the details, with the request id.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The server cannot serve the request now: it is stopping, or has no database.",
}

_RETRY_AFTER: Final = {
    "Retry-After": {"description": "Seconds to wait before the next try.", "schema": {"type": "integer"}}
}

Calls = Sequence[tuple[str, str, str, "dict[str, Any] | None"]]
"""What is served beside the framework's routes: method, path, meaning, and an example of the body (empty: a form)."""

Responses = Mapping[str, Mapping[str, Any]]
"""Examples of what such a call is answered with, by ``METHOD /path``."""


def describe(app: FastAPI, calls: Calls, call_responses: Responses) -> dict[str, Any]:
    """The OpenAPI document of ``app`` and, in front, of ``calls``; made at the first call and kept."""
    if app.openapi_schema:
        return app.openapi_schema
    document = get_openapi(title=app.title, version=app.version, routes=app.routes)
    schemas = cast("dict[str, Any]", document.setdefault("components", {}).setdefault("schemas", {}))
    for name in _FRAMEWORKS_OWN:
        schemas.pop(name, None)
    for path, operations in document["paths"].items():
        shape = shape_of(path)
        schemas[shape.name] = shape.schema
        content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{shape.name}"}}}
        for method, operation in operations.items():
            responses = operation["responses"]
            # A request that is wrong is 400 here, not the framework's 422.
            responses.pop("422", None)
            for status in _find_errors(method, path, operation):
                responses.setdefault(str(status.value), {"description": _MEANINGS[status]})
            for status, response in responses.items():
                if status >= "400":
                    response.setdefault("content", content)
            if (limited := responses.get("429")) is not None:
                limited["headers"] = _RETRY_AFTER
            # People know what it does by its sentence, not by the name of a function.
            operation["summary"] = _first_sentence(operation.get("description") or operation["summary"])
    describe_fields(schemas)
    link_records(document["paths"])
    document["paths"] = {**_describe_calls(calls, call_responses), **document["paths"]}
    for path, operations in document["paths"].items():
        for operation in operations.values():
            describe_parameters(path, operation)
    app.openapi_schema = document
    return document


def _find_errors(method: str, path: str, operation: dict[str, Any]) -> list[HTTPStatus]:
    """What every operation of this kind may be refused with. What one alone may be, its route says."""
    errors = [HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE]
    named = [parameter["name"].lower() for parameter in operation.get("parameters", ())]
    if named or "requestBody" in operation:
        errors.append(HTTPStatus.BAD_REQUEST)
    if "requestBody" in operation:
        errors.append(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if "{" in path:
        errors.append(HTTPStatus.NOT_FOUND)
    if "if-match" in named:
        errors.append(HTTPStatus.PRECONDITION_FAILED)
    if "security" in operation:
        # Besides its path, a request may name a workspace in a header.
        errors += [HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND]
    elif "requestBody" in operation:
        # The credential is in the body.
        errors += [HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN]
    if method != "get":
        errors += [HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS]
    return sorted(set(errors))


def _first_sentence(text: str) -> str:
    return " ".join(text.split()).partition(". ")[0].removesuffix(".").replace("`", "")


def _describe_calls(calls: Calls, call_responses: Responses) -> dict[str, Any]:
    """Their bodies are the vendors' own and described by them: here is only what there is."""
    paths: dict[str, Any] = {}
    for method, path, meaning, example in calls:
        parameters = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in re.findall(r"\{(\w+)\}", path)
        ]
        body: dict[str, Any] = {}
        if example is not None:
            described: dict[str, Any] = {"schema": {"type": "object"}}
            if example:
                described["example"] = example
            content = {"application/json" if example else "multipart/form-data": described}
            body["requestBody"] = {"required": True, "content": content}
        answered: dict[str, Any] = {"description": "The response, in the format of the SDK."}
        if (shown := call_responses.get(f"{method} {path}")) is not None:
            answered["content"] = {"application/json": {"schema": {"type": "object"}, "example": shown}}
        paths.setdefault(path, {})[method.lower()] = {
            **body,
            "tags": ["Calls"],
            "summary": _first_sentence(meaning),
            "description": meaning,
            "operationId": re.sub(r"\W+", "_", f"{method.lower()}{path}").strip("_"),
            "parameters": parameters,
            "security": [{"token": []}],
            "responses": {
                "200": answered,
                "default": {"description": "An error, in the format of the SDK."},
            },
        }
    return paths
