"""Texts are counted as reading the whole request would count them, or not at all."""

from __future__ import annotations

import json
from typing import Any

import pytest

from trunkline.dialects.openai_chat import DIALECT
from trunkline.dialects.openai_chat.characters import count_characters
from trunkline.gateway.estimate import quick_tokens, text_tokens

TEXTS: dict[str, list[dict[str, Any]]] = {
    "a text": [{"role": "user", "content": "Grüße, 世界"}],
    "several": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi", "name": "ada"}],
    "parts": [{"role": "user", "content": [{"type": "text", "text": "one"}, {"type": "text", "text": "three"}]}],
    "nothing": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": None}],
    "a result": [{"role": "tool", "tool_call_id": "c", "content": "42"}],
}
MORE: dict[str, list[dict[str, Any]]] = {
    "a picture": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/gif,A"}}]}],
    "a call": [{"role": "assistant", "tool_calls": [{"id": "c", "function": {"name": "f", "arguments": "{}"}}]}],
    "thoughts": [{"role": "assistant", "content": "a", "reasoning_content": "b"}],
    "a refusal": [{"role": "assistant", "content": None, "refusal": "No."}],
}


def body(messages: object) -> bytes:
    return json.dumps({"model": "m", "messages": messages, "tools": []}).encode()


@pytest.mark.parametrize("name", TEXTS)
def test_texts_are_counted(name: str) -> None:
    counted = count_characters(body(TEXTS[name]))
    assert counted is not None
    assert text_tokens(counted) == quick_tokens(DIALECT.read_request(body(TEXTS[name])))


@pytest.mark.parametrize("name", MORE)
def test_what_is_more_than_text_is_not(name: str) -> None:
    assert count_characters(body(MORE[name])) is None


@pytest.mark.parametrize("raw", [b"{", b"[]", body("Hi"), body([{"content": 5}])])
def test_nor_what_is_wrong(raw: bytes) -> None:
    assert count_characters(raw) is None
