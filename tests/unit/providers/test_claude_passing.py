"""Thinking of Claude in calls of its own wire that pass: it gives way where the vendor refuses it beside the rest."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from tests.vendors import check

from trunkline.dialects.anthropic_messages import passthrough
from trunkline.dialects.passthrough import Changes
from trunkline.providers import adapt, quirk

USER = {"role": "user", "content": "Weather?"}
THOUGHT = {"type": "thinking", "thinking": "I look.", "signature": "c2ln"}
USE = {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {}}
RESULT: dict[str, Any] = {
    "role": "user",
    "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "21"}],
}
TOOLS = [{"name": name, "input_schema": {"type": "object"}} for name in ("look", "go")]
BUDGET = {"type": "enabled", "budget_tokens": 2048}
ANY, NAMED = {"type": "any"}, {"type": "tool", "name": "look", "disable_parallel_tool_use": True}
OLD = ["claude-sonnet-4-20250514", "claude-opus-4-5", "claude-haiku-4-5"]


def turn(*content: object) -> dict[str, Any]:
    return {"role": "assistant", "content": list(content)}


def send(model: str, defaults: dict[str, Any] | None = None, **fields: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What leaves, which the vendor must take, and what is told."""
    twist = quirk("anthropic", model)
    body = msgspec.json.encode({"model": "m", "max_tokens": 9000, "messages": [USER], **fields})
    out, told = passthrough.edit(
        body,
        Changes(
            model=model,
            defaults=defaults or {},
            drop=twist.drop,
            adapt=lambda request: adapt(request, twist),
            form=twist.form,
        ),
    )
    assert check("anthropic", "/v1/messages", out) == []
    return json.loads(out), told


@pytest.mark.parametrize("choice", [ANY, NAMED])
class TestAForcedTool:
    @pytest.mark.parametrize("model", OLD)
    def test_stops_the_thinking_that_a_configuration_sets(self, model: str, choice: dict[str, Any]) -> None:
        body, told = send(model, {"thinking": BUDGET}, tools=TOOLS, tool_choice=choice)
        assert ("thinking" in body, body["tool_choice"], told) == (False, choice, ("reasoning",))

    @pytest.mark.parametrize("model", OLD)
    def test_stops_that_of_the_caller(self, model: str, choice: dict[str, Any]) -> None:
        body, told = send(model, thinking=BUDGET, tools=TOOLS, tool_choice=choice)
        assert ("thinking" in body, body["tool_choice"], told) == (False, choice, ("reasoning",))

    @pytest.mark.parametrize("model", ["claude-opus-4-6", "claude-opus-4-8"])
    def test_leaves_the_effort_of_the_answer(self, model: str, choice: dict[str, Any]) -> None:
        asked = {"thinking": {"type": "adaptive"}, "output_config": {"effort": "low"}}
        body, told = send(model, asked, tools=TOOLS, tool_choice=choice)
        assert ("thinking" in body, body["output_config"], told) == (False, {"effort": "low"}, ("reasoning",))

    def test_without_thinking_is_nothing_new(self, choice: dict[str, Any]) -> None:
        body, told = send("claude-opus-4-5", tools=TOOLS, tool_choice=choice)
        assert (body["tool_choice"], told) == (choice, ())


class TestModelsThatCannotBeForced:
    @pytest.mark.parametrize("model", ["claude-fable-5", "claude-opus-5-5"])
    def test_are_free_to_call_any(self, model: str) -> None:
        body, told = send(model, tools=TOOLS, tool_choice=ANY)
        assert (body["tool_choice"], body["tools"], told) == ({"type": "auto"}, TOOLS, ("tool_choice",))

    def test_have_the_named_tool_alone(self) -> None:
        body, told = send("claude-fable-5", tools=TOOLS, tool_choice=NAMED)
        assert body["tool_choice"] == {"type": "auto", "disable_parallel_tool_use": True}
        assert (body["tools"], told) == (TOOLS[:1], ("tool_choice",))


class TestRoundsOfCalls:
    LOST = (USER, turn(USE), RESULT)
    KEPT = (USER, turn(THOUGHT, USE), RESULT)
    AGAIN = (
        turn({**USE, "id": "toolu_2"}),
        {"role": "user", "content": [{**RESULT["content"][0], "tool_use_id": "toolu_2"}]},
    )

    @pytest.mark.parametrize("model", OLD)
    @pytest.mark.parametrize("messages", [LOST, (*KEPT, *AGAIN), (*LOST, turn({"type": "text", "text": "I"}))])
    def test_without_thoughts_stop_it(self, model: str, messages: list[Any]) -> None:
        for given in ({"thinking": BUDGET}, {}):
            body, told = send(model, None if given else {"thinking": BUDGET}, messages=messages, tools=TOOLS, **given)
            assert ("thinking" in body, told) == (False, ("reasoning",))
            assert body["messages"] == json.loads(json.dumps(messages))

    @pytest.mark.parametrize("thought", [THOUGHT, {"type": "redacted_thinking", "data": "c2ln"}])
    def test_with_thoughts_do_not(self, thought: dict[str, Any]) -> None:
        messages = [USER, turn(thought, USE), RESULT]
        body, told = send("claude-opus-4-5", {"thinking": BUDGET}, messages=messages, tools=TOOLS)
        assert (body["thinking"], told) == (BUDGET, ())

    def test_that_are_over_do_not(self) -> None:
        messages = [*self.LOST, turn({"type": "text", "text": "Warm."}), USER]
        body, told = send("claude-opus-4-5", {"thinking": BUDGET}, messages=messages, tools=TOOLS)
        assert (body["thinking"], told) == (BUDGET, ())

    def test_with_thoughts_of_others_stop_it(self) -> None:
        foreign = {**THOUGHT, "signature": "openai-responses-v1:rs_1:gAAA"}
        body, told = send("claude-opus-4-5", {"thinking": BUDGET}, messages=[USER, turn(foreign, USE), RESULT])
        assert ("thinking" in body, body["messages"][1]["content"]) == (False, [USE])
        assert told == ("reasoning",)

    def test_mean_nothing_to_adaptive_thinking(self) -> None:
        body, told = send("claude-opus-4-8", {"thinking": {"type": "adaptive"}}, messages=self.LOST, tools=TOOLS)
        assert (body["thinking"], told) == ({"type": "adaptive"}, ())

    def test_mean_nothing_without_thinking(self) -> None:
        assert send("claude-opus-4-5", messages=self.LOST, tools=TOOLS)[1] == ()
