"""Thoughts of earlier answers in calls that pass, for servers that take them in one form only."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from trunkline.dialects.passthrough import EarlierThoughts, Form

from .fixtures import edit

USER = {"role": "user", "content": "Weather?"}
CALLS = [{"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{}"}}]
RESULT = {"role": "tool", "tool_call_id": "c1", "content": "21"}
CHUNK = {"type": "thinking", "thinking": [{"type": "text", "text": "I look."}], "closed": True}
FORMS = [
    pytest.param({"reasoning_content": "I look."}, id="reasoning_content"),
    pytest.param({"reasoning": "I look."}, id="reasoning"),
    pytest.param({"reasoning_details": [{"type": "reasoning.text", "text": "I look."}]}, id="details"),
    pytest.param({"reasoning_content": "I look.", "reasoning": "I look."}, id="both"),
]


def send(form: EarlierThoughts, *messages: dict[str, Any]) -> tuple[list[Any], tuple[str, ...]]:
    body = msgspec.json.encode({"model": "m", "messages": messages})
    out, dropped = edit(body, model="m", form=Form(earlier=form))
    return json.loads(out)["messages"], dropped


def turn(**fields: object) -> dict[str, Any]:
    return {"role": "assistant", "content": "Fine.", **fields}


@pytest.mark.parametrize("thoughts", FORMS)
class TestEachFieldThatClientsSendBack:
    def test_goes_where_it_is_refused(self, thoughts: dict[str, Any]) -> None:
        assert send("none", USER, turn(**thoughts), USER) == ([USER, turn(), USER], ("reasoning",))

    def test_becomes_the_servers_own(self, thoughts: dict[str, Any]) -> None:
        assert send("reasoning", USER, turn(**thoughts), USER) == ([USER, turn(reasoning="I look."), USER], ())

    def test_becomes_a_chunk_of_the_content(self, thoughts: dict[str, Any]) -> None:
        content = [CHUNK, {"type": "text", "text": "Fine."}]
        assert send("chunks", USER, turn(**thoughts), USER) == ([USER, turn(content=content), USER], ())

    def test_stays_where_nothing_is_known(self, thoughts: dict[str, Any]) -> None:
        for form in ("content", "details"):
            assert send(form, USER, turn(**thoughts)) == ([USER, turn(**thoughts)], ())

    def test_goes_back_with_calls_of_tools(self, thoughts: dict[str, Any]) -> None:
        call = {"role": "assistant", "content": None, "tool_calls": CALLS}
        sent, dropped = send("rounds", USER, {**call, **thoughts}, RESULT)
        assert sent == [USER, {**call, "reasoning_content": "I look."}, RESULT]
        assert dropped == ()


class TestChunksOfTheContent:
    CONTENT = (CHUNK, {"type": "text", "text": "Fine."})

    @pytest.mark.parametrize(
        ("form", "fields", "dropped"),
        [("none", {}, ("reasoning",)), ("reasoning", {"reasoning": "I look."}, ())],
    )
    def test_become_a_text_and_a_field_for_others(
        self, form: EarlierThoughts, fields: dict[str, str], dropped: tuple[str, ...]
    ) -> None:
        assert send(form, USER, turn(content=self.CONTENT), USER) == ([USER, turn(**fields), USER], dropped)

    def test_stay_chunks_where_they_are_taken(self) -> None:
        sent, dropped = send("chunks", USER, turn(content=self.CONTENT), USER)
        assert (sent[1]["content"], dropped) == (list(self.CONTENT), ())

    def test_with_a_call_leave_no_content(self) -> None:
        sent, _ = send("reasoning", USER, turn(content=[CHUNK], tool_calls=CALLS), RESULT)
        assert sent[1] == {"role": "assistant", "content": None, "tool_calls": CALLS, "reasoning": "I look."}

    def test_pictures_beside_them_stay(self) -> None:
        picture = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
        sent, _ = send("none", USER, turn(content=[CHUNK, picture]))
        assert sent[1]["content"] == [picture]


class TestRounds:
    def test_an_answer_without_calls_needs_no_thoughts(self) -> None:
        sent, dropped = send("rounds", USER, turn(reasoning_content="They greet."), USER)
        assert (sent[1], dropped) == (turn(), ("reasoning",))

    def test_the_answer_after_the_calls_keeps_them(self) -> None:
        call = turn(tool_calls=CALLS, reasoning_content="I look.")
        last = turn(reasoning_content="Warm.")
        sent, dropped = send("rounds", USER, call, RESULT, last, USER)
        assert (sent[1], sent[3], dropped) == (call, last, ())

    def test_earlier_rounds_count_too(self) -> None:
        call = turn(tool_calls=CALLS, reasoning_content="I look.")
        sent, dropped = send("rounds", USER, call, RESULT, USER, turn(reasoning_content="x"), USER)
        assert (sent[1], sent[4], dropped) == (call, turn(), ("reasoning",))


@pytest.mark.parametrize("messages", ['no list of "reasoning"', ["reasoning"], [{"content": "reasoning"}]])
def test_what_is_not_of_the_wires_form_is_left_to_the_server(messages: object) -> None:
    body = msgspec.json.encode({"model": "m", "messages": messages})
    assert edit(body, model="m", form=Form(earlier="chunks")) == (body, ())


def test_words_of_a_user_about_thoughts_are_untouched() -> None:
    body = b'{"model":"m","messages":[{"role":"user","content":"\\"reasoning\\"  is what?"}]}'
    assert edit(body, model="m", form=Form(earlier="none")) == (body, ())
