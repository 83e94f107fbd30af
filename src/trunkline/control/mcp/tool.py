"""A tool of Trunkline's own: what it is called with, and who may call it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import Any, Generic, TypeVar, cast

import msgspec

from trunkline.core.actor import Actor
from trunkline.core.chat import JsonObject
from trunkline.core.errors import InvalidInput

T = TypeVar("T", bound=msgspec.Struct)


class ToolCall(msgspec.Struct, frozen=True):
    """Who calls, and the id of the HTTP request that it came with."""

    actor: Actor
    request_id: str


class Tool(Generic[T]):
    """``arguments`` is a struct: its fields are the tool's, and their ``Meta`` says what they mean.

    ``action`` is the one of :mod:`trunkline.core.access` that the caller needs; ``changes`` whether the tool does
    anything but read.
    """

    def __init__(
        self,
        name: str,
        title: str,
        description: str,
        arguments: type[T],
        run: Callable[[ToolCall, T], Awaitable[JsonObject]],
        *,
        action: str,
        changes: bool = False,
    ) -> None:
        self.name = name
        self.action = action
        self._arguments = arguments
        self._run = run
        self._title = title
        self._description = description
        self._changes = changes

    @cached_property
    def description(self) -> JsonObject:
        """As ``tools/list`` has it."""
        return {
            "name": self.name,
            "title": self._title,
            "description": self._description,
            "inputSchema": _write_schema(self._arguments),
            "annotations": {
                "readOnlyHint": not self._changes,
                "destructiveHint": False,
                "openWorldHint": self._changes,
            },
        }

    async def run(self, call: ToolCall, given: JsonObject) -> JsonObject:
        """What it gives. Raises InvalidInput for arguments that are wrong, and whatever goes wrong otherwise."""
        try:
            arguments = msgspec.convert(given, self._arguments)
        except msgspec.ValidationError as error:
            raise InvalidInput(f"The arguments of {self.name} are wrong: {error}.") from None
        return await self._run(call, arguments)


def _write_schema(arguments: type[msgspec.Struct]) -> JsonObject:
    _, schemas = msgspec.json.schema_components([arguments])
    schema: dict[str, Any] = dict(schemas[arguments.__name__])
    schema.pop("title", None)
    schema.pop("description", None)
    return cast("JsonObject", schema)
