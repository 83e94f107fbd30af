"""The demo as its callers see it: OpenAI's wire, without a network."""

from __future__ import annotations

import base64
import json
import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import validate as check_json
from openai.types import CreateEmbeddingResponse, Model
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from trunkline.core.chat_events import End, Start, Stop, TextDelta, UsageReport
from trunkline.dialects.openai_chat import DIALECT
from trunkline.outbound import OutgoingRequest, Url
from trunkline.providers.demo import DemoTransport, tokens
from trunkline.providers.demo.embedding import embed
from trunkline.providers.demo.instance import make_instance

DEMO = DemoTransport(delay=0, clock=lambda: 1_700_000_000.9)
USER = [{"role": "user", "content": "What is a trunk line?"}]
TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 3}},
            "required": ["city", "days"],
        },
    },
}


async def call(path: str, body: object, method: str = "POST") -> tuple[int, bytes]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = await DEMO.send(OutgoingRequest(method, Url.parse(f"http://demo.invalid/v1{path}"), (), data))
    return response.status, await response.read()


async def chat(**fields: object) -> ChatCompletion:
    status, body = await call("/chat/completions", {"model": "demo-chat", "messages": USER, **fields})
    assert status == 200
    return ChatCompletion.model_validate_json(body, strict=False)


async def stream(**fields: object) -> list[ChatCompletionChunk]:
    request = {"model": "demo-chat", "messages": USER, "stream": True, **fields}
    status, body = await call("/chat/completions", request)
    assert status == 200
    *data, done, rest = body.decode().split("\n\n")
    assert (done, rest) == ("data: [DONE]", "")
    return [ChatCompletionChunk.model_validate_json(line.removeprefix("data: ")) for line in data]


class TestChat:
    async def test_quotes_the_question(self) -> None:
        answer = await chat()
        assert "What is a trunk line?" in answer.choices[0].message.content
        assert answer.choices[0].finish_reason == "stop"
        assert answer.created == 1_700_000_000

    async def test_is_deterministic(self) -> None:
        assert await chat() == await chat()
        other = await chat(messages=[{"role": "user", "content": "Something else"}])
        assert other.choices != (await chat()).choices

    async def test_counts_words_and_punctuation(self) -> None:
        answer = await chat()
        assert answer.usage.prompt_tokens == 6
        assert answer.usage.completion_tokens == tokens.count(answer.choices[0].message.content)
        assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens

    @pytest.mark.parametrize("field", ["max_tokens", "max_completion_tokens"])
    async def test_is_cut_at_the_limit(self, field: str) -> None:
        answer = await chat(**{field: 3})
        assert answer.choices[0].finish_reason == "length"
        assert answer.usage.completion_tokens == 3
        assert tokens.count(answer.choices[0].message.content) == 3

    async def test_the_limit_is_exact(self) -> None:
        whole = (await chat()).usage.completion_tokens
        assert (await chat(max_tokens=whole)).choices[0].finish_reason == "stop"
        assert (await chat(max_tokens=whole - 1)).choices[0].finish_reason == "length"

    async def test_ends_before_a_stop_text(self) -> None:
        whole = (await chat()).choices[0].message.content
        cut = await chat(stop=[whole[40:50]])
        assert cut.choices[0].message.content == whole[:40].rstrip()
        assert cut.choices[0].finish_reason == "stop"

    async def test_greets_who_says_nothing(self) -> None:
        answer = await chat(messages=[{"role": "user", "content": ""}])
        assert answer.choices[0].message.content.startswith("Hello!")

    async def test_reads_the_text_of_parts(self) -> None:
        parts = [{"type": "text", "text": "Describe this."}, {"type": "image_url", "image_url": {"url": "x"}}]
        answer = await chat(messages=[{"role": "user", "content": parts}])
        assert "Describe this." in answer.choices[0].message.content

    async def test_a_long_question_is_quoted_in_part(self) -> None:
        answer = await chat(messages=[{"role": "user", "content": "word " * 500}])
        assert "word…" in answer.choices[0].message.content
        assert len(answer.choices[0].message.content) < 1000

    async def test_braces_in_the_question_do_no_harm(self) -> None:
        answer = await chat(messages=[{"role": "user", "content": "{0} {quote} %s {"}])
        assert "{0} {quote} %s {" in answer.choices[0].message.content


class TestStream:
    async def test_says_the_same_word_by_word(self) -> None:
        chunks = await stream()
        whole = await chat()
        words = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices[0].delta.content]
        assert "".join(words) == whole.choices[0].message.content
        assert len(words) == whole.usage.completion_tokens
        assert chunks[0].choices[0].delta.role == "assistant"
        assert chunks[-1].choices[0].finish_reason == "stop"
        assert len({chunk.id for chunk in chunks}) == 1

    async def test_tells_usage_when_it_is_asked_for(self) -> None:
        *_, last = await stream(stream_options={"include_usage": True})
        assert last.choices == []
        assert last.usage.prompt_tokens == 6
        assert all(chunk.usage is None for chunk in await stream())

    async def test_our_own_dialect_reads_it(self) -> None:
        request = {"model": "demo-chat", "messages": USER, "stream": True, "stream_options": {"include_usage": True}}
        _, body = await call("/chat/completions", request)
        reader = DIALECT.stream_reader()
        events = [*reader.feed(body), *reader.close()]
        assert isinstance(events[0], Start)
        assert isinstance(events[-1], End)
        assert {type(event) for event in events} == {Start, TextDelta, Stop, UsageReport, End}

    async def test_comes_piece_by_piece_and_can_be_given_up(self) -> None:
        body = json.dumps({"model": "demo-chat", "messages": USER, "stream": True}).encode()
        response = await DEMO.send(
            OutgoingRequest("POST", Url.parse("http://demo.invalid/v1/chat/completions"), (), body)
        )
        first = await response.next_chunk()
        second = await response.next_chunk()
        assert first.count(b"data: ") == second.count(b"data: ") == 1
        response.abort()
        assert await response.next_chunk() == b""


class TestTools:
    @pytest.mark.parametrize("choice", ["required", {"type": "function", "function": {"name": "weather"}}])
    async def test_calls_the_tool_that_must_be_called(self, choice: object) -> None:
        answer = await chat(tools=[TOOL], tool_choice=choice)
        (tool_call,) = answer.choices[0].message.tool_calls
        assert tool_call.function.name == "weather"
        assert json.loads(tool_call.function.arguments) == {"city": "demo", "days": 3}
        assert answer.choices[0].finish_reason == "tool_calls"

    async def test_streams_the_call_too(self) -> None:
        chunks = await stream(tools=[TOOL], tool_choice="required")
        calls = [call for chunk in chunks for call in chunk.choices[0].delta.tool_calls or ()]
        assert calls[0].function.name == "weather"
        assert json.loads("".join(call.function.arguments for call in calls)) == {"city": "demo", "days": 3}

    async def test_answers_in_words_when_it_may(self) -> None:
        assert (await chat(tools=[TOOL])).choices[0].message.tool_calls is None

    async def test_repeats_what_a_tool_said(self) -> None:
        messages = [*USER, {"role": "tool", "tool_call_id": "1", "content": "12 degrees"}]
        assert "12 degrees" in (await chat(messages=messages)).choices[0].message.content


class TestStructure:
    async def test_fits_the_schema(self) -> None:
        wanted = TOOL["function"]["parameters"]
        answer = await chat(response_format={"type": "json_schema", "json_schema": {"name": "x", "schema": wanted}})
        check_json(json.loads(answer.choices[0].message.content), wanted)

    async def test_is_an_object_when_that_is_all_that_is_asked(self) -> None:
        answer = await chat(response_format={"type": "json_object"})
        assert isinstance(json.loads(answer.choices[0].message.content), dict)

    @pytest.mark.parametrize(
        "schema",
        [
            {"type": "string", "minLength": 9},
            {"type": "integer", "maximum": -3},
            {"type": "number", "exclusiveMinimum": 4},
            {"type": "array", "items": {"type": "boolean"}, "minItems": 2},
            {"enum": ["a", "b"]},
            {"const": 7},
            {"type": ["null", "string"]},
            {"anyOf": [{"type": "integer"}, {"type": "null"}]},
            {"$ref": "#/$defs/a~1b", "$defs": {"a/b": {"type": "boolean"}}},
            {"allOf": [{"required": ["a"]}, {"properties": {"a": {"type": "integer"}}, "required": ["b"]}]},
            {"type": "object", "properties": {"a": {"type": "object", "required": ["b"]}}, "required": ["a"]},
        ],
    )
    def test_instances_fit(self, schema: dict) -> None:
        check_json(make_instance(schema), schema)

    def test_a_schema_of_itself_ends(self) -> None:
        schema = {"$defs": {"n": {"type": "object", "properties": {"n": {"$ref": "#/$defs/n"}}, "required": ["n"]}}}
        make_instance({**schema, "$ref": "#/$defs/n"})

    def test_a_schema_that_multiplies_itself_stays_small(self) -> None:
        self_twice = {
            "type": "object",
            "properties": {name: {"$ref": "#"} for name in "abcdefgh"},
            "required": [*"abcdefgh"],
        }
        assert len(json.dumps(make_instance(self_twice))) < 50_000
        inner: dict = {"type": "boolean"}
        for _ in range(6):
            inner = {"type": "array", "items": inner, "minItems": 10**9}
        assert len(json.dumps(make_instance(inner))) < 50_000

    @given(
        st.recursive(
            st.none() | st.integers() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["type", "properties", "items", "anyOf", "allOf", "$ref", "enum", "minimum"]), inner
                )
            ),
        )
    )
    def test_no_schema_breaks_it(self, schema: object) -> None:
        json.dumps(make_instance(schema))


class TestEmbeddings:
    async def embeddings(self, **fields: object) -> CreateEmbeddingResponse:
        status, body = await call("/embeddings", {"model": "demo-embeddings", **fields})
        assert status == 200
        return CreateEmbeddingResponse.model_validate_json(body)

    async def test_unit_vectors_in_order(self) -> None:
        answer = await self.embeddings(input=["a b", "c"])
        assert [item.index for item in answer.data] == [0, 1]
        for item in answer.data:
            assert len(item.embedding) == 256
            assert math.hypot(*item.embedding) == pytest.approx(1)
        assert answer.usage.prompt_tokens == 3

    @pytest.mark.parametrize("given", ["one text", [1, 2, 3], [[1, 2], [3]], ["a", "b"]])
    async def test_takes_every_form_of_input(self, given: object) -> None:
        expected = len(given) if isinstance(given, list) and not isinstance(given[0], int) else 1
        assert len((await self.embeddings(input=given)).data) == expected

    async def test_base64_is_the_same_vector(self) -> None:
        _, body = await call("/embeddings", {"model": "demo-embeddings", "input": "a", "encoding_format": "base64"})
        data = base64.b64decode(json.loads(body)["data"][0]["embedding"])
        plain = (await self.embeddings(input="a")).data[0].embedding
        assert struct.unpack("<256f", data) == pytest.approx(plain, abs=1e-6)

    async def test_has_as_many_dimensions_as_asked(self) -> None:
        assert len((await self.embeddings(input="a", dimensions=8)).data[0].embedding) == 8

    def test_texts_that_share_words_are_near(self) -> None:
        def similarity(a: str, b: str) -> float:
            return sum(x * y for x, y in zip(embed(a), embed(b), strict=True))

        assert similarity("the red house", "a red house") > similarity("the red house", "quantum field theory") + 0.3

    @given(st.text())
    def test_every_text_has_a_unit_vector(self, text: str) -> None:
        assert math.hypot(*embed(text, 16)) == pytest.approx(1)


async def test_lists_its_models() -> None:
    status, body = await call("/models", b"", "GET")
    assert status == 200
    assert [Model.model_validate(entry).id for entry in json.loads(body)["data"]] == ["demo-chat", "demo-embeddings"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/chat/completions", b"{", 400),
        ("/chat/completions", b"[]", 400),
        ("/chat/completions", b"\xff", 400),
        ("/chat/completions", {"model": "demo-chat"}, 400),
        ("/chat/completions", {"model": "demo-chat", "messages": []}, 400),
        ("/chat/completions", {"model": "demo-chat", "messages": USER, "max_tokens": 0}, 400),
        ("/chat/completions", {"model": "gpt-4o", "messages": USER}, 404),
        ("/embeddings", {"model": "demo-chat", "input": "a"}, 404),
        ("/embeddings", {"model": "demo-embeddings", "input": []}, 400),
        ("/embeddings", {"model": "demo-embeddings", "input": "a", "dimensions": 0}, 400),
        ("/embeddings", {"model": "demo-embeddings", "input": ["a"] * 257}, 400),
        ("/nothing", {}, 404),
    ],
)
async def test_errors_have_openais_shape(path: str, body: object, status: int) -> None:
    found, answer = await call(path, body)
    assert found == status
    error = json.loads(answer)["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["message"]


@given(st.text())
def test_tokens_give_the_text_back(text: str) -> None:
    pieces = tokens.split(text)
    assert "".join(pieces) == text.rstrip() or not pieces
    assert tokens.count(text) == len(pieces)
