"""Whole answers."""

from __future__ import annotations

import msgspec
import pytest

from trunkline.core.chat import (
    Audio,
    ChatResponse,
    Choice,
    Citation,
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
from trunkline.dialects.gemini import DIALECT

from .fixture import PNG, fixture


def read(name: str) -> ChatResponse:
    return DIALECT.read_response(fixture(f"responses/{name}.json"))


def test_text() -> None:
    assert read("text") == ChatResponse(
        id="mAitaLmkHPPlz7IPvtfUqQ4",
        model="gemini-2.5-flash",
        choices=(Choice((Text("Because of Rayleigh scattering."),)),),
        usage=Usage(input=8, output=12),
        extra={
            "gemini": {
                "candidates": [
                    {
                        "safetyRatings": [{"category": "HARM_CATEGORY_HATE_SPEECH", "probability": "NEGLIGIBLE"}],
                        "avgLogprobs": -0.1,
                    }
                ]
            }
        },
    )


@pytest.mark.parametrize(
    "name",
    [
        "text",
        "thinking",
        "safety",
        "blocked_prompt",
        "recitation",
        "malformed_call",
        "image",
        "audio",
        "grounded",
        "code_execution",
    ],
)
def test_a_client_of_gemini_gets_what_gemini_said(name: str) -> None:
    recorded = msgspec.json.decode(fixture(f"responses/{name}.json"))
    written = msgspec.json.decode(DIALECT.write_response(read(name)))
    assert written.keys() - {"usageMetadata"} == recorded.keys() - {"usageMetadata"}
    assert written.get("promptFeedback") == recorded.get("promptFeedback")
    for got, said in zip(written.get("candidates", []), recorded.get("candidates", []), strict=True):
        assert got == {**said, "content": {"parts": [], "role": "model", **said.get("content", {})}}


def test_thoughts_count_as_output() -> None:
    response = read("thinking")
    assert response.choices[0].parts == (
        Reasoning("**Weighing**\n\nI weigh it.", summary=True),
        Text("Blue.", signature="CrAB=="),
    )
    assert response.usage == Usage(input=10, output=125, reasoning=120)


def test_calls_without_ids_get_ids_of_this_answer() -> None:
    choice = read("parallel_calls").choices[0]
    assert choice.stop == "tool_calls"
    assert choice.parts == (
        ToolCall("call_0_get_weather_5a175a175a17", "get_weather", '{"city":"Paris"}', signature="Sig=="),
        ToolCall("call_1_get_weather_5a175a175a17", "get_weather", '{"city":"Oslo"}'),
        ToolCall("given-1", "now", "{}"),
    )


def test_ids_made_up_stay_within_what_other_wires_allow() -> None:
    name = "a.very:long-name_" * 4
    body = {"candidates": [{"content": {"parts": [{"functionCall": {"name": name}}] * 120}}], "responseId": "é/+" * 9}
    ids = [part.id for part in DIALECT.read_response(msgspec.json.encode(body)).choices[0].parts]
    assert len(set(ids)) == 120
    assert all(len(made) <= 40 and made.replace("_", "").replace("-", "").isalnum() and made.isascii() for made in ids)


@pytest.mark.parametrize(
    ("name", "stop"),
    [
        ("max_tokens", "length"),
        ("safety", "content_filter"),
        ("blocked_prompt", "content_filter"),
        ("recitation", "content_filter"),
        ("malformed_call", "error"),
    ],
)
def test_unnatural_ends(name: str, stop: str) -> None:
    assert [choice.stop for choice in read(name).choices] == [stop]


@pytest.mark.parametrize("word", ["NO_IMAGE", "OTHER", "TOO_MANY_TOOL_CALLS", "SOMETHING_NEW"])
def test_other_reasons_are_no_natural_end(word: str) -> None:
    body = msgspec.json.encode({"candidates": [{"finishReason": word}]})
    assert DIALECT.read_response(body).choices[0].stop == "error"


@pytest.mark.parametrize("word", ["UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS"])
def test_calls_that_came_all_the_same_are_calls(word: str) -> None:
    call = {"functionCall": {"name": "f", "args": {}}}
    body = msgspec.json.encode({"candidates": [{"content": {"parts": [call]}, "finishReason": word}]})
    assert DIALECT.read_response(body).choices[0].stop == "tool_calls"


def test_a_blocked_prompt_is_an_empty_choice_with_usage() -> None:
    response = read("blocked_prompt")
    assert response.choices == (Choice(stop="content_filter"),)
    assert response.usage == Usage(input=8)


def test_pictures_and_sound() -> None:
    image = read("image")
    assert image.choices[0].parts[1] == Image(Media(data=PNG, media_type="image/png"), signature="Img==")
    assert image.usage == Usage(input=8, output=1290, images=1, image_output=1290)
    sound = read("audio")
    assert sound.choices[0].parts == (Audio(Media(data="AAAA", media_type="audio/L16;codec=pcm;rate=24000")),)
    assert sound.usage == Usage(input=8, output=30, audio_output=30)


def test_sources_are_placed_in_characters() -> None:
    response = read("grounded")
    first, second = (
        Citation(url=f"https://vertexaisearch.cloud.google.com/{n}", title=title)
        for n, title in ((1, "uefa.com"), (2, "aljazeera.com"))
    )
    placed = {"quote": "España won.", "start": 0, "end": 11}
    assert response.choices[0].parts[1] == Text(
        "España won. 2-1!",
        citations=(
            msgspec.structs.replace(first, **placed),
            msgspec.structs.replace(second, **placed),
            msgspec.structs.replace(second, quote="2-1!", start=12, end=16),
        ),
    )
    assert response.usage == Usage(input=98, output=9, searches=2)


@pytest.mark.parametrize(
    ("grounding", "citations"),
    [
        ({"groundingChunks": [{"web": {"uri": "u"}}, {"web": {}}, {"other": {}}]}, (Citation("u"),)),
        ({"groundingChunks": [{"maps": {"uri": "u", "title": "t"}}, 5]}, (Citation("u", "t"),)),
        (
            {
                "groundingChunks": [{"web": {"uri": "u"}}],
                "groundingSupports": [
                    {"segment": {"startIndex": 5, "endIndex": 2}, "groundingChunkIndices": [0, 1, -1, "x"]},
                    {"segment": {"endIndex": 99}, "groundingChunkIndices": [0]},
                    {"segment": {"partIndex": 7, "endIndex": 2}, "groundingChunkIndices": [0]},
                    {"segment": 5, "groundingChunkIndices": 5},
                ],
            },
            (Citation("u"), Citation("u"), Citation("u", start=0, end=1)),
        ),
        ({"groundingChunks": 5, "groundingSupports": {}}, ()),
    ],
)
def test_sources_in_odd_forms(grounding: dict, citations: tuple[Citation, ...]) -> None:
    candidate = {"content": {"parts": [{"text": "é!"}]}, "groundingMetadata": grounding}
    (part,) = DIALECT.read_response(msgspec.json.encode({"candidates": [candidate]})).choices[0].parts
    # Places are bytes, of which the letter has two.
    assert part == Text("é!", citations=citations)


def test_sources_without_text_belong_to_nothing() -> None:
    body = {
        "candidates": [{"groundingMetadata": {"groundingChunks": [{"web": {"uri": "u"}}]}, "urlContextMetadata": {}}]
    }
    response = DIALECT.read_response(msgspec.json.encode(body))
    assert response.choices[0].parts == ()
    assert response.extra == {"gemini": {"candidates": [{"urlContextMetadata": {}}]}}


def test_cited_works() -> None:
    text = read("recitation").choices[0].parts[0]
    assert isinstance(text, Text)
    assert text.citations == (Citation(url="https://example.com/moby", start=0, end=7),)


def test_several_candidates_with_probabilities() -> None:
    first, second = read("two_candidates_logprobs").choices
    assert first.logprobs == (LogProb("Yes", -0.25, top=(LogProb("Yes", -0.25), LogProb("No", -1.5))),)
    assert (second.index, second.logprobs) == (1, None)


def test_usage_of_every_kind_and_the_time() -> None:
    response = read("cached")
    assert response.usage == Usage(input=5000, output=1, cached=4096, audio_input=742, image_input=258)
    assert response.created == 1763682984


def test_parts_without_a_neutral_word_are_kept() -> None:
    parts = read("code_execution").choices[0].parts
    assert [type(part) for part in parts] == [Opaque, Opaque, Text]
    body = msgspec.json.decode(DIALECT.write_response(read("code_execution")))
    recorded = msgspec.json.decode(fixture("responses/code_execution.json"))
    assert body["candidates"][0]["content"] == recorded["candidates"][0]["content"]


def test_an_error_in_a_200_is_an_error() -> None:
    with pytest.raises(UpstreamError) as caught:
        read("error_in_200")
    assert (caught.value.kind, caught.value.status) == ("overloaded", 503)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"{}", b'{"candidates":[]}', b'{"candidates":5}',
     b'{"candidates":[{"content":{"parts":[5]}}]}',
     b'{"candidates":[{"content":{"parts":[{"text":5}]}}]}', b'{"a":"\xff"}', b"[" * 100_000],
)  # fmt: skip
def test_what_is_no_answer_is_malformed(body: bytes) -> None:
    with pytest.raises(UpstreamError) as caught:
        DIALECT.read_response(body)
    assert caught.value.kind == "malformed"


def test_nulls_and_unknown_fields_are_tolerated() -> None:
    parts = b'[{"text":"a","thought":null,"new":1},{}]'
    body = b'{"candidates":[{"content":{"parts":%b,"x":1},"finishReason":null}],"y":2}' % parts
    assert DIALECT.read_response(body).choices == (Choice((Text("a"),)),)


def test_a_call_that_this_wire_cannot_carry_is_said_to_be_malformed() -> None:
    response = ChatResponse(id="", model="", choices=(Choice((ToolCall("a", "f", '{"x":'),), "tool_calls"),))
    body = msgspec.json.decode(DIALECT.write_response(response))
    assert body["candidates"] == [
        {"content": {"parts": [], "role": "model"}, "finishReason": "MALFORMED_FUNCTION_CALL", "index": 0}
    ]


def test_words_of_other_wires_have_a_place_or_are_left_out() -> None:
    parts = (Refusal("No."), Reasoning(redacted="x"), Opaque("anthropic_messages", {}), Image(Media(file_id="f-1")))
    response = ChatResponse(id="", model="", choices=(Choice(parts, "refusal"),))
    (candidate,) = msgspec.json.decode(DIALECT.write_response(response))["candidates"]
    assert candidate["content"]["parts"] == [{"text": "No."}]
    assert candidate["finishReason"] == "SAFETY"
