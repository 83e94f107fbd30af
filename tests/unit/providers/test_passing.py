from __future__ import annotations

import json
from typing import Any, Final

import pytest

from trunkline.providers import quirk
from trunkline.providers.passing import passes

HI = {"role": "user", "content": "hi"}
CALL = {"id": "abcdefghi", "type": "function", "function": {"name": "f", "arguments": "{}"}}
CALLED = {"role": "assistant", "content": None, "tool_calls": [CALL]}
RESULT = {"role": "tool", "tool_call_id": "abcdefghi", "content": "ok"}
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {"name": {}}}}}
DOTTED = {"type": "function", "function": {"name": "weather.get"}}


def chat(*messages: Any, to: str = "openai", model: str = "gpt-4.1", **fields: Any) -> bool:
    return passes(json.dumps({"messages": messages, **fields}).encode(), "openai_chat", quirk(to, model))


def messages(*turns: Any, model: str = "claude-sonnet-4-5", **fields: Any) -> bool:
    body = json.dumps({"messages": turns, **fields}).encode()
    return passes(body, "anthropic_messages", quirk("anthropic", model))


@pytest.mark.parametrize("provider", ["openai", "mistral", "groq", "deepseek", "openrouter", "custom"])
def test_what_is_right_passes(provider: str) -> None:
    for given in ((HI,), (HI, CALLED, RESULT), (HI, CALLED, RESULT, CALLED | {"content": "so"}, RESULT)):
        assert chat(*given, to=provider, tools=[TOOL])


@pytest.mark.parametrize("provider", ["openrouter", "nvidia", "vllm", "custom"])
def test_a_user_after_results_does_not_where_the_model_is_mistrals(provider: str) -> None:
    model = "mistralai/mistral-small-2603"
    assert not chat(HI, CALLED, RESULT, HI, to=provider, model=model, tools=[TOOL])
    assert chat(HI, CALLED, RESULT, to=provider, model=model, tools=[TOOL])
    assert chat(HI, CALLED, RESULT, HI, to=provider, model="qwen/qwen3-32b", tools=[TOOL])


def test_a_body_of_another_form_is_for_the_provider_to_judge() -> None:
    for body in (b"{", b'{"messages":7,"tool_calls":1}', b'{"model":"any"}', b"\xff"):
        for provider in ("openai", "mistral"):
            assert passes(body, "openai_chat", quirk(provider, "m"))


def test_calls_without_results_do_not() -> None:
    assert not chat(HI, CALLED)
    assert not chat(HI, CALLED, HI, RESULT)
    assert not chat(HI, RESULT)


def test_pictures_in_results_do_not() -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}
    assert not chat(HI, CALLED, {**RESULT, "content": [picture]})
    assert chat(HI, CALLED, {**RESULT, "content": [{"type": "text", "text": "ok"}]})


def test_names_that_a_provider_refuses_do_not() -> None:
    assert not chat(HI, tools=[DOTTED])
    assert not chat(HI, tools=[{"type": "function", "function": {"name": "x" * 65}}])
    assert chat(HI, tools=[DOTTED], to="custom")
    assert chat({**HI, "name": "Ann B."}, tools=[TOOL])


class TestMistral:
    @pytest.mark.parametrize(
        "given",
        [
            (HI, CALLED, RESULT, HI),
            ({"role": "system", "content": "Say hello."},),
            (HI, {"role": "assistant", "content": ""}, HI),
            (HI, {"role": "assistant", "content": "a"}),
            (HI, {"role": "assistant", "content": "a"}, HI, {"role": "system", "content": "b"}),
        ],
    )
    def test_turns_that_it_refuses_do_not_pass(self, given: tuple[Any, ...]) -> None:
        assert not chat(*given, to="mistral", model="mistral-medium-latest")
        assert chat(*given)

    def test_a_prefix_passes(self) -> None:
        prefix = {"role": "assistant", "content": "a", "prefix": True}
        assert chat(HI, prefix, to="mistral", model="mistral-medium-latest")

    def test_functions_do_not_pass_where_they_are_forgotten(self) -> None:
        old = {"functions": [{"name": "f"}]}
        assert not chat(HI, to="mistral", model="m", **old)
        assert not chat(HI, to="deepseek", model="m", **old)
        assert chat(HI, **old)


def test_a_document_does_not_pass_to_whom_takes_none() -> None:
    file = {"role": "user", "content": [{"type": "file", "file": {"file_data": "data:application/pdf;base64,AA=="}}]}
    assert not chat(file, to="groq", model="openai/gpt-oss-120b")
    assert chat(file)


def test_an_answer_to_go_on_from_does_not_pass_to_whom_takes_none() -> None:
    half = {"role": "assistant", "content": "a"}
    assert not chat(HI, half, to="openrouter", model="anthropic/claude-opus-4.6")
    assert chat(HI, half, to="openrouter", model="anthropic/claude-sonnet-4.5")


class TestMessages:
    USE: Final = {"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "f", "input": {}}]}
    BACK: Final = {"type": "tool_result", "tool_use_id": "a", "content": "ok"}
    TEXT: Final = {"type": "text", "text": "hi"}

    def test_what_is_right_passes(self) -> None:
        assert messages(HI, self.USE, {"role": "user", "content": [self.BACK, self.TEXT]}, tools=[{"name": "f"}])
        assert messages(HI, self.USE, {"role": "user", "content": [self.BACK]}, HI, self.USE | {"content": "a"})

    def test_calls_and_results_that_do_not_meet_do_not(self) -> None:
        assert not messages(HI, self.USE)
        assert not messages(HI, self.USE, HI)
        assert not messages({"role": "user", "content": [self.BACK]})
        assert not messages(HI, self.USE, {"role": "user", "content": [self.TEXT, self.BACK]})

    def test_a_tool_twice_does_not(self) -> None:
        assert not messages(HI, tools=[{"name": "f", "input_schema": {}}] * 2)

    def test_five_marks_do_not(self) -> None:
        marked = {**self.TEXT, "cache_control": {"type": "ephemeral"}}
        assert messages({"role": "user", "content": [marked] * 4})
        assert not messages({"role": "user", "content": [marked] * 5})

    def test_an_answer_to_go_on_from_does_not_from_4_6_on(self) -> None:
        half = {"role": "assistant", "content": "a"}
        assert messages(HI, half)
        assert not messages(HI, half, model="claude-opus-4-6")
        paused = {"role": "assistant", "content": [{"type": "server_tool_use", "id": "s"}]}
        assert messages(HI, paused, model="claude-opus-4-6")


def test_gemini_answers_as_many_calls_as_there_are() -> None:
    twist = quirk("gemini", "gemini-2.5-flash")
    call, response = {"functionCall": {"name": "f"}}, {"functionResponse": {"name": "f"}}
    asked = {"role": "user", "parts": [{"text": "hi"}]}

    def sent(*contents: Any) -> bool:
        return passes(json.dumps({"contents": contents}).encode(), "gemini", twist)

    model, user = {"role": "model", "parts": [call]}, {"role": "user", "parts": [response]}
    assert sent(asked, model, user)
    assert not sent(asked, model)
    assert not sent(asked, {"role": "model", "parts": [call, call]}, user)
    assert not sent(asked, user)


def test_gemini_declares_a_function_once() -> None:
    twist = quirk("gemini", "gemini-2.5-flash")
    once, twice = ({"tools": [{"functionDeclarations": [{"name": "f"}] * number}]} for number in (1, 2))
    assert passes(json.dumps(once).encode(), "gemini", twist)
    assert not passes(json.dumps(twice).encode(), "gemini", twist)


def test_responses_answer_the_calls_that_openai_does_not_keep() -> None:
    twist = quirk("openai", "gpt-5.2")
    call = {"type": "function_call", "call_id": "a", "name": "f", "arguments": "{}"}
    output = {"type": "function_call_output", "call_id": "a", "output": "x"}

    def sent(*items: Any, **fields: Any) -> bool:
        return passes(json.dumps({"input": items, **fields}).encode(), "openai_responses", twist)

    assert sent(HI, call, output)
    assert not sent(HI, call)
    assert not sent(HI, output)
    assert sent(output, previous_response_id="resp_1")
    assert not sent(HI, tools=[{"type": "function", "name": "weather.get"}])
