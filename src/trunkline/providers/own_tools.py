"""Tools that a vendor runs itself: a search of the web, a shell, a server of tools. Another vendor's model has none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trunkline.core.chat import ChatRequest, JsonValue
from trunkline.core.errors import InvalidInput, Unsupported

_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "openai_chat": ("web_search_options",),
    "anthropic_messages": ("mcp_servers",),
}
"""Fields beside ``tools`` that give the model a tool, by their dialect.
https://platform.openai.com/docs/guides/tools-web-search?api-mode=chat and
https://docs.anthropic.com/en/docs/agents-and-tools/mcp-connector"""


def refuse_own_tools(request: ChatRequest, theirs: str, provider: str) -> None:
    """Raises Unsupported for such a tool of another dialect than ``theirs``, which ``provider`` speaks.

    To leave it out would change the answer: the model would make up what it cannot look up.
    """
    for dialect, fields in request.extra.items():
        if dialect == theirs:
            continue
        tools = fields.get("tools")
        if isinstance(tools, list) and tools:
            raise _refused("tools", _name(tools[0]), provider)
        for field in _FIELDS.get(dialect, ()):
            if fields.get(field) not in (None, []):
                raise _refused(field, field, provider)


def _refused(field: str, name: str, provider: str) -> InvalidInput:
    return Unsupported.of(field, f"{provider} has no tool {name!r}: leave it out, or choose another model.")


def _name(tool: JsonValue) -> str:
    """What its vendor calls it: Google by the member that it is, others by a name or a type."""
    if not isinstance(tool, dict):
        return ""
    custom = tool.get("custom")
    for source in (tool, custom if isinstance(custom, dict) else {}):
        if isinstance(name := source.get("name"), str):
            return name
    kind = tool.get("type")
    return kind if isinstance(kind, str) else next(iter(tool), "")
