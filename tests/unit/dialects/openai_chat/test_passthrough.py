"""Bodies that pass: peeking, editing, and reading what a whole answer says of itself."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from tests.strategies import chat

from trunkline.core.chat import ChatRequest, ReasoningOptions, Usage
from trunkline.core.errors import InvalidInput
from trunkline.core.terms import note_tier
from trunkline.dialects.openai_chat import DIALECT
from trunkline.dialects.openai_chat.passthrough import peek, read_tap

from .fixtures import edit, load, names, parsed

HI: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}


def edited(body: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return msgspec.json.decode(edit(msgspec.json.encode(body), **{"model": "gpt", **changes})[0])


# Peeking


def test_peek() -> None:
    seen = peek(load("requests/text.json"))
    assert (seen.model, seen.streams, seen.stream_usage, seen.user, seen.n) == ("gpt-4o-mini", True, True, "u-1", 2)
    assert seen.output_limit == 256


def test_peek_takes_the_least() -> None:
    seen = peek(b'{"model":"m","stream":null,"stream_options":null,"max_tokens":7,"other":[1,{"model":3}]}')
    assert (seen.streams, seen.stream_usage, seen.user, seen.output_limit) == (False, False, None, 7)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", ""),
        (b"{", ""),
        (b"[]", ""),
        (b"null", ""),
        (b'{"model":"\xff"}', ""),
        (b'{"model":"m","x":' + b"[" * 100_000, ""),
        (b"{}", "model"),
        (b'{"model":""}', "model"),
        (b'{"model":null}', "model"),
        (b'{"model":5}', "model"),
        (b'{"model":"m","stream":"yes"}', "stream"),
        (b'{"model":"m","stream_options":{"include_usage":1}}', "stream_options.include_usage"),
        (b'{"model":"m","max_tokens":"x"}', "max_tokens"),
    ],
)
def test_peek_refuses(body: bytes, field: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        peek(body)
    assert [wrong.field for wrong in raised.value.fields] == [field]


# Editing


def test_what_stays_is_copied_as_bytes() -> None:
    body = b'{"big": 12345678901234567890123, "f":1.10 , "model":"a", "messages": [ {"x" : 1e2} ]}'
    changed, dropped = edit(body, model="b")
    assert changed == b'{"big":12345678901234567890123,"f":1.10,"model":"b","messages":[ {"x" : 1e2} ]}'
    assert dropped == ()


@settings(max_examples=60, deadline=None)
@given(chat.json_objects)
def test_nothing_else_changes(body: dict[str, Any]) -> None:
    assert edited(body) == {**body, "model": "gpt"}


def test_defaults_fill_what_is_absent_or_null() -> None:
    body = {**HI, "temperature": None, "top_p": 0.5}
    changed = edited(body, defaults={"temperature": 0.1, "top_p": 0.9, "seed": 1})
    assert (changed["temperature"], changed["top_p"], changed["seed"]) == (0.1, 0.5, 1)


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
def test_both_names_of_the_limit_are_one(name: str) -> None:
    changed = edited({**HI, name: 5}, defaults={"max_tokens": 9, "max_completion_tokens": 9})
    assert {key: value for key, value in changed.items() if key.startswith("max")} == {name: 5}


@pytest.mark.parametrize(
    ("given_", "after"),
    [
        ({"max_tokens": 500}, {"max_tokens": 10}),
        ({"max_tokens": 5}, {"max_tokens": 5}),
        ({"max_completion_tokens": 500}, {"max_completion_tokens": 10}),
        ({"max_completion_tokens": 500, "max_tokens": 4}, {"max_completion_tokens": 10, "max_tokens": 4}),
        ({"max_tokens": None}, {"max_tokens": 10}),
        ({}, {"max_tokens": 10}),
    ],
)
def test_the_limit_of_output_is_cut(given_: dict[str, Any], after: object) -> None:
    changed = edited({**HI, **given_}, output_limit=10)
    assert {name: value for name, value in changed.items() if name.startswith("max")} == after


def test_renaming_and_dropping() -> None:
    body = {**HI, "max_tokens": 5, "store": True, "logprobs": None}
    changed, dropped = edit(
        msgspec.json.encode(body),
        model="gpt",
        defaults={"top_k": 3},
        rename={"max_tokens": "max_completion_tokens"},
        drop=frozenset({"store", "absent", "logprobs"}),
    )
    assert msgspec.json.decode(changed) == {**HI, "model": "gpt", "max_completion_tokens": 5, "top_k": 3}
    assert dropped == ("store",)


def test_a_taken_name_stays() -> None:
    changed = edited(
        {**HI, "max_tokens": 5, "max_completion_tokens": 6}, rename={"max_tokens": "max_completion_tokens"}
    )
    assert changed == {**HI, "model": "gpt", "max_completion_tokens": 6}


@pytest.mark.parametrize(
    ("given_", "after"),
    [
        ({"stream": True}, {"include_usage": True}),
        ({"stream": True, "stream_options": None}, {"include_usage": True}),
        ({"stream": True, "stream_options": {"include_usage": False, "x": 1}}, {"include_usage": True, "x": 1}),
        ({"stream": False}, None),
        ({}, None),
    ],
)
def test_usage_is_asked_for_in_streams(given_: dict[str, Any], after: object) -> None:
    assert edited({**HI, **given_}, stream_usage=True).get("stream_options") == after
    assert edited({**HI, **given_}).get("stream_options") == given_.get("stream_options")


@pytest.mark.parametrize(
    ("messages", "after"),
    [
        (b'[{"role":"user"}]', [{"role": "system", "content": 'Be "kind"'}, {"role": "user"}]),
        (b' [ {"role":"user"} ] ', [{"role": "system", "content": 'Be "kind"'}, {"role": "user"}]),
        (b"[ ]", [{"role": "system", "content": 'Be "kind"'}]),
        (b"null", [{"role": "system", "content": 'Be "kind"'}]),
    ],
)
def test_the_configurations_system_prompt_comes_first(messages: bytes, after: object) -> None:
    body = b'{"model":"m","messages":' + messages + b"}"
    changed, _ = edit(body, model="gpt", system_prompt='Be "kind"')
    assert msgspec.json.decode(changed)["messages"] == after


def test_the_role_of_the_system_prompt() -> None:
    assert edited(HI, system_prompt="x", system_role="developer")["messages"][0]["role"] == "developer"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"messages":"x"}', "messages"),
        (b'{"messages":{}}', "messages"),
        (b'{"stream":true,"stream_options":7}', "stream_options"),
        (b"[]", ""),
        (b"{", ""),
        (b"\xff", ""),
    ],
)
def test_edit_refuses(body: bytes, field: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        edit(body, model="gpt", system_prompt="x", stream_usage=True)
    assert raised.value.fields[0].field == field


@pytest.mark.parametrize("name", names("requests"))
def test_edited_requests_read_the_same(name: str) -> None:
    body = load(f"requests/{name}")
    model = parsed(f"requests/{name}")["model"]
    assert DIALECT.read_request(edit(body, model=model)[0]) == DIALECT.read_request(body)


# Whole answers


@pytest.mark.parametrize("name", [name for name in names("responses") if "error" not in name])
def test_the_tap_counts_what_the_reader_counts(name: str) -> None:
    body = load(f"responses/{name}")
    tapped, whole = read_tap(body), DIALECT.read_response(body)
    used = note_tier(whole.usage, whole.service_tier)
    assert (tapped.usage, tapped.model, tapped.error) == (used, whole.model, None)
    assert tapped.stop in {whole.choices[0].stop, "stop"}


def test_the_tap_of_a_plain_answer() -> None:
    tapped = read_tap(load("responses/length.json"))
    assert tapped.usage == Usage(input=19, output=10, cached=4, reasoning=2, tier="")
    assert (tapped.stop, tapped.model) == ("length", "gpt-4.1-2025-04-14")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (load("responses/openrouter_error_in_200.json"), "rate_limit"),
        (load("responses/openrouter_choice_error.json"), "server"),
        (b"<html>", "malformed"),
        (b"{}", "malformed"),
        (b"[" * 100_000, "malformed"),
    ],
)
def test_the_tap_sees_errors(body: bytes, kind: str) -> None:
    tapped = read_tap(body)
    assert tapped.error is not None
    assert tapped.error.kind == kind


class TestTheLevelOfThinking:
    def edited(self, effort: object, level: str | None) -> tuple[dict[str, object], tuple[str, ...]]:
        def adapt(request: ChatRequest) -> tuple[ChatRequest, tuple[str, ...]]:
            reasoning = None if level is None else ReasoningOptions(effort=level)
            return msgspec.structs.replace(request, reasoning=reasoning), ("reasoning.effort",)

        body = json.dumps({"model": "a", "messages": [], "reasoning_effort": effort}).encode()
        out, dropped = edit(body, model="b", adapt=adapt)
        return json.loads(out), dropped

    def test_becomes_one_that_the_model_has(self) -> None:
        body, dropped = self.edited("none", "minimal")
        assert (body["reasoning_effort"], dropped) == ("minimal", ("reasoning_effort",))

    def test_goes_where_the_model_has_none(self) -> None:
        body, dropped = self.edited("high", None)
        assert ("reasoning_effort" in body, dropped) == (False, ("reasoning_effort",))

    def test_stays_where_it_is_right_or_the_servers_own_word(self) -> None:
        assert self.edited("high", "high")[1] == ()
        assert self.edited("default", "low")[0]["reasoning_effort"] == "default"
