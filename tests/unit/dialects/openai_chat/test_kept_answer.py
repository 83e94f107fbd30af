"""What clients keep of answers is sent on as the server takes it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from trunkline.dialects.openai_chat.kept_answer import ANSWERS_ALONE, tidy

Json = dict[str, Any]
STRICT = frozenset({"messages.extra_content", *(f"messages.{name}" for name in ANSWERS_ALONE)})
USER: Json = {"role": "user", "content": "Weather?"}


def tidied(*turns: Json, drop: frozenset[str] = frozenset()) -> tuple[list[Json], list[str]]:
    messages, lost = tidy(msgspec.Raw(msgspec.json.encode([USER, *turns])), drop)
    return msgspec.json.decode(messages)[1:], lost


def call(**more: Any) -> Json:
    return {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}, **more}


def test_what_the_sdk_parsed_goes() -> None:
    function = {"name": "f", "arguments": "{}", "parsed_arguments": {}}
    turn = {"role": "assistant", "content": None, "parsed": None, "tool_calls": [call(function=function)]}
    assert tidied(turn) == ([{"role": "assistant", "content": None, "tool_calls": [call()]}], [])


@pytest.mark.parametrize("nothing", [{"tool_calls": None}, {"function_call": None}, {"tool_calls": []}], ids=str)
def test_null_for_what_was_not_said_goes(nothing: Json) -> None:
    turn = {"role": "assistant", "content": "Hi.", "refusal": None, **nothing}
    assert tidied(turn) == ([{"role": "assistant", "content": "Hi."}], [])


def test_what_openai_takes_stays_to_the_byte() -> None:
    body = msgspec.Raw(
        b'[{"role" : "assistant", "content": null, "refusal": null, "annotations": [], "tool_calls":[1]}]'
    )
    assert tidy(body, frozenset({"messages.extra_content"})) == (body, [])


@pytest.mark.parametrize("name", sorted(ANSWERS_ALONE))
def test_a_strict_server_gets_no_field_of_answers(name: str) -> None:
    turn = {"role": "assistant", "content": "Hi.", name: None}
    assert tidied(turn, drop=STRICT) == ([{"role": "assistant", "content": "Hi."}], [])


def test_what_a_field_held_is_told() -> None:
    turn = {"role": "assistant", "content": "Hi.", "annotations": [{"type": "url_citation"}], "audio": {"id": "a"}}
    assert tidied(turn, drop=STRICT) == ([{"role": "assistant", "content": "Hi."}], ["annotations", "audio"])


def test_a_refusal_is_text_where_it_has_no_field() -> None:
    turn = {"role": "assistant", "content": None, "refusal": "I cannot."}
    assert tidied(turn, drop=STRICT) == ([{"role": "assistant", "content": "I cannot."}], [])


def test_who_said_nothing_is_left_out() -> None:
    assert tidied({"role": "assistant", "content": "", "refusal": None}, USER, drop=STRICT) == ([USER], [])


def test_signatures_of_google_go_where_they_are_unknown() -> None:
    turn = {"role": "assistant", "content": None, "tool_calls": [call(extra_content={"google": {}})]}
    expected = [{"role": "assistant", "content": None, "tool_calls": [call()]}]
    assert tidied(turn, drop=frozenset({"messages.extra_content"})) == (expected, ["signature"])
    assert tidied(turn) == ([turn], [])


def test_a_user_may_speak_of_all_that() -> None:
    turn = {"role": "user", "content": [{"type": "text", "text": '"parsed":'}], "parsed": 1}
    assert tidied(turn, drop=STRICT) == ([turn], [])


@pytest.mark.parametrize("broken", [b'{"parsed":1}', b'[{"role":"assistant","parsed":1', b'[1,"parsed": ]'])
def test_what_has_no_form_is_left_to_the_server(broken: bytes) -> None:
    messages, lost = tidy(msgspec.Raw(broken), STRICT)
    assert (bytes(messages), lost) == (broken, [])
