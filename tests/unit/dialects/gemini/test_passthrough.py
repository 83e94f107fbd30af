"""Bodies that pass: peeking, editing, and reading what a whole answer says of itself."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from tests.strategies import chat

from trunkline.core.chat import ChatRequest, Reasoning, ReasoningOptions, Sampling, Usage
from trunkline.core.chat_events import Failure
from trunkline.core.errors import InvalidInput
from trunkline.dialects.gemini import DIALECT
from trunkline.dialects.gemini.passthrough import edit, peek, read_tap, write_failure
from trunkline.dialects.gemini.seal import seal
from trunkline.dialects.gemini.wire import ANSWER
from trunkline.dialects.passthrough import Changes

from .fixture import fixture, names

HI: dict[str, Any] = {"contents": [{"role": "user", "parts": [{"text": "hi"}]}]}


def edited(body: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return msgspec.json.decode(edit(msgspec.json.encode(body), Changes(**{"model": "gemini", **changes}))[0])


def same(request: ChatRequest) -> tuple[ChatRequest, tuple[str, ...]]:
    return request, ()


# Peeking


def test_peek() -> None:
    seen = peek(b'{"model":"models/x","generationConfig":{"candidateCount":2,"maxOutputTokens":7.0},"contents":[]}')
    assert (seen.model, seen.streams, seen.stream_usage, seen.n, seen.output_limit) == ("", False, True, 2, 7)


def test_peek_takes_the_least() -> None:
    seen = peek(b'{"generation_config":{"max_output_tokens":3},"other":[1]}')
    assert (seen.n, seen.output_limit, seen.user) == (None, 3, None)
    assert peek(b'{"generationConfig":null}').output_limit is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", ""),
        (b"{", ""),
        (b"[]", ""),
        (b'{"\xff":1}', ""),
        (b'{"x":' + b"[" * 100_000, ""),
        (b'{"generationConfig":5}', "generationConfig"),
        (b'{"generationConfig":{"candidateCount":"x"}}', "generationConfig.candidateCount"),
        (b'{"generationConfig":{"maxOutputTokens":true}}', "generationConfig.maxOutputTokens"),
    ],
)
def test_peek_refuses(body: bytes, field: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        peek(body)
    assert [wrong.field for wrong in raised.value.fields] == [field]


# Editing


def test_what_stays_is_copied_as_bytes() -> None:
    body = b'{"contents": [ {"x" : 1e2} ], "generationConfig": {"seed" : 12345678901234567890123}, "labels": {}}'
    changed, lost = edit(body, Changes(model="b", adapt=same))
    assert changed == b'{"contents":[ {"x" : 1e2} ],"generationConfig":{"seed" : 12345678901234567890123},"labels":{}}'
    assert lost == ()


@settings(max_examples=60, deadline=None)
@given(chat.json_objects)
def test_nothing_else_changes(body: dict[str, Any]) -> None:
    assert edited({"body": body}) == {"body": body}


@pytest.mark.parametrize("name", names("requests"))
def test_edited_requests_read_the_same(name: str) -> None:
    body = fixture(name)
    read = DIALECT.read_request(body)
    changed, lost = edit(body, Changes(model="m", adapt=same))
    assert DIALECT.read_request(changed) == read
    assert lost == ()


def test_the_model_of_the_body_is_one_of_the_callers_names() -> None:
    assert edited({**HI, "model": "models/my-route"}) == HI


def test_defaults_fill_member_by_member() -> None:
    body = {**HI, "generation_config": {"top_p": 0.5, "temperature": None, "responseSchema": {"type": "STRING"}}}
    defaults = {"generationConfig": {"temperature": 0.1, "topP": 0.9, "topK": 1}, "safetySettings": [{"a": 1}]}
    assert edited(body, defaults=defaults) == {
        **HI,
        "generationConfig": {"topP": 0.5, "temperature": 0.1, "responseSchema": {"type": "STRING"}, "topK": 1},
        "safetySettings": [{"a": 1}],
    }
    assert edited({**HI, "safety_settings": []}, defaults=defaults)["safetySettings"] == []


def test_who_says_a_part_of_thinking_has_said_all() -> None:
    body = {**HI, "generationConfig": {"thinkingConfig": {"includeThoughts": True}}}
    assert edited(body, defaults={"generationConfig": {"thinkingConfig": {"thinkingBudget": 5}}}) == body


@pytest.mark.parametrize(
    ("said", "after"),
    [
        ({"maxOutputTokens": 9000}, {"maxOutputTokens": 10}),
        ({"max_output_tokens": 11}, {"maxOutputTokens": 10}),
        ({"max_output_tokens": 5}, {"max_output_tokens": 5}),
        ({}, {"maxOutputTokens": 10}),
    ],
)
def test_the_limit_of_output_is_cut(said: dict[str, Any], after: dict[str, Any]) -> None:
    assert edited({**HI, "generationConfig": said}, output_limit=10)["generationConfig"] == after


@pytest.mark.parametrize(
    ("instruction", "after"),
    [
        (None, {"parts": [{"text": 'Be "kind"'}]}),
        ({}, {"parts": [{"text": 'Be "kind"'}]}),
        ({"parts": []}, {"parts": [{"text": 'Be "kind"'}]}),
        ({"parts": {"text": "Own."}}, {"parts": [{"text": 'Be "kind"'}, {"text": "Own."}]}),
        (
            {"role": "user", "parts": [{"text": "Own.", "x": 1}]},
            {"role": "user", "parts": [{"text": 'Be "kind"'}, {"text": "Own.", "x": 1}]},
        ),
    ],
)
@pytest.mark.parametrize("name", ["systemInstruction", "system_instruction"])
def test_the_configurations_system_prompt_comes_first(name: str, instruction: object, after: object) -> None:
    assert edited({**HI, name: instruction}, system_prompt='Be "kind"') == {**HI, "systemInstruction": after}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"systemInstruction":5}', "systemInstruction"),
        (b'{"generationConfig":[]}', "generationConfig"),
        (b"[]", ""),
        (b"{", ""),
        (b"\xff", ""),
        (b"[" * 100_000, ""),
    ],
)
def test_edit_refuses(body: bytes, field: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        edit(body, Changes(model="gemini", system_prompt="x"))
    assert raised.value.fields[0].field == field


# Fitting to the model


def test_what_the_model_does_not_take_is_left_out() -> None:
    seen: list[ChatRequest] = []

    def adapt(request: ChatRequest) -> tuple[ChatRequest, tuple[str, ...]]:
        seen.append(request)
        sampling = msgspec.structs.replace(request.sampling, frequency_penalty=None)
        reasoning = ReasoningOptions(budget_tokens=2048, include=True)
        return msgspec.structs.replace(request, sampling=sampling, reasoning=reasoning), ("frequency_penalty",)

    config = {
        "temperature": 1,
        "frequencyPenalty": 0.5,
        "thinkingConfig": {"thinkingLevel": "LOW", "includeThoughts": True},
        "responseMimeType": "text/x.enum",
    }
    changed, lost = edit(msgspec.json.encode({**HI, "generationConfig": config}), Changes(model="g", adapt=adapt))
    assert msgspec.json.decode(changed)["generationConfig"] == {
        "temperature": 1,
        "thinkingConfig": {"thinkingBudget": 2048, "includeThoughts": True},
        "responseMimeType": "text/x.enum",
    }
    assert lost == ("frequency_penalty",)
    (request,) = seen
    assert (request.model, request.sampling, request.reasoning) == (
        "g",
        Sampling(temperature=1.0, frequency_penalty=0.5),
        ReasoningOptions(effort="low", include=True),
    )


def test_thinking_that_the_model_does_not_know_is_left_out() -> None:
    def adapt(request: ChatRequest) -> tuple[ChatRequest, tuple[str, ...]]:
        return msgspec.structs.replace(request, reasoning=None), ("reasoning",)

    body = {**HI, "generationConfig": {"thinking_config": {"thinking_budget": 5}, "seed": 1}}
    assert edited(body, adapt=adapt)["generationConfig"] == {"seed": 1}


@pytest.mark.parametrize("odd", [{"thinkingConfig": {"thinkingLevel": "WILD"}}, {"temperature": "x"}])
def test_what_is_unknown_here_is_for_google_to_judge(odd: dict[str, Any]) -> None:
    def adapt(request: ChatRequest) -> tuple[ChatRequest, tuple[str, ...]]:
        raise AssertionError

    body = {**HI, "generationConfig": {"topP": 0.5, **odd}}
    assert edited(body, adapt=adapt) == body


# Thoughts of others


def wrapped(text: str | None = None) -> dict[str, Any]:
    sealed = seal(Reasoning(text, signature="c2ln", id="1", format="anthropic-claude-v1"))
    return {"text": text or "", "thought": True, "thoughtSignature": sealed.signature}


def test_signatures_of_others_are_taken_out() -> None:
    own = {"text": "hm", "thought": True, "thoughtSignature": "AbCd=="}
    text = {"text": "So."}
    user = HI["contents"][0]
    snake = {"text": "a", "thought_signature": wrapped()["thoughtSignature"]}
    body = {
        "contents": [
            user,
            {"role": "model", "parts": [wrapped("I weigh it."), own, wrapped(), snake, text]},
            user,
            {"role": "model", "parts": [wrapped()]},
        ]
    }
    changed, lost = edit(msgspec.json.encode(body), Changes(model="g"))
    said = {"text": "I weigh it.", "thought": True}
    assert msgspec.json.decode(changed) == {
        "contents": [user, {"role": "model", "parts": [said, own, {"text": "a"}, text]}, user]
    }
    assert lost == ("reasoning.signature",)


@pytest.mark.parametrize(
    "contents",
    [
        [{"role": "user", "parts": [{"text": wrapped()["thoughtSignature"]}]}],
        [{"role": "user", "parts": {"text": wrapped()["thoughtSignature"]}}, {"role": "model", "parts": []}],
        [5, wrapped()["thoughtSignature"]],
    ],
)
def test_what_is_no_signature_of_others_stays(contents: object) -> None:
    body = msgspec.json.encode({"contents": contents})
    assert edit(body, Changes(model="g")) == (body, ())


@settings(max_examples=40, deadline=None)
@given(chat.texts(), chat.names, chat.base64_data)
def test_every_seal_that_is_written_is_found(words: str, name: str, signature: str) -> None:
    thought = Reasoning(words, signature=signature, format=name)
    part = {"text": words, "thought": True, "thoughtSignature": seal(thought).signature}
    assert edited({"contents": [{"role": "model", "parts": [part]}]}) == {
        "contents": [{"role": "model", "parts": [{"text": words, "thought": True}]}]
    }


# Whole answers


@pytest.mark.parametrize("name", [name for name in names("responses") if "error" not in name])
def test_the_tap_counts_what_the_reader_counts(name: str) -> None:
    body = fixture(name)
    tapped, whole = read_tap(body), DIALECT.read_response(body)
    assert (tapped.usage, tapped.model, tapped.error) == (whole.usage, whole.model, None)
    assert tapped.stop in {whole.choices[0].stop, "stop"}


def test_the_tap_of_an_answer() -> None:
    tapped = read_tap(b'{"candidates":[{"finishReason":"MAX_TOKENS"}],"usageMetadata":{"promptTokenCount":2}}')
    assert (tapped.usage, tapped.stop) == (Usage(input=2), "length")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (fixture("responses/error_in_200.json"), None),
        (b'{"error":{"code":429,"message":"x"}}', "rate_limit"),
        (b"<html>", "malformed"),
        (b"{}", "malformed"),
        (b"[" * 100_000, "malformed"),
    ],
)
def test_the_tap_sees_errors(body: bytes, kind: str | None) -> None:
    tapped = read_tap(body)
    assert tapped.error is not None
    assert kind in (None, tapped.error.kind)


def test_a_failure_is_read_as_one() -> None:
    body = write_failure(Failure("It broke.", "overloaded"))
    answer = ANSWER.decode(body.removeprefix(b"data: "))
    assert answer.error == {"code": 503, "message": "It broke.", "status": "UNAVAILABLE"}
    assert body.endswith(b"\n\n")
