"""What policies get to see of each kind of call: all its text, wherever it stands."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.core.chat import Message, Text
from trunkline.dialects import anthropic_messages, gemini, ollama, openai_chat
from trunkline.dialects.dialect import Dialect
from trunkline.dialects.openai_operations.form_body import FormBody
from trunkline.dialects.openai_operations.json_body import JsonBody
from trunkline.dialects.raw_json import find_texts, holds_numbers
from trunkline.gateway.exchanges.chat import Chat
from trunkline.gateway.exchanges.content import read_chat, read_unknown
from trunkline.gateway.exchanges.count import Count
from trunkline.gateway.exchanges.embeddings import Embeddings
from trunkline.gateway.exchanges.operation import COMPLETIONS, IMAGES, SPEECH, OperationCall

WORD = "needle"
FILE = {
    "type": "file",
    "file": {
        "file_data": f"data:text/plain;base64,{base64.b64encode(WORD.encode()).decode()}",
        "filename": "a.txt",
    },
}
RESULT = {"type": "tool_result", "tool_use_id": "t", "content": [{"type": "text", "text": WORD}]}
INSTRUCTED = {"contents": [{"parts": [{"text": "a"}]}], "systemInstruction": {"parts": [{"text": WORD}]}}
TOOL = {"type": "function", "function": {"name": "f", "description": WORD, "parameters": {"type": "object"}}}


def chat(body: dict[str, Any], dialect: Dialect = openai_chat.DIALECT) -> Chat:
    return Chat(dialect, json.dumps({"model": "m", **body}).encode())


def body(**fields: Any) -> JsonBody:
    return JsonBody(json.dumps({"model": "m", **fields}).encode())


def user(content: object) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": content}]}


SCHEMA = {"type": "json_schema", "json_schema": {"name": "s", "schema": {"type": "object"}}}
PICTURE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
SOUND = {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}


@pytest.mark.parametrize(
    ("call", "needs"),
    [
        (chat(user("a")), set()),
        (chat({**user("a"), "tools": [TOOL]}), {"tools"}),
        (chat({**user("a"), "response_format": SCHEMA}), {"structured_outputs"}),
        (chat({**user("a"), "response_format": {"type": "json_object"}}), set()),
        (chat({**user("a"), "reasoning_effort": "low"}), {"reasoning"}),
        (chat({**user("a"), "reasoning_effort": "none"}), set()),
        (chat(user([PICTURE])), {"vision"}),
        (chat(user([SOUND, PICTURE])), {"vision", "audio"}),
        (chat({**user("a"), "modalities": ["text", "audio"], "audio": {"voice": "x", "format": "wav"}}), {"audio"}),
    ],
)
def test_what_a_model_must_be_able_to_do(call: Chat, needs: set[str]) -> None:
    assert call.content().needs == needs


def test_metadata_is_told() -> None:
    assert chat({**user("a"), "metadata": {"team": "red"}}).content().metadata == {"team": "red"}


@pytest.mark.parametrize(
    "call",
    [
        chat(user(WORD)),
        chat(user([{"type": "text", "text": "a"}, {"type": "text", "text": WORD}])),
        chat({"messages": [{"role": "system", "content": WORD}, {"role": "user", "content": "a"}]}),
        chat({"messages": [{"role": "user", "content": "a", "name": WORD}]}),
        chat({**user("a"), "tools": [TOOL]}),
        chat({**user("a"), "metadata": {"a": WORD}}),
        chat({**user("a"), "prediction": {"type": "content", "content": WORD}}),
        chat(user([FILE])),
        chat({"max_tokens": 5, "system": WORD, **user("a")}, anthropic_messages.DIALECT),
        chat(
            {"max_tokens": 5, **user([RESULT])},
            anthropic_messages.DIALECT,
        ),
        chat({"contents": [{"parts": [{"text": WORD}]}]}, gemini.DIALECT),
        chat(INSTRUCTED, gemini.DIALECT),
        chat(user(WORD), ollama.DIALECT),
        chat({"messages": [{"role": "martian", "content": [{"type": "beam", "words": [WORD]}]}]}),
        Embeddings(openai_chat.DIALECT, json.dumps({"model": "m", "input": ["a", WORD]}).encode()),
        Count("anthropic_messages", json.dumps({"model": "m", **user(WORD)}).encode()),
        OperationCall(SPEECH, body(input="a", instructions=WORD), ""),
        OperationCall(IMAGES, body(prompt="a", style={"of": [WORD]}), ""),
    ],
)
def test_every_text_is_seen(call: Any) -> None:
    content = call.content()
    assert any(WORD in text for text in content.texts), content.texts
    assert content.whole


def test_escapes_in_arguments_hide_nothing() -> None:
    function = {"name": "f", "arguments": '{"q": ["\\u006eeedle"]}'}
    call = {"role": "assistant", "tool_calls": [{"id": "c", "type": "function", "function": function}]}
    assert WORD in chat({"messages": [call]}).content().texts


def test_what_a_call_goes_on_from_is_seen() -> None:
    request = openai_chat.DIALECT.read_request(json.dumps({"model": "m", **user("a")}).encode())
    content = read_chat(request, 1, (Message("user", (Text(WORD),)),))
    assert content.texts == (WORD, "a")


def test_sizes() -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,QUJD"}}
    content = chat(
        {**user([{"type": "text", "text": "abcd" * 10}, picture, picture]), "max_tokens": 7, "n": 2}
    ).content()
    assert (content.input_tokens, content.output_limit, content.answers, content.images) == (10, 7, 2, 2)
    assert not any("QUJD" in text for text in content.texts)
    assert chat(user("a")).content().output_limit is None
    drawn = OperationCall(IMAGES, JsonBody(b'{"model": "m", "prompt": "abcd", "n": 3}'), "").content()
    assert (drawn.input_tokens, drawn.output_limit, drawn.images) == (1, 0, 3)
    written = OperationCall(COMPLETIONS, JsonBody(b'{"model": "m", "prompt": "a", "max_tokens": 5}'), "").content()
    assert (written.output_limit, written.images) == (5, 0)


@pytest.mark.parametrize("prompt", ["[1, 2]", "[[1], [2]]"])
def test_tokens_are_no_text(prompt: str) -> None:
    raw = f'{{"model": "m", "prompt": {prompt}}}'.encode()
    assert not OperationCall(COMPLETIONS, JsonBody(raw), "").content().whole
    embeddings = Embeddings(openai_chat.DIALECT, raw.replace(b"prompt", b"input"))
    assert not embeddings.content().whole


def test_a_forms_fields_are_seen_and_its_files_are_not() -> None:
    raw = (
        b'--b\r\nContent-Disposition: form-data; name="model"\r\n\r\nm\r\n'
        b'--b\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nneedle\r\n'
        b'--b\r\nContent-Disposition: form-data; name="n"\r\n\r\n2\r\n'
        b'--b\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\nbytes\r\n--b--\r\n'
    )
    form = FormBody(raw, "b")
    assert list(form.texts()) == ["needle", "2"]
    assert (form.number("n"), form.number("prompt")) == (2, None)


def test_models_that_a_router_may_go_on_to_are_told() -> None:
    named = {"models": ["a", "b"], "fallbacks": [{"model": "c"}]}
    assert chat({**user("x"), **named}).content().models == ("a", "b", "c")
    assert OperationCall(COMPLETIONS, body(prompt="x", **named), "").content().models == ("a", "b", "c")
    unreadable = {"messages": [{"role": "martian"}], **named}
    assert chat(unreadable).content().models == ("a", "b", "c")
    embeddings = Embeddings(openai_chat.DIALECT, json.dumps({"model": "m", "input": "x", **named}).encode())
    assert embeddings.content().models == ("a", "b", "c")
    assert chat(user("x")).content().models == ()


def test_what_nobody_can_read_is_not_whole() -> None:
    assert not read_unknown(b"{", 1).whole


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@given(JSON, st.text(alphabet="xyz", min_size=6, max_size=8))
def test_find_texts_finds_each(value: Any, word: str) -> None:
    expected: list[str] = []

    def walk(item: object) -> None:
        if isinstance(item, str) and item and not item.startswith("data:"):
            expected.append(item)
        for inner in item.values() if isinstance(item, dict) else item if isinstance(item, list) else ():
            walk(inner)

    nested = {"a": [value, {"b": word}], "c": f"data:{word}"}
    walk(nested)
    assert list(find_texts(nested)) == expected
    assert word in expected


def test_depth_is_no_trouble() -> None:
    deep: object = WORD
    for _ in range(100_000):
        deep = [deep]
    assert list(find_texts(deep)) == [WORD]
    assert not holds_numbers(["text"])
