from __future__ import annotations

import base64

import msgspec
import pytest

from trunkline.core.chat import (
    CacheHint,
    File,
    Image,
    Media,
    Message,
    Opaque,
    Reasoning,
    ReasoningOptions,
    ResponseFormat,
    Sampling,
    Text,
    ToolCall,
    ToolChoice,
    ToolResult,
)
from trunkline.core.errors import InvalidInput, Unsupported
from trunkline.dialects.anthropic_messages import DIALECT

from .fixture import load

NAME = "anthropic_messages"


def read(name: str):
    return DIALECT.read_request(load("requests", name))


def body(**fields: object) -> bytes:
    whole = {"model": "claude", "max_tokens": 10, "messages": [{"role": "user", "content": "Hi"}], **fields}
    return msgspec.json.encode({key: value for key, value in whole.items() if value is not ...})


def test_the_plainest_request():
    request = read("plain")
    assert request.model == "claude-sonnet-4-5-20250929"
    assert request.messages == (Message("user", (Text("Hello, Claude"),)),)
    assert request.sampling == Sampling(max_tokens=1024)
    assert not request.stream
    assert request.extra == {}


def test_the_system_prompt_becomes_the_first_message_and_sampling_is_read():
    request = read("system_string")
    assert request.messages[0] == Message(
        "system", (Text("You are a seasoned data scientist at a Fortune 500 company."),)
    )
    assert request.sampling == Sampling(
        max_tokens=1024, temperature=0.4, top_p=0.9, top_k=40, stop=("\n\nHuman:", "END")
    )
    assert request.user == "13803d75-b4b5-4c3e-b2a2-6f21399b021b"
    assert request.service_tier == "auto"
    assert request.stream
    assert request.stream_usage, "this wire always tells the usage"


def test_cache_hints_stay_with_their_blocks():
    first, second = read("system_blocks_cached").messages[0].parts
    assert isinstance(first, Text)
    assert first.cache is None
    assert isinstance(second, Text)
    assert second.cache == CacheHint("1h")


def test_turns_keep_their_order_and_a_prefill():
    assert [(message.role, message.text) for message in read("multi_turn").messages] == [
        ("user", "Hello there."),
        ("assistant", "Hi, I'm Claude. How can I help you?"),
        ("user", "Can you explain LLMs in plain English?"),
        ("assistant", "The best answer is ("),
    ]


def test_one_tool_that_must_be_called_alone():
    request = read("one_tool")
    (tool,) = request.tools
    assert (tool.name, tool.cache) == ("get_weather", CacheHint())
    assert tool.parameters is not None
    assert tool.parameters["required"] == ["location"]
    assert request.tool_choice == ToolChoice("required", ("get_weather",))
    assert request.parallel_tools is False


def test_results_of_tools_are_cut_out_of_the_users_turn():
    request = read("parallel_tool_results")
    assert [message.role for message in request.messages] == ["user", "assistant", "tool", "user"]
    called = request.messages[1].parts
    assert called[1] == ToolCall("toolu_01A", "get_weather", '{"location":"San Francisco, CA"}')
    assert called[3] == ToolCall("toolu_03C", "get_time", "{}")
    first, second, third = request.messages[2].parts
    assert first == ToolResult("toolu_01A", (Text("San Francisco: 68°F, partly cloudy"),))
    assert isinstance(second, ToolResult)
    assert [type(part) for part in second.parts] == [Text, Image]
    assert third == ToolResult("toolu_03C", (Text("Unknown time zone"),), is_error=True)
    assert request.messages[3].text == "Answer briefly."
    assert request.tool_choice == ToolChoice()
    assert request.parallel_tools is True


def test_pictures_come_as_bytes_by_url_and_by_id():
    parts = read("images").messages[0].parts
    media = [part.media for part in parts if isinstance(part, Image)]
    assert media[0].media_type == "image/png"
    assert media[0].data is not None
    assert media[0].data.startswith("iVBOR")
    assert media[1] == Media(
        url="https://upload.wikimedia.org/wikipedia/commons/a/a7/Camponotus_flavomarginatus_ant.jpg"
    )
    assert media[2] == Media(file_id="file_011CNha8iCJcU1wXNR6q4V8w")


def test_documents_of_every_kind():
    parts = read("documents").messages[0].parts
    assert [type(part) for part in parts] == [File, File, File, File, Opaque, Opaque, Text]
    pdf, _, plain, *_ = parts
    assert isinstance(pdf, File)
    assert (pdf.media.media_type, pdf.cache) == ("application/pdf", CacheHint())
    assert isinstance(plain, File)
    assert plain.media.data is not None
    assert base64.b64decode(plain.media.data).decode() == "The grass is green. The sky is blue – größer."
    assert (plain.title, plain.context, plain.citations) == ("My Document", "This is a trustworthy document.", True)


def test_signed_and_sealed_thoughts():
    request = read("thinking_round_trip")
    assert request.reasoning == ReasoningOptions(enabled=True, budget_tokens=10000)
    thought, sealed, *_ = request.messages[1].parts
    assert isinstance(thought, Reasoning)
    assert thought.signature is not None
    assert thought.signature.startswith("EqQB")
    assert isinstance(sealed, Reasoning)
    assert sealed.redacted is not None


def test_adaptive_thinking_effort_and_a_schema():
    request = read("adaptive_effort_schema")
    assert request.reasoning == ReasoningOptions(enabled=True, effort="xhigh", include=False)
    assert request.response_format is not None
    assert request.response_format.kind == "json_schema"
    assert request.response_format.schema is not None
    assert request.extra == {NAME: {"output_config": {"task_budget": {"type": "tokens", "total": 20000}}}}


def test_what_only_this_wire_has_is_kept():
    request = read("server_tools")
    own = request.extra[NAME]
    assert set(own) == {"container", "mcp_servers", "cache_control", "tools"}
    assert own["tools"] == [{"type": "web_search_20250305", "name": "web_search", "max_uses": 5}]
    assert [tool.name for tool in request.tools] == ["get_weather"]
    called, found, text = request.messages[1].parts
    assert isinstance(called, Opaque)
    assert isinstance(found, Opaque)
    assert found.dialect == NAME
    assert isinstance(text, Text)
    assert text.citations[0].url == "https://devblogs.microsoft.com/typescript"


def test_fields_of_a_tool_that_only_this_wire_has_are_kept():
    (tool,) = read("tool_choice_none_custom").tools
    assert tool.strict is True
    assert tool.extra == {NAME: {"input_examples": [{"timezone": "Europe/Paris"}], "defer_loading": True}}


def test_a_schema_in_its_earlier_field():
    schema = {"type": "object"}
    request = DIALECT.read_request(body(output_format={"type": "json_schema", "schema": schema}))
    assert request.response_format == ResponseFormat("json_schema", schema=schema)


def test_a_system_message_among_the_turns_stays_where_it_stood():
    turns = [{"role": "user", "content": "a"}, {"role": "system", "content": "b"}, {"role": "user", "content": "c"}]
    request = DIALECT.read_request(body(messages=turns))
    assert [message.role for message in request.messages] == ["user", "system", "user"]
    assert msgspec.json.decode(DIALECT.write_request(request).body)["messages"] == turns
    prompted = msgspec.structs.replace(request, messages=(Message("system", (Text("p"),)), *request.messages))
    wire = msgspec.json.decode(DIALECT.write_request(prompted).body)
    assert (wire["system"], wire["messages"]) == ("p", turns)
    assert set(wire) == {"model", "max_tokens", "system", "messages"}


def test_thinking_of_an_unknown_kind_is_kept_as_it_came():
    request = DIALECT.read_request(body(thinking={"type": "between_tools"}))
    assert request.reasoning is None
    assert request.extra == {NAME: {"thinking": {"type": "between_tools"}}}
    assert msgspec.json.decode(DIALECT.write_request(request).body)["thinking"] == {"type": "between_tools"}


def test_a_call_made_by_a_server_tool_is_opaque():
    call = {
        "type": "tool_use",
        "id": "toolu_1",
        "name": "query",
        "input": {},
        "caller": {"type": "code_execution_20250825", "tool_id": "srvtoolu_1"},
    }
    direct = {**call, "caller": {"type": "direct"}}
    request = DIALECT.read_request(body(messages=[{"role": "assistant", "content": [call, direct]}]))
    assert request.messages[0].parts == (Opaque(NAME, call), ToolCall("toolu_1", "query", "{}"))


def test_a_result_with_parts_that_only_this_wire_has_is_opaque_and_comes_back_among_the_results():
    odd = {"type": "tool_result", "tool_use_id": "toolu_1", "content": [{"type": "future_block", "source": "x"}]}
    plain = {"type": "tool_result", "tool_use_id": "toolu_2", "content": "ok"}
    turn = {"role": "user", "content": [odd, plain, {"type": "text", "text": "go on"}]}
    request = DIALECT.read_request(body(messages=[turn]))
    assert [message.role for message in request.messages] == ["user", "tool", "user"]
    assert msgspec.json.decode(DIALECT.write_request(request).body)["messages"] == [turn]


def test_tools_and_sources_in_a_result_are_text_for_others_and_themselves_for_the_vendor():
    tool = {"type": "tool_reference", "tool_name": "WebSearch"}
    pieces = [{"type": "text", "text": "It rains."}, {"type": "text", "text": "A lot."}]
    source = {"type": "search_result", "source": "https://a.example", "title": "Weather", "content": pieces}
    result = {"type": "tool_result", "tool_use_id": "t", "content": [tool, {"type": "text", "text": "or"}, source]}
    turn = {"role": "user", "content": [result]}
    request = DIALECT.read_request(body(messages=[turn]))
    (part,) = request.messages[0].parts
    assert isinstance(part, ToolResult)
    assert part.parts == (
        Text("WebSearch"),
        Text("or"),
        Text("Weather\nhttps://a.example\nIt rains.\nA lot."),
    )
    assert msgspec.json.decode(DIALECT.write_request(request).body)["messages"] == [turn]


def test_a_source_without_a_title_is_what_it_says():
    source = {"type": "search_result", "source": "https://a.example"}
    result = {"type": "tool_result", "tool_use_id": "t", "content": [source]}
    (part,) = DIALECT.read_request(body(messages=[{"role": "user", "content": [result]}])).messages[0].parts
    assert isinstance(part, ToolResult)
    assert part.parts == (Text("https://a.example"),)


@pytest.mark.parametrize("depth", [50, 300, 450])
def test_results_inside_results_are_not_followed(depth):
    block: dict[str, object] = {"type": "tool_result", "tool_use_id": "a", "content": "x"}
    wire = b'{"type":"tool_result","tool_use_id":"a","content":[' * depth + b"]}" * depth
    request = DIALECT.read_request(
        b'{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[%b,%b]}]}'
        % (wire, msgspec.json.encode(block))
    )
    assert [message.role for message in request.messages] == ["user", "tool"]


def test_nulls_stand_for_nothing_said():
    request = DIALECT.read_request(
        body(system=None, tools=None, tool_choice=None, thinking=None, metadata=None, output_config=None, stream=None)
    )
    assert request == DIALECT.read_request(body())


USER = {"role": "user", "content": "Hi"}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"max_tokens": ...}, "max_tokens"),
        ({"max_tokens": "10"}, "max_tokens"),
        ({"max_tokens": True}, "max_tokens"),
        ({"max_tokens": -1}, "max_tokens"),
        ({"model": ...}, "model"),
        ({"model": 1}, "model"),
        ({"messages": ...}, "messages"),
        ({"messages": []}, "messages"),
        ({"messages": {}}, "messages"),
        ({"messages": ["Hi"]}, "messages.0"),
        ({"messages": [USER, {"role": "robot", "content": "Hi"}]}, "messages.1.role"),
        ({"messages": [{"role": "user"}]}, "messages.0.content"),
        ({"messages": [{"role": "user", "content": 5}]}, "messages.0.content"),
        ({"messages": [{"role": "user", "content": [{"text": "Hi"}]}]}, "messages.0.content.0.type"),
        ({"messages": [{"role": "user", "content": [{"type": "text", "text": 1}]}]}, "messages.0.content.0.text"),
        ({"messages": [{"role": "user", "content": [{"type": "image"}]}]}, "messages.0.content.0.source"),
        (
            {"messages": [USER, {"role": "user", "content": [{"type": "image", "source": {"type": "url", "url": 1}}]}]},
            "messages.1.content.0.source.url",
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "image", "source": {"type": "base64", "data": ""}}]}]},
            "messages.0.content.0.source.media_type",
        ),
        (
            {"messages": [{"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "f"}]}]},
            "messages.0.content.0.input",
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "tool_result", "content": "x"}]}]},
            "messages.0.content.0.tool_use_id",
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "tool_result", "content": [{"type": "text"}]}]}]},
            "messages.0.content.0.content.0.text",
        ),
        ({"system": 1}, "system"),
        ({"system": [{"type": "text"}]}, "system.0.text"),
        ({"tools": [{"name": "f"}]}, "tools.0.input_schema"),
        ({"tools": [{"name": "f", "input_schema": {}, "cache_control": "x"}]}, "tools.0.cache_control"),
        ({"tool_choice": {"type": "maybe"}}, "tool_choice.type"),
        ({"tool_choice": {"type": "tool"}}, "tool_choice.name"),
        ({"temperature": "hot"}, "temperature"),
        ({"top_k": 1.5}, "top_k"),
        ({"stop_sequences": ["a", 1]}, "stop_sequences.1"),
        ({"stream": "yes"}, "stream"),
        ({"metadata": {"user_id": 1}}, "metadata.user_id"),
        ({"thinking": {"type": "enabled"}}, "thinking.budget_tokens"),
        ({"output_config": {"effort": "minimal"}}, "output_config.effort"),
        ({"output_config": {"format": {"type": "json_schema"}}}, "output_config.format.schema"),
        ({"output_config": {"format": {"type": "xml"}}}, "output_config.format.type"),
    ],
)
def test_a_wrong_field_is_named_as_the_wire_names_it(fields, field):
    with pytest.raises(InvalidInput) as caught:
        DIALECT.read_request(body(**fields))
    assert [error.field for error in caught.value.fields] == [field]


def test_a_missing_limit_is_told_as_the_vendor_tells_it():
    with pytest.raises(InvalidInput, match=r"^max_tokens: Field required$"):
        DIALECT.read_request(body(max_tokens=...))


@pytest.mark.parametrize(
    "wrong", [b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b'{"model": "\\ud800"}', b"[" * 100_000]
)
def test_a_body_that_is_no_json_object(wrong):
    with pytest.raises(InvalidInput):
        DIALECT.read_request(wrong)


@pytest.mark.parametrize("thread", [{"type": "create"}, {"type": "continue", "previous_message_id": "msg_1"}])
def test_a_thread_is_refused_in_the_words_on_which_clients_go_on_without(thread: object):
    with pytest.raises(Unsupported) as raised:
        DIALECT.read_request(body(thread=thread))
    error = msgspec.json.decode(DIALECT.write_error(raised.value, 400, "r"))["error"]
    assert error["type"] == "invalid_request_error"
    assert error["details"] == {"error_code": "thread_unsupported_request", "unsupported": ["thread"]}
    assert "details" not in msgspec.json.decode(DIALECT.write_error(InvalidInput("x"), 400, "r"))["error"]
