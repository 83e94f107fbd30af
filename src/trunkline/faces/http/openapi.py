"""The description of the API: what the framework makes of the routes, with our errors in place of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final, cast

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

_ERROR: Final[dict[str, Any]] = {
    "type": "object",
    "title": "Error",
    "description": "What every request that fails is answered with.",
    "required": ["statusCode", "message", "error", "requestId"],
    "properties": {
        "statusCode": {"type": "integer", "description": "The HTTP status."},
        "message": {"type": "string", "description": "What is wrong and what to do, for people."},
        "error": {"type": "string", "description": "The status in words."},
        "errors": {
            "type": "array",
            "description": "Every wrong field, when the request is wrong.",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
        "requestId": {"type": "string", "description": "To tell your administrator."},
    },
}

_FRAMEWORKS_OWN: Final = ("HTTPValidationError", "ValidationError")


Calls = Sequence[tuple[str, str, str]]
"""Method, path and meaning of what is served beside the framework's routes."""


def describe(app: FastAPI, calls: Calls = ()) -> dict[str, Any]:
    """The OpenAPI document of ``app`` and, in front, of ``calls``; made at the first call and kept."""
    if app.openapi_schema:
        return app.openapi_schema
    document = get_openapi(title=app.title, version=app.version, routes=app.routes)
    schemas = cast("dict[str, Any]", document.setdefault("components", {}).setdefault("schemas", {}))
    for name in _FRAMEWORKS_OWN:
        schemas.pop(name, None)
    schemas["Error"] = _ERROR
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    error = {"description": "An error", "content": content}
    for operations in document["paths"].values():
        for operation in operations.values():
            # A request that is wrong is 400 here, not the framework's 422.
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = error
            # People know what it does by its sentence, not by the name of a function.
            operation["summary"] = _first_sentence(operation.get("description") or operation["summary"])
    document["paths"] = {**_describe_calls(calls), **document["paths"]}
    app.openapi_schema = document
    return document


def _first_sentence(text: str) -> str:
    return " ".join(text.split()).partition(". ")[0].removesuffix(".").replace("`", "")


def _describe_calls(calls: Calls) -> dict[str, Any]:
    """Their bodies are the vendors' own and described by them: here is only what there is."""
    paths: dict[str, Any] = {}
    for method, path, meaning in calls:
        parameters = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in re.findall(r"\{(\w+)\}", path)
        ]
        paths.setdefault(path, {})[method.lower()] = {
            "tags": ["Calls"],
            "summary": _first_sentence(meaning),
            "description": meaning,
            "operationId": re.sub(r"\W+", "_", f"{method.lower()}{path}").strip("_"),
            "parameters": parameters,
            "security": [{"token": []}],
            "responses": {
                "200": {"description": "The answer, in the client's format."},
                "default": {"description": "An error, in the client's format."},
            },
        }
    return paths
