"""What the vendor refuses in a request that passes is put right; everything else keeps its bytes."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from trunkline.dialects.anthropic_messages.passthrough import edit
from trunkline.dialects.passthrough import Changes

HI = {"role": "user", "content": "hi"}
SEARCHED = {"type": "web_search_tool_result", "tool_use_id": "s", "content": []}
BLANKS = ["", " ", "\n", " \t\r\n", "\u00a0", "\u2003", "\u3000", "\u2028", "\x1f"]


def text(words: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": words, **more}


def sent(messages: list[Any], **fields: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    body, dropped = edit(
        msgspec.json.encode({"max_tokens": 9, "messages": messages, **fields}), Changes(model="claude")
    )
    return msgspec.json.decode(body), dropped


def turns(messages: list[Any]) -> Any:
    return sent(messages)[0]["messages"]


@pytest.mark.parametrize("blank", BLANKS)
def test_a_turn_of_white_space_goes(blank: str):
    assert turns([HI, {"role": "assistant", "content": blank}, HI]) == [HI, HI]
    assert turns([HI, {"role": "assistant", "content": [text(blank)]}, HI]) == [HI, HI]
    assert "system" not in sent([HI], system=blank)[0]
    assert "system" not in sent([HI], system=[text(blank)])[0]


def test_white_space_as_numbers_is_seen_too():
    body = rb'{"max_tokens":9,"messages":[{"role":"user","content":"hi"},{"role":"user","content":"\u0020\u00A0\n"}]}'
    assert msgspec.json.decode(edit(body, Changes(model="claude"))[0])["messages"] == [HI]


def test_beside_words_only_what_is_empty_goes():
    search = {"role": "assistant", "content": [text(" "), SEARCHED, text("Found."), text("", cache_control={})]}
    assert turns([HI, search, HI])[1]["content"] == [text(" "), SEARCHED, text("Found.")]


def test_beside_a_server_tool_white_space_goes():
    assert turns([HI, {"role": "assistant", "content": [text(" "), SEARCHED]}, HI])[1]["content"] == [SEARCHED]


def test_a_result_of_a_tool_loses_its_empty_text_and_stays():
    result = {"type": "tool_result", "tool_use_id": "t", "content": [text("")]}
    assert turns([HI, {"role": "user", "content": [result]}])[1]["content"] == [{**result, "content": []}]


def test_an_answer_to_go_on_from_ends_without_white_space():
    assert turns([HI, {"role": "assistant", "content": "Sure: \n"}])[-1]["content"] == "Sure:"
    assert turns([HI, {"content": [text("a "), text("b ")], "role": "assistant"}])[-1]["content"] == [
        text("a "),
        text("b"),
    ]


def test_what_was_left_out_is_told():
    assert sent([HI, {"role": "assistant", "content": "Sure: "}])[1] == ("prefill.white_space",)
    assert sent([HI, {"role": "user", "content": " "}])[1] == ("blank_text",)


def test_pictures_are_jpeg():
    source = {"type": "base64", "media_type": "image/jpg", "data": "/9j/"}
    words = '"media_type":"image/jpg"'
    image = {"role": "user", "content": [{"type": "image", "source": source}, text(words)]}
    assert turns([image])[0]["content"] == [
        {"type": "image", "source": {**source, "media_type": "image/jpeg"}},
        text(words),
    ]


@pytest.mark.parametrize(
    "messages",
    [
        b'[ {"role": "user", "content": "hi"} ]',
        b'[{"role":"user","content":"hi"},{"role":"assistant","content":"Yes.\\n"},{"role":"user","content":" go "}]',
        b'[{"role":"user","content":[{"type":"text","text":"\\"text\\":\\"\\""}]}]',
        b'[{"role":"assistant","content":"So:"}]',
        b"[]",
        b'[{"role":"user","content":" "}]',
        b'[{"role":"user","content":3}, "text", {"text":""}]',
        b'{"text":""}',
    ],
)
def test_what_is_right_or_beyond_repair_keeps_its_bytes(messages: bytes):
    body, dropped = edit(b'{"max_tokens":9,"messages":' + messages + b"}", Changes(model="claude"))
    assert b'"messages":' + messages in body
    assert dropped in ((), ("blank_text",))


@pytest.mark.parametrize(
    ("said", "data", "named"),
    [
        ("image/jpeg", "iVBORw0KGgoAAAA=", "image/png"),
        ("image/png", "/9j/4AAQ", "image/jpeg"),
        ("image/png", "UklGRgAA", "image/webp"),
        ("image/png", "R0lGODlh", "image/gif"),
        ("image/JPG", "AAAA", "image/jpeg"),
        ("image/png", "iVBORw0KGgoAAAA=", "image/png"),
        ("image/png", "AAAA", "image/png"),
    ],
)
def test_a_picture_has_the_type_that_its_bytes_tell(said: str, data: str, named: str) -> None:
    source = {"type": "base64", "media_type": said, "data": data}
    body = {"model": "m", "max_tokens": 9, "messages": [
        {"role": "user", "content": [{"type": "image", "source": source}]}
    ]}  # fmt: skip
    out, told = edit(msgspec.json.encode(body), Changes(model="m"))
    (turn,) = msgspec.json.decode(out)["messages"]
    assert (turn["content"][0]["source"], told) == ({**source, "media_type": named}, ())


def test_a_turn_of_nothing_goes():
    """A refusal has no content, and clients keep it."""
    said = [{"role": "user", "content": "Hi."}, {"role": "assistant", "content": []}, {"role": "user", "content": "?"}]
    assert turns(said) == [said[0], said[2]]


def test_a_result_of_nothing_stays():
    result = {"type": "tool_result", "tool_use_id": "t1", "content": []}
    assert turns([{"role": "user", "content": [result]}]) == [{"role": "user", "content": [result]}]
