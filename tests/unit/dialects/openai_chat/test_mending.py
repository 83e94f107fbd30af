"""What clients of this wire stumble over, and what providers refuse, is put right where it passes."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.unit.dialects.conftest import SALT

from trunkline.core.chat import File
from trunkline.core.errors import Unsupported
from trunkline.dialects.openai_chat import DIALECT
from trunkline.dialects.openai_chat.passthrough import StreamTap, read_tap
from trunkline.dialects.openai_error import read_error, write_error
from trunkline.providers.adaptation import refuse_fields
from trunkline.providers.quirks import quirk

from .fixtures import edit


def chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
    choices = [{"index": 0, "delta": delta, "finish_reason": finish}]
    return b"data: %b\n\n" % msgspec.json.encode({"id": "a", "model": "m", "choices": choices})


def call(arguments: str, **more: Any) -> dict[str, Any]:
    return {"tool_calls": [{**more, "function": {"name": "f", "arguments": arguments}}]}


BEGUN = chunk({"role": "assistant"})


def relayed(*chunks: bytes, begun: bytes = BEGUN) -> list[Any]:
    """The choices that a client gets of a stream after its first chunk, ``begun``."""
    tap = StreamTap()
    passed = b"".join(tap.feed(piece) for piece in (begun, *chunks))
    tap.close()
    assert tap.error is None or tap.error.message == "The provider ended the stream early."
    data = (passed + tap.take_held()).split(b"\n\n")[bool(begun) : -1]
    return [msgspec.json.decode(piece.removeprefix(b"data: "))["choices"][0] for piece in data]


def test_calls_without_an_index_get_one() -> None:
    got = relayed(chunk(call("{", id="a")), chunk(call("}")), chunk(call("{}", id="b")), chunk({}, "tool_calls"))
    assert [each["index"] for choice in got for each in choice["delta"].get("tool_calls", ())] == [0, 0, 1]


def test_calls_with_an_index_keep_their_bytes() -> None:
    tap = StreamTap()
    tap.feed(chunk({"role": "assistant"}))
    begun = chunk(call("", id="a", index=0, type="function"))
    assert tap.feed(begun) == begun
    passing = chunk(call("{}", index=0)).replace(b'"name":"f",', b"")
    assert tap.feed(passing) is passing


def pieces(*chunks: bytes) -> list[Any]:
    """The pieces of calls that a client gets of a stream."""
    return [piece for choice in relayed(*chunks) for piece in choice["delta"].get("tool_calls", ())]


def test_what_was_said_of_a_call_is_not_said_again() -> None:
    again = {"id": "a", "type": None, "function": {"name": "f", "arguments": "}"}}
    got = pieces(chunk(call("{", id="a", index=0, type="function")), chunk({"tool_calls": [{"index": 0, **again}]}))
    assert got[1] == {"index": 0, "function": {"arguments": "}"}}


def test_indexes_are_places_in_the_list_of_calls() -> None:
    more = {"tool_calls": [{"index": 2, "function": {"arguments": "}"}}]}
    got = pieces(chunk(call("{}", id="a", index=1)), chunk(call("{", id="b", index=2)), chunk(more))
    assert [piece["index"] for piece in got] == [0, 1, 1]


def test_a_new_call_under_an_index_that_is_taken_is_another() -> None:
    def more(text: str) -> bytes:
        return chunk({"tool_calls": [{"index": 0, "function": {"arguments": text}}]})

    first = (chunk(call("{", id="a", index=0)), more(" "), more("  "), more("   "), more("}"))
    got = pieces(*first, chunk(call("{", id="b", index=0)), more("}"))
    assert [piece["index"] for piece in got] == [0, 0, 0, 0, 0, 1, 1]


def test_a_call_that_ends_without_arguments_gets_an_empty_object() -> None:
    begun = chunk(call("", id="a", index=0, type="function"))
    other = chunk(call('{"x":1}', id="b", index=1, type="function"))
    assert pieces(begun, other, chunk({}, "tool_calls"))[2:] == [{"index": 0, "function": {"arguments": "{}"}}]


@pytest.mark.parametrize("cut", range(1, 12))
def test_arguments_that_are_json_twice_are_json_once(cut: int) -> None:
    def more(text: str) -> bytes:
        return chunk({"tool_calls": [{"index": 0, "function": {"arguments": text}}]})

    twice = msgspec.json.encode('{"at": "n"}').decode()
    begun = chunk(call("", id="a", index=0, type="function"))
    got = pieces(begun, more(twice[:cut]), more(twice[cut:]), chunk({}, "tool_calls"))
    assert "".join(piece["function"]["arguments"] for piece in got) == '{"at": "n"}'


@pytest.mark.parametrize("none", [["null"], ["n", "ull"], [None], ["", " "], ['""'], [None, None]])
def test_null_is_no_arguments(none: list[str | None]) -> None:
    more = [chunk({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}) for piece in none]
    got = pieces(chunk(call("", id="a", index=0, type="function")), *more, chunk({}, "tool_calls"))
    assert "".join(piece["function"]["arguments"] for piece in got).strip() == "{}"


@pytest.mark.parametrize("other", ['"a"', "[1]", "nil", "7"])
def test_what_is_neither_passes_as_it_is(other: str) -> None:
    begun = chunk(call("", id="a", index=0, type="function"))
    more = chunk({"tool_calls": [{"index": 0, "function": {"arguments": other}}]})
    got = pieces(begun, more, chunk({}, "tool_calls"))
    assert "".join(piece["function"]["arguments"] for piece in got) == other


def test_the_input_of_a_custom_tool_is_free_text() -> None:
    begun = {"index": 0, "id": "a", "type": "custom", "custom": {"name": "sql", "input": ""}}
    more = {"index": 0, "custom": {"input": '"null"'}}
    assert pieces(chunk({"tool_calls": [begun]}), chunk({"tool_calls": [more]}), chunk({}, "tool_calls")) == [
        begun,
        more,
    ]


@pytest.mark.parametrize(
    ("arguments", "written"),
    [({"arguments": {"x": 1}}, '{"x":1}'), ({"arguments": None}, ""), ({}, ""), ({"arguments": '"{\\"x\\":1}"'}, "")],
    ids=["an object", "null", "nothing", "twice"],
)
def test_arguments_are_a_text(arguments: dict[str, Any], written: str) -> None:
    piece = {"index": 0, "id": "a", "type": "", "custom": {"name": "", "input": ""}}
    got = pieces(chunk({"tool_calls": [{**piece, "function": {"name": "f", **arguments}}]}))
    assert got == [{"index": 0, "id": "a", "type": "function", "function": {"name": "f", "arguments": written}}]
    whole = {"choices": [{"message": {"tool_calls": [{"id": "a", "function": {"name": "f", **arguments}}]}}]}
    body = read_tap(msgspec.json.encode(whole)).body
    assert body is not None
    (call,) = msgspec.json.decode(body)["choices"][0]["message"]["tool_calls"]
    assert call["type"] == "function"
    assert call["function"]["arguments"] in (written or "{}", '{"x":1}')


def test_a_role_is_said_once() -> None:
    got = relayed(chunk({"role": "assistant", "content": "a"}), chunk({"role": "assistant"}, "stop"))
    assert [choice["delta"] for choice in got] == [{"content": "a"}, {}]


def test_a_role_that_comes_with_every_delta_is_taken_out_unread() -> None:
    def spoken(text: str) -> bytes:
        return chunk({"role": "assistant", "content": text})

    tap = StreamTap()
    assert tap.feed(spoken("a")) == spoken("a")
    tap.feed(spoken("b"))
    assert [tap.feed(spoken(text)) for text in ("c", 'd"', "e")] == [chunk({"content": t}) for t in ("c", 'd"', "e")]
    last = b'{"content":"f","role":"assistant"}'
    assert tap.feed(chunk({}).replace(b"{}", last)) == chunk({"content": "f"})
    spaced = chunk({}).replace(b'"delta":{}', b'"delta": {"role": "assistant", "content": "g"}')
    assert tap.feed(spaced) == chunk({}).replace(b'"delta":{}', b'"delta": {"content": "g"}')
    said = spoken('"role":"assistant"')
    assert tap.feed(said) == chunk({"content": '"role":"assistant"'})


@pytest.mark.parametrize("role", [{}, {"role": None}, {"role": ""}, {"role": "model"}], ids=str)
def test_a_role_that_is_not_said_is_added_once(role: dict[str, Any]) -> None:
    choices = relayed(chunk({**role, "content": "a"}), chunk({"content": "b"}), chunk({}, "stop"), begun=b"")
    assert [choice["delta"] for choice in choices] == [{"content": "a", "role": "assistant"}, {"content": "b"}, {}]
    whole = {"choices": [{"message": {**role, "content": "a"}, "finish_reason": "stop"}], "usage": {}}
    body = read_tap(msgspec.json.encode(whole)).body
    assert body is not None
    assert msgspec.json.decode(body)["choices"][0]["message"] == {"role": "assistant", "content": "a"}


def test_each_choice_has_a_role() -> None:
    def of(index: int, text: str) -> bytes:
        return chunk({"content": text}).replace(b'"index":0', b'"index":%d' % index)

    first = chunk({"content": "a"}) + of(1, "b")
    got = relayed(first, of(2, "c"), of(1, "d") + of(2, "e"), of(0, "f"), begun=b'data: {"choices":[]}\n\n')
    roles = [(choice["index"], choice["delta"].get("role")) for choice in got]
    assert roles == [(0, "assistant"), (1, "assistant"), (2, "assistant"), (1, None), (2, None), (0, None)]


OLDER = (
    chunk({"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": ""}}),
    chunk({"function_call": {"arguments": '{"x":'}}),
    chunk({"function_call": {"arguments": "1}"}}),
    chunk({}, "function_call"),
)


def test_the_call_of_a_function_is_one_of_a_tool() -> None:
    got = relayed(*OLDER, begun=b"")
    begun = {"index": 0, "id": f"call_0_f_{SALT}", "type": "function", "function": {"name": "f", "arguments": ""}}
    assert got[0]["delta"] == {"role": "assistant", "content": None, "tool_calls": [begun]}
    assert [choice["delta"].get("tool_calls") for choice in got[1:]] == [
        [{"index": 0, "function": {"arguments": '{"x":'}}],
        [{"index": 0, "function": {"arguments": "1}"}}],
        None,
    ]
    assert got[-1]["finish_reason"] == "tool_calls"


def test_a_client_that_declared_functions_is_answered_so() -> None:
    tap = StreamTap(older=True)
    passed = b"".join(map(tap.feed, OLDER))
    assert passed + tap.take_held() == b"".join(OLDER)


def test_a_whole_call_of_a_function_in_both_ways() -> None:
    message = {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}}
    tapped = read_tap(msgspec.json.encode({"choices": [{"message": message, "finish_reason": "function_call"}]}))
    assert tapped.body is None
    assert tapped.renewed is not None
    call = {"function": {"name": "f", "arguments": "{}"}, "id": f"call_0_f_{SALT}", "type": "function"}
    renewed = {"role": "assistant", "content": None, "tool_calls": [call]}
    assert msgspec.json.decode(tapped.renewed) == {"choices": [{"message": renewed, "finish_reason": "tool_calls"}]}


def test_nothing_is_left_of_lists_and_deltas_of_nothing() -> None:
    got = relayed(chunk({"content": "a", "tool_calls": []}), chunk(None), chunk({}, "stop"))  # type: ignore[arg-type]
    assert [choice["delta"] for choice in got] == [{"content": "a"}, {}, {}]


def test_a_chunk_without_choices_has_an_empty_list() -> None:
    tap = StreamTap()
    assert msgspec.json.decode(tap.feed(b'data: {"id":"a"}\n\n').removeprefix(b"data: ")) == {"id": "a", "choices": []}


@pytest.mark.parametrize(("theirs", "ours"), [("eos", "stop"), ("max_tokens", "length"), ("tool_use", "tool_calls")])
def test_foreign_reasons_become_the_wires_own(theirs: str, ours: str) -> None:
    assert relayed(chunk({"content": "x"}), chunk({}, theirs))[-1]["finish_reason"] == ours
    whole = b'{"model":"m","choices":[{"index":0,"message":{"content":"x"},"finish_reason": "%b"}]}' % theirs.encode()
    body = read_tap(whole).body
    assert body is not None
    assert msgspec.json.decode(body)["choices"][0]["finish_reason"] == ours


def test_an_ordinary_answer_is_not_written_anew() -> None:
    assert read_tap(b'{"model":"m","choices":[{"message":{"role":"assistant"},"finish_reason":"stop"}]}').body is None


@pytest.mark.parametrize(
    ("provider", "model", "role"),
    [
        ("deepseek", "deepseek-chat", "system"),
        ("mistral", "m", "system"),
        ("vllm", "m", "system"),
        ("openai", "gpt-5", "developer"),
        ("openai", "gpt-4.1", "developer"),
        ("openrouter", "m", "developer"),
    ],
)
def test_developers_are_named_as_the_provider_knows_them(provider: str, model: str, role: str) -> None:
    body = b'{"model":"m","messages":[{"role": "developer","content":"\\"role\\": \\"developer\\""}]}'
    sent = msgspec.json.decode(edit(body, model=model, roles=quirk(provider, model).roles)[0])
    assert sent["messages"] == [{"role": role, "content": '"role": "developer"'}]


def test_only_what_is_refused_is_read() -> None:
    groq = quirk("groq", "qwen/qwen3-32b")
    refuse_fields(b'{"reasoning_effort":"default","messages":3,"n":1}', "m", groq)
    with pytest.raises(Unsupported, match="n: "):
        refuse_fields(b'{"n":2}', "m", groq)


def test_an_error_keeps_what_its_provider_says() -> None:
    said = {"message": "bad", "type": "invalid_request_error", "param": "messages[3]", "code": "invalid_value"}
    more = {"innererror": {"code": "X"}, "hint": "key sk-proj-0123456789abcdef"}
    error = read_error(400, msgspec.json.encode({"error": {**said, **more}}), {})
    wire = msgspec.json.decode(write_error(error, 400, "r"))["error"]
    assert (wire["param"], wire["code"], wire["type"]) == ("messages[3]", "invalid_value", "invalid_request_error")
    assert wire["innererror"] == {"code": "X"}
    assert wire["hint"] == "key [redacted]"


def test_a_document_in_the_place_of_a_picture_is_a_document() -> None:
    part = {"type": "image_url", "image_url": {"url": "data:application/pdf;base64,JVBERi0="}}
    body = msgspec.json.encode({"model": "m", "messages": [{"role": "user", "content": [part]}]})
    assert isinstance(DIALECT.read_request(body).messages[0].parts[0], File)


def ids_of(choices: list[Any]) -> list[tuple[int, str | None]]:
    calls = [call for choice in choices for call in choice["delta"].get("tool_calls", ())]
    return [(each["index"], each.get("id")) for each in calls]


def test_a_call_that_begins_without_an_id_gets_one_and_its_pieces_none() -> None:
    begun = {"tool_calls": [{"index": 0, "function": {"name": "look", "arguments": "{"}}]}
    more = {"tool_calls": [{"index": 0, "function": {"arguments": "}"}}]}
    assert ids_of(relayed(chunk(begun), chunk(more), chunk({}, "tool_calls"))) == [
        (0, f"call_0_look_{SALT}"),
        (0, None),
    ]


def test_whole_calls_with_neither_index_nor_id_are_told_apart_by_their_names() -> None:
    calls = {"tool_calls": [{"function": {"name": "look", "arguments": "{}"}}] * 2}
    assert ids_of(relayed(chunk(calls), chunk({}, "tool_calls"))) == [
        (0, f"call_0_look_{SALT}"),
        (1, f"call_1_look_{SALT}"),
    ]


def test_a_name_that_a_server_repeats_begins_nothing() -> None:
    first = {"tool_calls": [{"index": 0, "id": "a", "function": {"name": "look", "arguments": "{"}}]}
    again = {"tool_calls": [{"index": 0, "function": {"name": "look", "arguments": "}"}}]}
    assert ids_of(relayed(chunk(first), chunk(again), chunk({}, "tool_calls"))) == [(0, "a"), (0, None)]


def test_calls_of_a_whole_answer_without_ids_get_them() -> None:
    whole = (
        b'{"model":"m","choices":[{"message":{"tool_calls":[{"function":{"name":"look","arguments":"{}"}},'
        b'{"id":"b","type":"custom","custom":{"name":"sql","input":""}}]},"finish_reason":"tool_use"}]}'
    )
    body = read_tap(whole).body
    assert body is not None
    (choice,) = msgspec.json.decode(body)["choices"]
    assert choice["finish_reason"] == "tool_calls"
    assert [(call["id"], call["type"]) for call in choice["message"]["tool_calls"]] == [
        (f"call_0_look_{SALT}", "function"),
        ("b", "custom"),
    ]
