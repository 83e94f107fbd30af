"""A tool: its schema, and arguments that are wrong."""

from __future__ import annotations

from typing import Annotated

import msgspec
import pytest

from trunkline.control.mcp.tool import Tool, ToolCall
from trunkline.core.actor import Actor
from trunkline.core.chat import JsonObject
from trunkline.core.errors import InvalidInput


class Given(msgspec.Struct, forbid_unknown_fields=True):
    """What it is called with."""

    place: Annotated[str, msgspec.Meta(description="Where.")]
    days: int = 1


async def run(call: ToolCall, given: Given) -> JsonObject:
    return {"place": given.place, "days": given.days}


TOOL = Tool("weather", "Weather", "Tell the weather.", Given, run, action="call")
CALL = ToolCall(Actor(user_id="u", workspace_id="w", role="member"), "r")


def test_its_schema_is_that_of_its_arguments() -> None:
    assert TOOL.description["inputSchema"] == {
        "type": "object",
        "properties": {"place": {"type": "string", "description": "Where."}, "days": {"type": "integer", "default": 1}},
        "required": ["place"],
        "additionalProperties": False,
    }


async def test_it_gives_what_it_was_asked_for() -> None:
    assert await TOOL.run(CALL, {"place": "Oslo"}) == {"place": "Oslo", "days": 1}


@pytest.mark.parametrize(
    ("given", "words"), [({}, "`place`"), ({"place": 1}, "$.place"), ({"place": "x", "day": 1}, "`day`")]
)
async def test_wrong_arguments_are_named(given: JsonObject, words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await TOOL.run(CALL, given)
    assert "The arguments of weather are wrong" in refused.value.message
    assert words in refused.value.message
