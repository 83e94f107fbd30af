"""Tools of one request, each declared once: "tools: Tool names must be unique"
(https://github.com/eclipse-theia/theia/issues/16122), and alike at Gemini and Bedrock."""

from __future__ import annotations

import msgspec

from trunkline.core.chat import ChatRequest, Tool
from trunkline.core.errors import InvalidInput


def unite_tools(request: ChatRequest) -> ChatRequest:
    """``request`` without tools that say again what another says; the same object where there are none.

    Raises InvalidInput for different tools of one name: nobody could tell which is called.
    """
    if len(request.tools) < 2:
        return request
    found: dict[str, Tool] = {}
    for place, tool in enumerate(request.tools):
        first = found.setdefault(tool.name, tool)
        if first is tool:
            continue
        if msgspec.structs.replace(tool, cache=None) != msgspec.structs.replace(first, cache=None):
            raise InvalidInput.of(
                f"tools.{place}", f"is another tool named {tool.name!r}: give each tool a name of its own"
            )
        if tool.cache is not None:
            found[tool.name] = tool
    if len(found) == len(request.tools):
        return request
    return msgspec.structs.replace(request, tools=tuple(found.values()))
