from __future__ import annotations

import json

import pytest

from trunkline.core.chat import (
    ChatRequest,
    JsonObject,
    Message,
    Reasoning,
    ReasoningOptions,
    Text,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
)
from trunkline.providers import adapt, find, quirk
from trunkline.providers.dialect_choice import choose_dialect

HI = Message("user", (Text("hi"),))
CALL = ToolCall("c1", "look", "{}")
RESULT = Message("tool", (ToolResult("c1", (Text("x"),)),))
SIGNED = Reasoning("Let me look.", signature="c2ln")


def send(provider: str, model: str, **fields: object) -> tuple[JsonObject, tuple[str, ...]]:
    """What leaves for the model, and what is told."""
    fields = {"messages": (HI,), **fields}
    request, lost = adapt(ChatRequest(model=model, **fields), quirk(provider, model))
    written = choose_dialect(find(provider), model).write_request(request)
    return json.loads(written.body), (*lost, *written.dropped)


def effort(word: str) -> dict[str, object]:
    return {"reasoning": ReasoningOptions(effort=word)}


class TestClaude:
    @pytest.mark.parametrize("model", ["claude-opus-4-6", "claude-sonnet-4-6", "claude-opus-4-7", "claude-opus-4-8"])
    def test_an_effort_switches_thinking_on_where_it_would_not_be(self, model: str) -> None:
        body, told = send("anthropic", model, **effort("high"))
        assert body["thinking"] == {"type": "adaptive"}
        assert body["output_config"] == {"effort": "high"}
        assert told == ()

    def test_also_on_bedrock(self) -> None:
        body, _ = send("bedrock", "us.anthropic.claude-opus-4-8-v1", **effort("high"))
        assert body["additionalModelRequestFields"] == {"thinking": {"type": "adaptive"}}
        assert body["outputConfig"] == {"effort": "high"}

    def test_an_effort_of_the_answer_is_no_wish_to_think(self) -> None:
        body, _ = send("anthropic", "claude-opus-4-8", reasoning=ReasoningOptions(effort="low", effort_of_answer=True))
        assert "thinking" not in body

    @pytest.mark.parametrize("shown", [{"summary": "auto"}, {"include": True}])
    @pytest.mark.parametrize("effort", [None, "low"])
    def test_who_thinks_unasked_is_asked_to_show_it(self, effort: str | None, shown: dict[str, object]) -> None:
        asked = ReasoningOptions(effort=effort, **shown)
        seen = {"type": "adaptive", "display": "summarized"}
        for model in ("claude-opus-5", "claude-fable-5", "claude-opus-5-5"):
            body, told = send("anthropic", model, reasoning=asked)
            assert (body["thinking"], told) == (seen, ())
            body, told = send("bedrock", f"us.anthropic.{model}", reasoning=asked)
            assert (body["additionalModelRequestFields"]["thinking"], told) == (seen, ())

    def test_who_is_to_hide_it_is_left_alone(self) -> None:
        body, _ = send("anthropic", "claude-opus-5", reasoning=ReasoningOptions(effort="low", include=False))
        assert "thinking" not in body

    @pytest.mark.parametrize("model", ["claude-sonnet-5", "claude-opus-5", "claude-fable-5", "claude-haiku-5-5"])
    def test_who_thinks_unasked_is_not_asked(self, model: str) -> None:
        body, _ = send("anthropic", model, **effort("xhigh"))
        assert "thinking" not in body
        assert body["output_config"] == {"effort": "xhigh"}

    @pytest.mark.parametrize(
        "model", ["claude-fable-5", "claude-mythos-5-1", "claude-mythos-preview", "claude-opus-5-5"]
    )
    @pytest.mark.parametrize("provider", ["anthropic", "bedrock"])
    def test_who_cannot_stop_thinks_as_little_as_it_can(self, provider: str, model: str) -> None:
        name = model if provider == "anthropic" else f"us.anthropic.{model}-v1:0"
        body, told = send(provider, name, **effort("none"))
        assert "thinking" not in body
        assert "additionalModelRequestFields" not in body
        assert (body.get("output_config") or body["outputConfig"]) == {"effort": "low"}
        assert told == ("reasoning.effort",)

    @pytest.mark.parametrize(
        ("model", "thinking"),
        [
            ("claude-opus-4-8", {"type": "disabled"}),
            ("claude-opus-5", {"type": "disabled"}),
            ("claude-haiku-5-5", {"type": "disabled"}),
            ("claude-sonnet-5-5", {"type": "between_tools"}),
        ],
    )
    def test_others_stop_in_their_own_word(self, model: str, thinking: JsonObject) -> None:
        assert send("anthropic", model, **effort("none"))[0]["thinking"] == thinking

    def test_without_thinking_the_effort_has_a_limit(self) -> None:
        body, told = send("anthropic", "claude-opus-5", reasoning=ReasoningOptions(enabled=False, effort="max"))
        assert (body["thinking"], body["output_config"]) == ({"type": "disabled"}, {"effort": "high"})
        assert told == ("reasoning.effort",)

    def test_a_level_that_is_missing_becomes_the_one_below(self) -> None:
        body, told = send("anthropic", "claude-opus-4-6", **effort("xhigh"))
        assert (body["output_config"], told) == ({"effort": "high"}, ("reasoning.effort",))


FORCED = {"tools": (Tool("look"),), "tool_choice": ToolChoice("required", ("look",))}


class TestForcedTools:
    @pytest.mark.parametrize(
        "model", ["claude-sonnet-4-20250514", "claude-opus-4-5", "claude-opus-4-6", "claude-opus-4-8"]
    )
    def test_thinking_gives_way(self, model: str) -> None:
        body, told = send("anthropic", model, **FORCED, **effort("high"))
        assert "thinking" not in body
        assert body["tool_choice"] == {"type": "tool", "name": "look"}
        assert told == ("reasoning",)

    def test_also_on_bedrock(self) -> None:
        body, told = send("bedrock", "eu.anthropic.claude-sonnet-4-5-20250929-v1:0", **FORCED, **effort("high"))
        assert "additionalModelRequestFields" not in body
        assert told == ("reasoning",)

    def test_what_thinks_unasked_is_told_to_stop_if_it_was_asked_to_think(self) -> None:
        body, told = send("anthropic", "claude-opus-5", **FORCED, reasoning=ReasoningOptions(enabled=True))
        assert (body["thinking"], told) == ({"type": "disabled"}, ("reasoning",))

    @pytest.mark.parametrize("model", ["claude-fable-5-1", "claude-opus-5-5", "claude-sonnet-5-5"])
    def test_who_cannot_be_forced_is_given_that_tool_alone(self, model: str) -> None:
        body, told = send("anthropic", model, tools=(Tool("look"), Tool("go")), tool_choice=FORCED["tool_choice"])
        assert [tool["name"] for tool in body["tools"]] == ["look"]
        assert body.get("tool_choice", {"type": "auto"})["type"] == "auto"
        assert "tool_choice" in told


class TestBedrocksOtherModels:
    @pytest.mark.parametrize(
        ("model", "forced"),
        [
            ("us.meta.llama3-3-70b-instruct-v1:0", False),
            ("openai.gpt-oss-120b-1:0", False),
            ("us.amazon.nova-pro-v1:0", True),
        ],
    )
    def test_a_tool_is_forced_on_those_that_take_it(self, model: str, forced: bool) -> None:
        body, told = send("bedrock", model, tools=(Tool("look"), Tool("go")), tool_choice=FORCED["tool_choice"])
        assert [tool["toolSpec"]["name"] for tool in body["toolConfig"]["tools"]] == (
            ["look", "go"] if forced else ["look"]
        )
        assert list(body["toolConfig"]["toolChoice"]) == (["tool"] if forced else ["auto"])
        assert told == (() if forced else ("tool_choice",))

    def test_mistrals_call_some_tool_but_none_by_its_name(self) -> None:
        model = "mistral.mistral-large-2402-v1:0"
        body, told = send("bedrock", model, tools=(Tool("look"), Tool("go")), tool_choice=FORCED["tool_choice"])
        assert [tool["toolSpec"]["name"] for tool in body["toolConfig"]["tools"]] == ["look"]
        assert body["toolConfig"]["toolChoice"] == {"any": {}}
        assert told == ()


class TestRoundsOfCallsWithoutTheirThoughts:
    def loop(self, *thoughts: Reasoning) -> dict[str, object]:
        turn = Message("assistant", (*thoughts, CALL))
        return {"messages": (HI, turn, RESULT), "tools": (Tool("look"),)}

    @pytest.mark.parametrize(
        ("provider", "model"),
        [("anthropic", "claude-opus-4-5"), ("bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0")],
    )
    def test_a_budget_gives_way(self, provider: str, model: str) -> None:
        body, told = send(provider, model, **self.loop(), **effort("medium"))
        assert "thinking" not in body
        assert "additionalModelRequestFields" not in body
        assert told == ("reasoning",)

    def test_thoughts_of_another_vendor_do_not_help(self) -> None:
        foreign = Reasoning(redacted="gAAA", id="rs_1", format="openai-responses-v1")
        assert "thinking" not in send("anthropic", "claude-opus-4-5", **self.loop(foreign), **effort("low"))[0]

    def test_what_another_of_its_platforms_sealed_does_not_either(self) -> None:
        here, there = (
            Reasoning(redacted="c2Vh", format=name) for name in ("anthropic-claude-v1", "bedrock-converse-v1")
        )
        for provider, model, own, other in (
            ("anthropic", "claude-opus-4-5", here, there),
            ("bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", there, here),
        ):
            assert send(provider, model, **self.loop(own), **effort("low"))[1] == ()
            assert "reasoning" in send(provider, model, **self.loop(other), **effort("low"))[1]

    def test_its_own_do(self) -> None:
        body, told = send("anthropic", "claude-opus-4-5", **self.loop(SIGNED), **effort("low"))
        assert body["thinking"]["type"] == "enabled"
        assert told == ()

    def test_adaptive_thinking_needs_none(self) -> None:
        assert "thinking" in send("anthropic", "claude-opus-4-6", **self.loop(), **effort("low"))[0]

    def test_nor_does_a_round_that_is_over(self) -> None:
        over = {"messages": (HI, Message("assistant", (CALL,)), RESULT, Message("assistant", (Text("so"),)), HI)}
        assert "thinking" in send("anthropic", "claude-opus-4-5", **over, **effort("low"))[0]

    def test_every_turn_of_the_round_counts(self) -> None:
        first, second = Message("assistant", (CALL,)), Message("assistant", (SIGNED, CALL))
        body, told = send("anthropic", "claude-opus-4-5", messages=(HI, first, RESULT, second, RESULT), **effort("low"))
        assert ("thinking" in body, told) == (False, ("reasoning",))

    def test_words_of_the_user_beside_the_result_do_not_end_it(self) -> None:
        turns = (HI, Message("assistant", (CALL,)), RESULT, HI)
        assert "thinking" not in send("anthropic", "claude-opus-4-5", messages=turns, **effort("low"))[0]

    def test_a_beginning_that_the_model_shall_go_on_with_has_none_either(self) -> None:
        begun = {"messages": (HI, Message("assistant", (Text("{"),)))}
        assert "thinking" not in send("anthropic", "claude-opus-4-5", **begun, **effort("low"))[0]


class TestGemini:
    @pytest.mark.parametrize("provider", ["gemini", "vertex"])
    @pytest.mark.parametrize(
        ("model", "config"),
        [
            ("gemini-2.5-pro", {"thinkingBudget": 128}),
            ("gemini-2.5-flash", {"thinkingBudget": 0}),
            ("gemini-2.5-flash-lite", {"thinkingBudget": 0}),
            ("gemini-3-pro-preview", {"thinkingLevel": "LOW"}),
            ("gemini-3.1-pro-preview", {"thinkingLevel": "LOW"}),
            ("gemini-3-flash-preview", {"thinkingLevel": "MINIMAL"}),
        ],
    )
    @pytest.mark.parametrize("off", [{"effort": "none"}, {"enabled": False}, {"budget_tokens": 0}])
    def test_none_is_the_least(self, provider: str, model: str, config: JsonObject, off: dict[str, object]) -> None:
        body, told = send(provider, model, reasoning=ReasoningOptions(**off))
        assert body["generationConfig"]["thinkingConfig"] == config
        assert bool(told) == (config != {"thinkingBudget": 0})

    @pytest.mark.parametrize(("asked", "sent"), [(64, 128), (99_999, 32_768), (4096, 4096)])
    def test_a_budget_stays_within_the_models_range(self, asked: int, sent: int) -> None:
        body, told = send("gemini", "gemini-2.5-pro", reasoning=ReasoningOptions(budget_tokens=asked))
        assert body["generationConfig"]["thinkingConfig"] == {"thinkingBudget": sent}
        assert bool(told) == (asked != sent)

    def test_a_level_that_is_missing_becomes_one_that_is_there(self) -> None:
        body, told = send("gemini", "gemini-3-pro-preview", **effort("max"))
        assert body["generationConfig"]["thinkingConfig"] == {"thinkingLevel": "HIGH"}
        assert told == ("reasoning.effort",)


@pytest.mark.parametrize(
    ("provider", "model", "asked", "sent"),
    [
        ("openai", "gpt-5", "none", "minimal"),
        ("openai", "gpt-5-mini-2025-08-07", "xhigh", "high"),
        ("openai", "gpt-5-pro", "none", "high"),
        ("openai", "gpt-5-codex", "minimal", "low"),
        ("openai", "gpt-5.1", "none", "none"),
        ("openai", "gpt-5.1", "minimal", "low"),
        ("openai", "gpt-5.1-codex-max", "max", "xhigh"),
        ("openai", "gpt-5.2-pro", "low", "medium"),
        ("openai", "gpt-5.5", "max", "xhigh"),
        ("openai", "gpt-5.6-terra", "max", "max"),
        ("openai", "o3-mini", "none", "low"),
        ("azure-openai", "o4-mini", "minimal", "low"),
        ("xai", "grok-3-mini", "medium", "low"),
        ("xai", "grok-4", "high", None),
        ("xai", "grok-4.3", "none", "none"),
        ("groq", "openai/gpt-oss-120b", "none", "low"),
        ("groq", "qwen/qwen3-32b", "none", "none"),
        ("groq", "qwen/qwen3-32b", "high", None),
        ("groq", "llama-3.3-70b-versatile", "high", None),
        ("mistral", "mistral-small-latest", "low", "high"),
        ("mistral", "codestral-latest", "high", None),
        ("mistral", "mistral-large-4", "medium", "medium"),
        ("mistral", "mistral-large-latest", "medium", None),
        ("mistral", "mistral-small-2603", "medium", "high"),
        ("mistral", "mistral-small-2506", "high", None),
        ("mistral", "mistral-medium-3-5", "low", "high"),
    ],
)
def test_a_word_becomes_one_that_the_model_knows(provider: str, model: str, asked: str, sent: str | None) -> None:
    body, told = send(provider, model, **effort(asked))
    assert body.get("reasoning_effort") == sent
    assert bool(told) == (sent != asked and asked != "minimal")


def test_thinking_that_is_switched_on_has_no_word_where_its_effort_has_none() -> None:
    body, told = send("groq", "qwen/qwen3-32b", reasoning=ReasoningOptions(enabled=True, effort="max"))
    assert "reasoning_effort" not in body
    assert told == ("reasoning.effort",)


def test_openrouter_is_not_told_to_stop_what_does_not_stop() -> None:
    assert send("openrouter", "anthropic/claude-fable-5", **effort("none"))[0]["reasoning"] == {"effort": "low"}
    assert send("openrouter", "google/gemini-2.5-pro", **effort("none"))[0]["reasoning"] == {"effort": "low"}
    assert send("openrouter", "anthropic/claude-opus-4.8", **effort("none"))[0]["reasoning"] == {"effort": "none"}


class TestDeepSeek:
    LOOP = (HI, Message("assistant", (CALL,)), RESULT)
    KEPT = (HI, Message("assistant", (Reasoning("I look."), CALL)), RESULT)

    @pytest.mark.parametrize("model", ["deepseek-v4-pro", "deepseek-v4-flash", "deepseek-flash", "deepseek-reasoner"])
    def test_it_thinks_unasked_so_a_forced_tool_switches_that_off(self, model: str) -> None:
        for reasoning in ({}, effort("high"), {"reasoning": ReasoningOptions(enabled=True)}):
            body, told = send("deepseek", model, tools=(Tool("look"),), tool_choice=ToolChoice("required"), **reasoning)
            assert body["thinking"] == {"type": "disabled"}
            assert "reasoning_effort" not in body
            assert body["tool_choice"] == "required"
            assert told == ("reasoning",)

    def test_the_older_chat_model_must_be_asked(self) -> None:
        forced = {"tools": (Tool("look"),), "tool_choice": ToolChoice("required", ("look",))}
        body, told = send("deepseek", "deepseek-chat", **forced)
        assert ("thinking" in body, told) == (False, ())
        body, told = send("deepseek", "deepseek-chat", **forced, **effort("low"))
        assert (body.keys() & {"thinking", "reasoning_effort"}, told) == (set(), ("reasoning",))
        assert send("deepseek", "deepseek-chat", **effort("low"))[0]["thinking"] == {"type": "enabled"}

    @pytest.mark.parametrize("choice", [None, ToolChoice("auto"), ToolChoice("none")])
    def test_a_free_choice_leaves_it_alone(self, choice: ToolChoice | None) -> None:
        body, told = send("deepseek", "deepseek-v4-pro", tools=(Tool("look"),), tool_choice=choice)
        assert ("thinking" in body, told) == (False, ())

    @pytest.mark.parametrize("messages", [LOOP, (*LOOP, Message("assistant", (Text("so"),)), HI), (*KEPT, *LOOP)])
    def test_calls_without_their_thoughts_switch_it_off(self, messages: tuple[Message, ...]) -> None:
        body, told = send("deepseek", "deepseek-v4-pro", messages=messages, **effort("max"))
        assert (body["thinking"], told) == ({"type": "disabled"}, ("reasoning",))

    def test_calls_with_theirs_go_back(self) -> None:
        body, told = send("deepseek", "deepseek-v4-pro", messages=self.KEPT, **effort("max"))
        assert body["messages"][1]["reasoning_content"] == "I look."
        assert (body["reasoning_effort"], "thinking" in body, told) == ("max", False, ())

    def test_thoughts_of_any_vendor_will_do(self) -> None:
        signed = (HI, Message("assistant", (SIGNED, CALL)), RESULT)
        body, told = send("deepseek", "deepseek-v4-pro", messages=signed)
        assert body["messages"][1]["reasoning_content"] == "Let me look."
        assert ("thinking" in body, told) == (False, ("reasoning.signature",))

    def test_without_calls_thoughts_stay_behind(self) -> None:
        answer = Message("assistant", (Reasoning("They greet."), Text("Hello.")))
        body, told = send("deepseek", "deepseek-reasoner", messages=(HI, answer, HI))
        assert body["messages"][1] == {"role": "assistant", "content": "Hello."}
        assert told == ("reasoning",)

    @pytest.mark.parametrize("off", [ReasoningOptions(enabled=False), ReasoningOptions(effort="none")])
    def test_off_is_its_switch(self, off: ReasoningOptions) -> None:
        body, told = send("deepseek", "deepseek-v4-pro", messages=self.LOOP, reasoning=off)
        assert (body["thinking"], "reasoning_effort" in body, told) == ({"type": "disabled"}, False, ())

    def test_a_budget_is_an_effort(self) -> None:
        body, told = send("deepseek", "deepseek-v4-pro", reasoning=ReasoningOptions(budget_tokens=9_000))
        assert (body["reasoning_effort"], told) == ("high", ("reasoning.budget_tokens",))


class TestThoughtsOfEarlierTurns:
    TURNS = (HI, Message("assistant", (Reasoning("They greet."), Text("Hello."))), HI)

    @pytest.mark.parametrize(
        ("provider", "model", "turn", "told"),
        [
            ("groq", "openai/gpt-oss-120b", {"content": "Hello.", "reasoning": "They greet."}, ()),
            ("groq", "qwen/qwen3-32b", {"content": "Hello.", "reasoning": "They greet."}, ()),
            ("groq", "llama-3.3-70b-versatile", {"content": "Hello."}, ("reasoning",)),
            ("mistral", "ministral-8b-latest", {"content": "Hello."}, ("reasoning",)),
            ("vllm", "qwen3", {"content": "Hello.", "reasoning_content": "They greet."}, ()),
        ],
    )
    def test_go_back_as_their_server_takes_them(
        self, provider: str, model: str, turn: JsonObject, told: tuple[str, ...]
    ) -> None:
        body, lost = send(provider, model, messages=self.TURNS)
        assert (body["messages"][1], lost) == ({"role": "assistant", **turn}, told)

    @pytest.mark.parametrize("model", ["magistral-medium-latest", "mistral-small-latest", "mistral-large-latest"])
    def test_are_chunks_for_mistral(self, model: str) -> None:
        body, told = send("mistral", model, messages=self.TURNS)
        chunk = {"type": "thinking", "thinking": [{"type": "text", "text": "They greet."}], "closed": True}
        assert body["messages"][1]["content"] == [chunk, {"type": "text", "text": "Hello."}]
        assert told == ()

    def test_are_the_only_content_beside_calls(self) -> None:
        call = Message("assistant", (Reasoning("I look."), ToolCall("abcdefghi", "look", "{}")))
        body, _ = send("mistral", "mistral-small-latest", messages=(HI, call, RESULT))
        assert [chunk["type"] for chunk in body["messages"][1]["content"]] == ["thinking"]


@pytest.mark.parametrize(
    ("asked", "sent"),
    [(ReasoningOptions(budget_tokens=2048), "high"), (ReasoningOptions(enabled=True), "high")],
)
def test_a_budget_becomes_a_word_that_the_model_knows(asked: ReasoningOptions, sent: str) -> None:
    body, dropped = send("mistral", "mistral-medium-latest", reasoning=asked)
    assert body["reasoning_effort"] == sent
    assert dropped == (("reasoning.budget_tokens",) if asked.budget_tokens else ())
