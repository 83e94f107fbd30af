"""How much a call of OpenAI's wires thinks that passes unread, fitted to its model and to the rest of the call."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from tests.vendors import check

from trunkline.dialects.openai_chat import passthrough
from trunkline.dialects.openai_responses import passthrough as responses
from trunkline.dialects.passthrough import Changes
from trunkline.providers import adapt, quirk

USER = {"role": "user", "content": "Weather?"}
CALL = {"role": "assistant", "content": "", "tool_calls": [
    {"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
]}  # fmt: skip
RESULT = {"role": "tool", "tool_call_id": "c1", "content": "21"}
TOOLS = [{"type": "function", "function": {"name": "look"}}]
NAMED = {"type": "function", "function": {"name": "look"}}


def send(provider: str, model: str, **fields: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What leaves, which the vendor must take, and what is told."""
    twist = quirk(provider, model)
    body = msgspec.json.encode({"model": "m", "messages": [USER], **fields})
    out, told = passthrough.PASSTHROUGH.editor(
        Changes(
            model=model,
            rename=twist.rename,
            drop=twist.drop,
            adapt=lambda request: adapt(request, twist),
            roles=twist.roles,
            form=twist.form,
        ),
    )(body)
    assert check(provider, "/chat/completions", out) == []
    return json.loads(out), told


class TestDeepSeek:
    @pytest.mark.parametrize("choice", ["required", NAMED])
    @pytest.mark.parametrize(
        "asked", [{}, {"reasoning_effort": "high"}, {"thinking": {"type": "enabled"}, "reasoning_effort": "max"}]
    )
    def test_a_forced_tool_switches_thinking_off(self, choice: object, asked: dict[str, Any]) -> None:
        body, told = send("deepseek", "deepseek-v4-pro", tools=TOOLS, tool_choice=choice, **asked)
        assert (body["thinking"], body["tool_choice"]) == ({"type": "disabled"}, choice)
        assert ("reasoning_effort" in body, told) == (False, ("reasoning",))

    def test_calls_without_thoughts_do_so_too(self) -> None:
        body, told = send("deepseek", "deepseek-v4-flash", messages=[USER, CALL, RESULT], tools=TOOLS)
        assert (body["thinking"], told) == ({"type": "disabled"}, ("reasoning",))

    @pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
    def test_calls_with_thoughts_do_not(self, name: str) -> None:
        body, told = send("deepseek", "deepseek-v4-pro", messages=[USER, {**CALL, name: "I look."}, RESULT])
        assert (body["messages"][1], "thinking" in body) == ({**CALL, "reasoning_content": "I look."}, False)
        assert told == ()

    def test_who_switched_it_off_is_left_alone(self) -> None:
        asked = {"thinking": {"type": "disabled"}, "messages": [USER, CALL, RESULT], "tools": TOOLS}
        body, told = send("deepseek", "deepseek-v4-pro", tool_choice="required", **asked)
        assert (body["thinking"], told) == ({"type": "disabled"}, ())

    def test_none_is_its_switch(self) -> None:
        body, told = send("deepseek", "deepseek-v4-pro", reasoning_effort="none")
        assert (body["thinking"], "reasoning_effort" in body, told) == ({"type": "disabled"}, False, ())

    def test_its_chat_model_does_not_think_unasked(self) -> None:
        body, told = send("deepseek", "deepseek-chat", tools=TOOLS, tool_choice="required")
        assert ("thinking" in body, told) == (False, ())

    def test_its_chat_model_thinks_with_an_effort(self) -> None:
        body, told = send("deepseek", "deepseek-chat", reasoning_effort="low")
        assert (body["thinking"], body["reasoning_effort"], told) == ({"type": "enabled"}, "low", ())

    @pytest.mark.parametrize(
        "asked",
        [{"tools": TOOLS, "tool_choice": "required"}, {"messages": [USER, CALL, RESULT]}],
        ids=["forced", "history"],
    )
    def test_its_chat_model_is_asked_and_may_not(self, asked: dict[str, Any]) -> None:
        body, told = send("deepseek", "deepseek-chat", **asked, thinking={"type": "enabled"}, reasoning_effort="low")
        assert (body.get("thinking", {"type": "disabled"}), told) == ({"type": "disabled"}, ("reasoning",))


class TestLevels:
    @pytest.mark.parametrize(
        ("provider", "model", "asked", "sent"),
        [
            ("openai", "gpt-5", "none", "minimal"),
            ("openai", "o3", "xhigh", "high"),
            ("groq", "openai/gpt-oss-20b", "max", "high"),
            ("mistral", "mistral-small-latest", "medium", "high"),
        ],
    )
    def test_a_word_becomes_one_of_the_models(self, provider: str, model: str, asked: str, sent: str) -> None:
        body, told = send(provider, model, reasoning_effort=asked)
        assert (body["reasoning_effort"], told) == (sent, ("reasoning_effort",))

    def test_in_openrouters_object_too(self) -> None:
        asked = {"effort": "none", "exclude": True}
        body, told = send("openrouter", "openai/gpt-5", reasoning=asked)
        assert (body["reasoning"], told) == ({"effort": "minimal", "exclude": True}, ("reasoning.effort",))

    def test_what_does_not_stop_is_not_switched_off(self) -> None:
        body, told = send("openrouter", "google/gemini-3-pro-preview", reasoning={"enabled": False})
        assert (body["reasoning"], told) == ({"effort": "low"}, ("reasoning.enabled",))

    @pytest.mark.parametrize("reasoning", [{"effort": "high"}, {"max_tokens": 2000}, {"exclude": True}, {"effort": 7}])
    def test_what_is_right_or_not_ours_stays(self, reasoning: dict[str, Any]) -> None:
        body, told = send("openrouter", "anthropic/claude-sonnet-4.5", reasoning=reasoning)
        assert (body["reasoning"], told) == (reasoning, ())


class TestResponses:
    @staticmethod
    def send(model: str, provider: str = "openai", **fields: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
        twist = quirk(provider, model)
        body = msgspec.json.encode({"model": "m", "input": "Weather?", **fields})
        out, told = responses.edit(
            body, Changes(model=model, drop=twist.drop, adapt=lambda request: adapt(request, twist))
        )
        return json.loads(out), told

    @pytest.mark.parametrize("provider", ["openai", "azure-openai"])
    @pytest.mark.parametrize(
        ("model", "asked", "sent"),
        [
            ("gpt-5", "none", "minimal"),
            ("gpt-5.1", "minimal", "low"),
            ("gpt-5.2", "max", "xhigh"),
            ("gpt-5-pro", "low", "high"),
            ("o3", "minimal", "low"),
        ],
    )
    def test_a_level_becomes_one_of_the_models(self, provider: str, model: str, asked: str, sent: str) -> None:
        body, told = self.send(model, provider, reasoning={"effort": asked, "summary": "auto"})
        assert body["reasoning"] == {"effort": sent, "summary": "auto"}
        assert told == ("reasoning.effort",)

    @pytest.mark.parametrize("reasoning", [{"effort": "high"}, {"summary": "auto"}, {"effort": "novel"}, {"effort": 7}])
    def test_what_is_right_or_unknown_stays(self, reasoning: dict[str, Any]) -> None:
        body, told = self.send("gpt-5.2", reasoning=reasoning)
        assert (body["reasoning"], told) == (reasoning, ())

    def test_a_model_that_does_not_reason_gets_none(self) -> None:
        body, told = self.send("gpt-4.1", reasoning={"effort": "high"})
        assert ("reasoning" in body, told) == (False, ("reasoning",))
