from __future__ import annotations

import json
from typing import Any

import pytest

from trunkline.core.chat import ChatResponse, Choice, Image, Media, Text, Usage
from trunkline.core.errors import InvalidInput, Unsupported, UpstreamError
from trunkline.dialects.openai_chat.pictures import Pictures


def read(theirs: str = "gemini", **fields: Any):
    return Pictures(theirs).read_request(json.dumps({"model": "m", "prompt": "a boat", **fields}).encode())


@pytest.mark.parametrize(
    ("size", "ratio"),
    [
        ("1024x1024", "1:1"), ("512x512", "1:1"), ("1536x1024", "3:2"), ("1024x1536", "2:3"), ("1792x1024", "16:9"),
        ("1024x1792", "9:16"), ("640x480", "4:3"),
    ],
)  # fmt: skip
def test_sizes_become_shapes(size: str, ratio: str) -> None:
    assert read(size=size).extra == {"gemini": {"generationConfig": {"imageConfig": {"aspectRatio": ratio}}}}
    assert read("openai_chat", size=size).extra == {"openai_chat": {"image_config": {"aspect_ratio": ratio}}}


def test_without_a_size_the_model_decides() -> None:
    assert read(size="auto").extra == read().extra == {}


def test_the_request() -> None:
    request = read(user="u", n=1, response_format="b64_json", output_format="png", quality="auto")
    assert (request.model, request.modalities, request.user) == ("m", ("image", "text"), "u")
    assert [message.text for message in request.messages] == ["a boat"]
    assert read(style="vivid").extra == {"openai_images": {"style": "vivid"}}


@pytest.mark.parametrize("fields", [{"size": "1x0"}, {"size": "x"}, {"prompt": " "}, {"prompt": None}, {"n": "2"}])
def test_what_is_wrong(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        read(**fields)


@pytest.mark.parametrize(
    "fields", [{"n": 4}, {"size": "4000x1000"}, {"output_compression": 50}, {"partial_images": 2}, {"stream": True}]
)
def test_what_is_unsupported(fields: dict[str, Any]) -> None:
    with pytest.raises(Unsupported):
        read(**fields)


def test_the_pictures_of_all_choices() -> None:
    parts = Text("Here."), Image(Media(data="AA==")), Image(Media(url="https://x.example/1.png"))
    answer = ChatResponse(id="i", model="m", created=5, choices=(Choice(parts), Choice(parts[1:2])), usage=Usage(9, 4))
    assert json.loads(Pictures("gemini").write_response(answer)) == {
        "created": 5,
        "data": [{"b64_json": "AA=="}, {"url": "https://x.example/1.png"}, {"b64_json": "AA=="}],
        "usage": {
            "input_tokens": 9, "output_tokens": 4, "total_tokens": 13,
            "input_tokens_details": {"image_tokens": 0, "text_tokens": 9},
        },
    }  # fmt: skip


@pytest.mark.parametrize(("stop", "kind"), [("stop", "bad_request"), ("content_filter", "moderated")])
def test_no_picture(stop: Any, kind: str) -> None:
    with pytest.raises(UpstreamError) as raised:
        Pictures("gemini").write_response(ChatResponse(id="i", model="m", choices=(Choice((Text("No."),), stop),)))
    assert (raised.value.kind, raised.value.detail) == (kind, "No.")
