"""Links of the API's description: from the answer that makes something to what can be done with it.

https://spec.openapis.org/oas/v3.1.0#link-object
"""

from __future__ import annotations

import re
from typing import Any

_BELOW = re.compile(r"/\{(\w+)\}")

_FIELDS = {"/model-configs": "_id", "/ai/llm": "aiLlmId", "/policy": "policy/id", "/api/features": "slug"}
"""Where the id of a new record is, by the beginning of the path; elsewhere it is ``id``."""

_NO_RECORDS = frozenset({"/mcp"})
"""Paths that answer to messages, and make nothing that is below them."""


def link_records(paths: dict[str, Any]) -> None:
    """Add to each ``201`` and to each answer with an id the operations below its path that take this id."""
    for path, operations in paths.items():
        made = operations.get("post", {}).get("responses", {})
        response = made.get("201") or made.get("200")
        if response is None or path in _NO_RECORDS:
            continue
        links: dict[str, Any] = {}
        for other, below in paths.items():
            found = _BELOW.match(other.removeprefix(path)) if other.startswith(f"{path}/{{") else None
            if found is None or other.count("{") != path.count("{") + 1:
                continue
            for operation in below.values():
                parameters = {name: f"$request.path.{name}" for name in _BELOW.findall(path)}
                parameters[found[1]] = f"$response.body#/{_find_field(path)}"
                links[operation["operationId"]] = {
                    "operationId": operation["operationId"],
                    "parameters": parameters,
                    "description": operation["summary"],
                }
        if links:
            response["links"] = links


def _find_field(path: str) -> str:
    return next((field for prefix, field in _FIELDS.items() if path.startswith(prefix)), "id")
