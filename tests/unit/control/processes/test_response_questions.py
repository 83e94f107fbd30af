"""A process without a database keeps answers in the one that has it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.control.processes.connection import connect

from trunkline.control.processes.response_questions import AskedResponses, answer_responses
from trunkline.core.actor import Actor
from trunkline.core.chat import Message, Reasoning, Text, ToolCall, ToolResult
from trunkline.core.errors import Unavailable
from trunkline.core.usage_event import Opened
from trunkline.gateway.exchanges.kept_response import KeptResponse, Pin

ACTOR = Actor(user_id="u", workspace_id="w", role="member", key_id="k", models=("a", "b"))
OPENED = Opened(
    id="e", opened_at=1, request_id="r", operation="chat", workspace_id="w", user_id="u", configuration_id="c",
    provider="openai", model="m", requested_model="m",
)  # fmt: skip
KEPT = [
    KeptResponse(
        messages=(
            Message("user", (Text("hi"),)),
            Message("assistant", (Reasoning("hm", signature="s"), ToolCall("c", "look", "{}"))),
            Message("tool", (ToolResult("c", (Text("found"),)),)),
        ),
        body=b'{"id": 1}',
    ),
    KeptResponse(pin=Pin(configuration_id="c", version_id="v", model="m"), background=True, opened=OPENED),
]


class Store:
    """Keeps answers in memory, or cannot be reached."""

    def __init__(self) -> None:
        self.kept: dict[tuple[Actor, str], KeptResponse] = {}
        self.claimed: set[str] = set()
        self.away = False

    async def put(self, actor: Actor, response_id: str, kept: KeptResponse) -> None:
        if self.away:
            raise Unavailable("The database cannot be reached.")
        self.kept[actor, response_id] = kept

    async def find(self, actor: Actor, response_id: str) -> KeptResponse | None:
        return self.kept.get((actor, response_id))

    async def drop(self, actor: Actor, response_id: str) -> None:
        del self.kept[actor, response_id]

    async def claim(self, actor: Actor, response_id: str) -> bool:
        first = response_id not in self.claimed
        self.claimed.add(response_id)
        return first


@pytest.mark.parametrize("kept", KEPT)
async def test_an_answer_is_kept_found_and_forgotten(path: Path, kept: KeptResponse) -> None:
    store = Store()
    async with connect(path, answer_responses(store), {}) as (_, spoke):
        asked = AskedResponses(spoke.ask)
        await asked.put(ACTOR, "resp_1", kept)
        assert store.kept == {(ACTOR, "resp_1"): kept}
        assert await asked.find(ACTOR, "resp_1") == kept
        await asked.drop(ACTOR, "resp_1")
        assert await asked.find(ACTOR, "resp_1") is None


async def test_its_end_is_claimed_once(path: Path) -> None:
    async with connect(path, answer_responses(Store()), {}) as (_, spoke):
        asked = AskedResponses(spoke.ask)
        assert [await asked.claim(ACTOR, "resp_1") for _ in range(3)] == [True, False, False]


async def test_a_database_that_is_away_is_told_as_such(path: Path) -> None:
    store = Store()
    store.away = True
    async with connect(path, answer_responses(store), {}) as (_, spoke):
        with pytest.raises(Unavailable, match="database cannot be reached"):
            await AskedResponses(spoke.ask).put(ACTOR, "resp_1", KEPT[0])
