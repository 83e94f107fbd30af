"""Texts are counted as reading the whole request would count them, or not at all."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec
import pytest

from trunkline.core.errors import InvalidInput
from trunkline.dialects.openai_chat import DIALECT
from trunkline.dialects.openai_chat.characters import count_characters
from trunkline.dialects.openai_chat.passthrough import peek, peek_text
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


@pytest.mark.parametrize("name", [*TEXTS, *MORE])
def test_a_look_that_counts_tells_what_both_tell_apart(name: str) -> None:
    sent = body((TEXTS | MORE)[name])
    assert peek_text(sent) == msgspec.structs.replace(peek(sent), characters=count_characters(sent))


BESIDE: dict[str, Any] = {
    "tools": [{"type": "function", "function": {"name": "f"}, "cache_control": {"type": "ephemeral"}}],
    "functions": [],
    "models": ["other"],
    "fallbacks": ["other"],
    "audio": {"voice": "alloy", "format": "wav"},
    "modalities": ["text", "audio"],
    "cache_control": {"type": "ephemeral"},
    "extra_body": {"models": ["other"]},
}


@pytest.mark.parametrize("field", BESIDE)
def test_what_can_cost_something_beside_texts_is_seen(field: str) -> None:
    plain = {"model": "m", "messages": TEXTS["a text"], "temperature": 1, "max_tokens": 9, "n": 2}
    assert peek_text(json.dumps(plain).encode()).only_text
    seen = peek_text(json.dumps({**plain, field: BESIDE[field]}).encode())
    assert not seen.only_text
    assert seen.characters == len("Grüße, 世界")


def test_a_look_that_counts_refuses_what_any_look_refuses() -> None:
    for raw in (b"{", b"[]", b'{"messages":[]}', b'{"model":5,"messages":[]}'):
        with pytest.raises(InvalidInput) as told:
            peek(raw)
        with pytest.raises(InvalidInput, match=f"^{re.escape(str(told.value))}$"):
            peek_text(raw)
