"""A tool that the model must call, where its server cannot be told so but holds answers to a schema.

Ollama has no ``tool_choice`` (https://docs.ollama.com/api/openai-compatibility), but its ``format`` is a JSON Schema
that an answer must fit (https://docs.ollama.com/capabilities/structured-outputs). An answer that fits the parameters
of the tool is what the arguments of its call would be. The tools themselves are not sent: beside ``format`` no call
ever comes (https://github.com/ollama/ollama/issues/8095).
"""

from __future__ import annotations

from typing import Final

import msgspec

from trunkline.core.chat import ChatRequest, JsonObject, Message, ResponseFormat, Text, Tool, ToolChoice
from trunkline.core.errors import InvalidInput
from trunkline.providers.quirks import Quirk

_NOTHING: Final[JsonObject] = {"type": "object", "properties": {}}


class Forced(msgspec.Struct, frozen=True):
    """A request without a forced tool, the name of the tool that its answer stands for, and what was left out."""

    request: ChatRequest
    name: str | None = None
    dropped: tuple[str, ...] = ()


def fit_forced_tool(request: ChatRequest, quirk: Quirk) -> Forced:
    """``request`` as a server takes it that cannot be told to call a tool.

    With one tool to be called, its schema is that of the answer. Among several the model chooses, and may call none.
    Raises InvalidInput for a choice of a tool that is not there.
    """
    choice = request.tool_choice
    if quirk.forces_tools or choice is None or choice.mode != "required":
        return Forced(request)
    tools = [tool for tool in request.tools if not choice.names or tool.name in choice.names]
    if not tools:
        raise InvalidInput.of("tool_choice", "names a tool that is not among the tools")
    if len(tools) > 1:
        free = msgspec.structs.replace(request, tool_choice=ToolChoice("auto", choice.names))
        return Forced(free, None, ("tool_choice",))
    wanted = request.response_format
    dropped = ("response_format",) if wanted is not None and wanted.kind != "text" else ()
    tool = tools[0]
    answering = msgspec.structs.replace(
        request,
        tools=(),
        tool_choice=None,
        parallel_tools=None,
        messages=_instruct(request.messages, tool),
        response_format=ResponseFormat("json_schema", name=tool.name, schema=tool.parameters or _NOTHING),
    )
    return Forced(answering, tool.name, dropped)


def _instruct(messages: tuple[Message, ...], tool: Tool) -> tuple[Message, ...]:
    """The conversation with a word of what to answer, since the server tells the model nothing of the schema."""
    words = [f"Answer with the arguments of the function {tool.name}, as a JSON object and nothing else."]
    if tool.description:
        words.append(f"The function: {tool.description}")
    if tool.parameters:
        words.append(f"The JSON Schema of its arguments: {msgspec.json.encode(tool.parameters).decode()}")
    leading = next((place for place, message in enumerate(messages) if message.role != "system"), len(messages))
    return (*messages[:leading], Message("system", (Text("\n".join(words)),)), *messages[leading:])
