"""Whole answers, errors and embeddings."""

from __future__ import annotations

import msgspec
import pytest

from trunkline.core.chat import (
    ChatResponse,
    Choice,
    Image,
    LogProb,
    Media,
    Opaque,
    Reasoning,
    Refusal,
    Text,
    ToolCall,
    Usage,
)
from trunkline.core.errors import UpstreamError
from trunkline.dialects.ollama import DIALECT

from .fixture import PNG, fixture

DURATIONS = {
    "total_duration": 5191566416,
    "load_duration": 2154458,
    "prompt_eval_duration": 383809000,
    "eval_duration": 4799921000,
}


def read(name: str) -> ChatResponse:
    return DIALECT.read_response(fixture(f"responses/{name}.json"))


def test_text_comes_back_with_its_durations() -> None:
    response = read("text")
    assert response == ChatResponse(
        id="",
        model="llama3.2",
        choices=(Choice((Text("Hello! How are you today?"),)),),
        created=1702390423,
        usage=Usage(input=26, output=298),
        extra={"ollama": DURATIONS},
    )
    body = msgspec.json.decode(DIALECT.write_response(response))
    recorded = msgspec.json.decode(fixture("responses/text.json"))
    assert body == recorded | {"created_at": "2023-12-12T14:13:43Z"}


def test_ends() -> None:
    assert read("length").choices[0].stop == "length"
    assert read("load").choices[0] == Choice()
    assert msgspec.json.decode(DIALECT.write_response(read("load")))["done_reason"] == "load"
    assert read("load").usage is None


def test_thoughts_and_calls() -> None:
    response = read("thinking_tools")
    assert response.created == 1748762130
    assert response.choices == (
        Choice(
            (
                Reasoning("I look it up."),
                ToolCall("call_0_get_weather_5a175a175a17", "get_weather", '{"city":"Paris","days":2}'),
                ToolCall("call_7", "now", "{}"),
            ),
            "tool_calls",
        ),
    )


def test_probabilities_and_cached_tokens() -> None:
    response = read("logprobs")
    assert response.usage == Usage(input=26, output=2, cached=20)
    assert response.choices[0].logprobs == (
        LogProb("H", -0.5, (72,), (LogProb("H", -0.5, (72,)), LogProb("Y", -1.5))),
        LogProb("é", -0.25, (195, 169)),
    )


def test_an_error_in_a_200_is_an_error() -> None:
    with pytest.raises(UpstreamError) as caught:
        read("error_in_200")
    assert (caught.value.kind, caught.value.detail) == ("server", "an error was encountered while running the model")


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"message":5}', b"[" * 100_000, b'{"model":"\xff"}'])
def test_what_is_no_answer_is_malformed(body: bytes) -> None:
    with pytest.raises(UpstreamError) as caught:
        DIALECT.read_response(body)
    assert caught.value.kind == "malformed"


def test_nulls_unknown_fields_and_arguments_as_text_are_tolerated() -> None:
    call = b'{"function":{"name":"f","arguments":"{\\"x\\":1}"}}'
    body = b'{"message":{"content":null,"tool_calls":[%b],"new":1},"done":null,"eval_count":null}' % call
    assert DIALECT.read_response(body).choices[0].parts == (ToolCall("call_0_f_5a175a175a17", "f", '{"x":1}'),)


def test_what_this_wire_has_no_place_for_is_left_out() -> None:
    parts = (
        Text("A"),
        Refusal("B"),
        Opaque("gemini", {}),
        Image(Media(url="https://example.com/a.png")),
        Image(Media(data=PNG)),
        ToolCall("a", "f", '{"x":'),
    )
    response = ChatResponse(id="x", model="m", choices=(Choice(parts, "content_filter"), Choice(index=1)))
    assert msgspec.json.decode(DIALECT.write_response(response)) == {
        "model": "m",
        "created_at": "1970-01-01T00:00:00Z",
        "message": {"role": "assistant", "content": "AB", "images": [PNG]},
        "done": True,
        "done_reason": "stop",
    }
