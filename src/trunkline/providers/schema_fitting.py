"""What fitting JSON Schemas to providers has in common: which a request holds, and where goes what is not taken."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from trunkline.core.chat import ChatRequest, JsonObject, Tool


def fit_each(
    request: ChatRequest,
    *,
    schema: Callable[[JsonObject, str, set[str]], JsonObject],
    tool: Callable[[Tool, set[str]], Tool],
) -> tuple[ChatRequest, list[str]]:
    """``request`` with its schemas fitted, and the names of what was put aside.

    ``schema`` fits that of the answer, which is called by the path that it is given; both add to the names.
    """
    changes: dict[str, object] = {}
    lost: set[str] = set()
    wanted = request.response_format
    if wanted is not None and wanted.schema is not None:
        fitted = schema(wanted.schema, "response_format.schema", lost)
        if fitted != wanted.schema:
            changes["response_format"] = msgspec.structs.replace(wanted, schema=fitted)
    tools = tuple(tool(each, lost) for each in request.tools)
    if tools != request.tools:
        changes["tools"] = tools
    return (msgspec.structs.replace(request, **changes) if changes else request), sorted(lost)


def describe(node: JsonObject, aside: JsonObject) -> None:
    """Put what is not taken into the description of ``node``, where the model reads it."""
    bounds = msgspec.json.encode(aside).decode()
    said = node.get("description")
    node["description"] = f"{said}\n\n{bounds}" if isinstance(said, str) and said else bounds
