"""Bodies that pass: peeking, editing, and reading what a whole answer says of itself."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from tests.strategies import chat

from trunkline.core.chat import ChatRequest, Reasoning, ReasoningOptions, Sampling, Usage
from trunkline.core.chat_events import Failure
from trunkline.core.errors import InvalidInput, Unsupported
from trunkline.core.terms import note_tier
from trunkline.dialects.anthropic_messages import DIALECT
from trunkline.dialects.anthropic_messages.passthrough import PASSTHROUGH, edit, peek, read_tap, write_failure
from trunkline.dialects.anthropic_messages.seal import Seal, write_seal
from trunkline.dialects.passthrough import Adapt, Changes

from .fixture import load, names

HI: dict[str, Any] = {"model": "m", "max_tokens": 9000, "messages": [{"role": "user", "content": "hi"}]}
THINKING = {"type": "enabled", "budget_tokens": 2048}
OTHERS = write_seal(Seal("c2ln", "openai-responses-v1", "rs_1"))


def edited(body: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return msgspec.json.decode(edit(msgspec.json.encode(body), Changes(**{"model": "claude", **changes}))[0])


def dropped(body: dict[str, Any], **changes: Any) -> tuple[str, ...]:
    return edit(msgspec.json.encode(body), Changes(**{"model": "claude", **changes}))[1]


def adapting(*lost: str, reasoning: ReasoningOptions | str | None = "same", **sampling: None) -> Adapt:
    """What a model wants otherwise: ``sampling`` fields left out, ``reasoning`` said in another form."""

    def adapt(request: ChatRequest) -> tuple[ChatRequest, tuple[str, ...]]:
        changed = msgspec.structs.replace(request, sampling=msgspec.structs.replace(request.sampling, **sampling))
        if not isinstance(reasoning, str):
            changed = msgspec.structs.replace(changed, reasoning=reasoning)
        return changed, lost

    return adapt


# Peeking


def test_peek() -> None:
    seen = peek(b'{"model":"m","stream":true,"max_tokens":7,"metadata":{"user_id":"u","x":1},"messages":[{"model":3}]}')
    assert (seen.model, seen.streams, seen.stream_usage, seen.user, seen.output_limit) == ("m", True, True, "u", 7)


def test_peek_takes_the_least() -> None:
    seen = peek(b'{"model":"m","stream":null,"metadata":null,"other":[1]}')
    assert (seen.streams, seen.user, seen.output_limit, seen.n) == (False, None, None, None)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", ""),
        (b"{", ""),
        (b"[]", ""),
        (b'{"model":"\xff"}', ""),
        (b'{"model":"m","x":' + b"[" * 100_000, ""),
        (b"{}", "model"),
        (b'{"model":""}', "model"),
        (b'{"model":5}', "model"),
        (b'{"model":"m","stream":"yes"}', "stream"),
        (b'{"model":"m","max_tokens":"x"}', "max_tokens"),
        (b'{"model":"m","metadata":{"user_id":1}}', "metadata.user_id"),
    ],
)
def test_peek_refuses(body: bytes, field: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        peek(body)
    assert [wrong.field for wrong in raised.value.fields] == [field]


# Editing


def test_what_stays_is_copied_as_bytes() -> None:
    body = b'{"big": 12345678901234567890123, "max_tokens": 5, "model":"a", "messages": [ {"x" : 1e2} ]}'
    changed, lost = edit(body, Changes(model="b"))
    assert changed == b'{"big":12345678901234567890123,"max_tokens":5,"model":"b","messages":[ {"x" : 1e2} ]}'
    assert lost == ()


@settings(max_examples=60, deadline=None)
@given(chat.json_objects)
def test_nothing_else_changes(body: dict[str, Any]) -> None:
    assert edited(body) == {"max_tokens": 4096, **body, "model": "claude"}


@pytest.mark.parametrize("name", names("requests"))
def test_edited_requests_read_the_same(name: str) -> None:
    body = load("requests", name)
    read = DIALECT.read_request(body)
    changed, lost = edit(body, Changes(model=read.model, adapt=adapting()))
    assert DIALECT.read_request(changed) == read
    assert lost == ()


def test_defaults_fill_what_is_absent_or_null() -> None:
    body = {**HI, "temperature": None, "top_p": 0.5}
    changed = edited(body, defaults={"temperature": 0.1, "top_p": 0.9, "top_k": 1, "max_tokens": 5})
    assert changed == {**HI, "model": "claude", "temperature": 0.1, "top_p": 0.5, "top_k": 1}


@pytest.mark.parametrize(
    ("given_", "defaults", "limit"),
    [
        ({"max_tokens": 7}, {"max_tokens": 9}, 7),
        ({}, {"max_tokens": 9}, 9),
        ({"max_tokens": None}, {}, 4096),
        ({}, {}, 4096),
        ({}, {"thinking": THINKING}, 4096 + 2048),
        ({"thinking": THINKING}, {}, 4096 + 2048),
    ],
)
def test_there_is_always_a_limit(given_: dict[str, Any], defaults: dict[str, Any], limit: int) -> None:
    body = {"model": "m", "messages": HI["messages"], **given_}
    assert edited(body, defaults=defaults)["max_tokens"] == limit


@pytest.mark.parametrize(
    "given_",
    [{"thinking": {"type": "disabled"}}, {"output_config": {"effort": "low"}}, {"thinking": {"type": "adaptive"}}],
)
def test_who_says_a_part_of_thinking_has_said_all(given_: dict[str, Any]) -> None:
    changed = edited({**HI, **given_}, defaults={"thinking": THINKING, "output_config": {"effort": "max"}})
    assert changed == {**HI, "model": "claude", **given_}


def test_a_default_effort_stands_beside_the_callers_format() -> None:
    config = {"format": {"type": "json_schema", "schema": {}}}
    changed = edited({**HI, "output_config": config}, defaults={"output_config": {"effort": "low"}})
    assert changed["output_config"] == {**config, "effort": "low"}


def test_a_default_budget_stays_below_the_callers_limit() -> None:
    changed, lost = edit(
        msgspec.json.encode({**HI, "max_tokens": 2000}), Changes(model="claude", defaults={"thinking": THINKING})
    )
    assert msgspec.json.decode(changed)["thinking"] == {"type": "enabled", "budget_tokens": 1999}
    assert lost == ("reasoning.budget_tokens>max_tokens",)
    with pytest.raises(Unsupported):
        edit(msgspec.json.encode({**HI, "max_tokens": 1000}), Changes(model="claude", defaults={"thinking": THINKING}))


def test_the_callers_own_budget_may_be_above_its_limit() -> None:
    # With interleaved thinking it may.
    body = {**HI, "max_tokens": 1000, "thinking": THINKING}
    assert edited(body, adapt=adapting()) == {**body, "model": "claude"}


@pytest.mark.parametrize(("said", "after"), [(9000, 1500), (5, 5), (None, 1500)])
def test_the_limit_of_output_is_cut(said: int | None, after: int) -> None:
    assert edited({**HI, "max_tokens": said}, output_limit=1500)["max_tokens"] == after


def test_a_budget_goes_with_the_limit_that_is_cut() -> None:
    changed = edited({**HI, "thinking": THINKING}, output_limit=1500)
    assert changed["thinking"] == {"type": "enabled", "budget_tokens": 1499}


@pytest.mark.parametrize(
    ("system", "after"),
    [
        (None, 'Be "kind"'),
        ("", 'Be "kind"'),
        ("Own.", [{"type": "text", "text": 'Be "kind"'}, {"type": "text", "text": "Own."}]),
        (
            [{"type": "text", "text": "Own.", "cache_control": {"type": "ephemeral"}}],
            [
                {"type": "text", "text": 'Be "kind"'},
                {"type": "text", "text": "Own.", "cache_control": {"type": "ephemeral"}},
            ],
        ),
        ([], [{"type": "text", "text": 'Be "kind"'}]),
    ],
)
def test_the_configurations_system_prompt_comes_first(system: object, after: object) -> None:
    assert edited({**HI, "system": system}, system_prompt='Be "kind"')["system"] == after


def test_the_callers_system_prompt_is_not_touched_without_one() -> None:
    body = b'{"max_tokens":1,"system": [ {"a" : 1} ],"model":"m"}'
    assert edit(body, Changes(model="m"))[0] == b'{"max_tokens":1,"system":[ {"a" : 1} ],"model":"m"}'


@pytest.mark.parametrize(
    ("body", "field"), [(b'{"system":5}', "system"), (b"[]", ""), (b"{", ""), (b"\xff", ""), (b"[" * 100_000, "")]
)
def test_edit_refuses(body: bytes, field: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        edit(body, Changes(model="claude", system_prompt="x"))
    assert raised.value.fields[0].field == field


# Fitting to the model


def test_what_the_model_does_not_take_is_left_out() -> None:
    body = {**HI, "temperature": 0.5, "top_p": 0.9, "top_k": 5}
    changed, lost = edit(
        msgspec.json.encode(body),
        Changes(model="claude", adapt=adapting("temperature", "top_k", temperature=None, top_k=None)),
    )
    assert msgspec.json.decode(changed) == {**HI, "model": "claude", "top_p": 0.9}
    assert lost == ("temperature", "top_k")


def test_the_model_is_told_to_who_adapts() -> None:
    seen: list[ChatRequest] = []

    def adapt(request: ChatRequest) -> tuple[ChatRequest, tuple[str, ...]]:
        seen.append(request)
        return request, ()

    edited({**HI, "temperature": 1, "thinking": THINKING}, adapt=adapt)
    edited(HI, adapt=adapt)
    (request,) = seen
    assert (request.model, request.sampling, request.reasoning) == (
        "claude",
        Sampling(temperature=1.0),
        ReasoningOptions(enabled=True, budget_tokens=2048),
    )


@pytest.mark.parametrize(
    ("reasoning", "after"),
    [
        (ReasoningOptions(enabled=True), {"thinking": {"type": "adaptive"}}),
        (ReasoningOptions(enabled=True, budget_tokens=4000), {"thinking": {"type": "enabled", "budget_tokens": 4000}}),
        (ReasoningOptions(effort="low"), {"output_config": {"effort": "low"}}),
        (None, {}),
    ],
)
def test_thinking_takes_the_models_form(reasoning: ReasoningOptions | None, after: dict[str, Any]) -> None:
    body = {**HI, "thinking": THINKING, "output_config": {"effort": "high"}}
    assert edited(body, adapt=adapting(reasoning=reasoning)) == {**HI, "model": "claude", **after}


def test_the_callers_format_outlives_the_effort() -> None:
    kept = {"format": {"type": "json_schema", "schema": {}}}
    body = {**HI, "output_config": {"effort": "high", **kept}}
    assert edited(body, adapt=adapting(reasoning=None))["output_config"] == kept


def test_a_small_top_p_gives_way_to_thinking() -> None:
    body = {**HI, "thinking": THINKING, "top_p": 0.5}
    assert "top_p" not in edited(body, adapt=adapting())
    assert dropped(body, adapt=adapting()) == ("top_p",)
    assert edited({**body, "thinking": {"type": "disabled"}}, adapt=adapting())["top_p"] == 0.5


@pytest.mark.parametrize(
    "odd", [{"thinking": {"type": "fancy"}}, {"output_config": {"effort": "x"}}, {"temperature": "x"}]
)
def test_what_is_unknown_here_is_for_the_vendor_to_judge(odd: dict[str, Any]) -> None:
    body = {**HI, "top_p": 0.5, **odd}
    assert edited(body, adapt=adapting("top_p", top_p=None)) == {**body, "model": "claude"}


# Thoughts of others


def turn(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"role": "assistant", "content": list(blocks)}


def thought(signature: str | None) -> dict[str, Any]:
    return {"type": "thinking", "thinking": "hm: so", "signature": signature}


TEXT = {"type": "text", "text": 'say "signature":"a:b:c" and thinking'}
IMAGE = {"type": "image", "source": {"type": "base64", "data": "iVBORw0KGgo=", "media_type": "image/png"}}


@pytest.mark.parametrize(
    "foreign",
    [
        thought(OTHERS),
        thought(""),
        thought(None),
        {"type": "redacted_thinking", "data": write_seal(Seal("x", "google-gemini-v1"))},
    ],
)
def test_thoughts_of_others_are_taken_out(foreign: dict[str, Any]) -> None:
    user = HI["messages"][0]
    own = [thought("c2ln"), {"type": "redacted_thinking", "data": "c2ln"}]
    body = {**HI, "thinking": THINKING, "messages": [user, turn(foreign, *own, TEXT), user, turn(foreign), user]}
    changed, lost = edit(msgspec.json.encode(body), Changes(model="claude"))
    assert msgspec.json.decode(changed)["messages"] == [user, turn(*own, TEXT), user, user]
    assert lost == ("reasoning",)


@pytest.mark.parametrize(
    "messages",
    [
        [turn(thought("c2ln"), TEXT)],
        [turn(TEXT), {"role": "user", "content": [IMAGE]}],
        [{"role": "user", "content": '"thinking" "thinking" "redacted_thinking" "data":"a:b"'}],
        [turn({"type": "tool_use", "id": "1", "name": "x", "input": {"signature": "a:b:c", "thinking": ""}})],
        [5, {"role": "assistant"}, turn({"type": 5, "signature": "a:b:c"}, {"thinking": 1})],
        "thinking",
    ],
)
def test_what_is_no_thought_of_others_stays(messages: object) -> None:
    body = msgspec.json.encode({**HI, "messages": messages})
    changed, lost = edit(body, Changes(model="m"))
    assert (changed, lost) == (body, ())


@settings(max_examples=40, deadline=None)
@given(chat.texts(), chat.names, chat.base64_data)
def test_every_seal_that_is_written_is_found(words: str, name: str, seal: str) -> None:
    block = {"type": "thinking", "thinking": words, "signature": write_seal(Seal(seal, name, "id"))}
    body = {**HI, "messages": [turn(block, TEXT)]}
    assert edited(body)["messages"] == [turn(TEXT)]
    (message,) = DIALECT.read_request(msgspec.json.encode(body)).messages
    assert message.parts[0] == Reasoning(words, signature=seal, id="id", format=name)


# Whole answers


@pytest.mark.parametrize("name", [name for name in names("responses") if "error" not in name])
def test_the_tap_counts_what_the_reader_counts(name: str) -> None:
    body = load("responses", name)
    tapped, whole = read_tap(body), DIALECT.read_response(body)
    assert (tapped.usage, tapped.model, tapped.stop, tapped.error) == (
        note_tier(whole.usage, whole.service_tier),
        whole.model,
        whole.choices[0].stop,
        None,
    )


def test_the_tap_of_an_answer() -> None:
    tapped = read_tap(b'{"type":"message","model":"m","content":[],"usage":{"input_tokens":2,"output_tokens":3}}')
    assert (tapped.usage, tapped.stop) == (Usage(input=2, output=3), "stop")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (load("responses", "error_in_200"), None),
        (b'{"type":"error","error":{"type":"overloaded_error","message":"x"}}', "overloaded"),
        (b'{"type":"error","content":[]}', "server"),
        (b"<html>", "malformed"),
        (b"{}", "malformed"),
        (b"[" * 100_000, "malformed"),
    ],
)
def test_the_tap_sees_errors(body: bytes, kind: str | None) -> None:
    tapped = read_tap(body)
    assert tapped.error is not None
    assert kind in (None, tapped.error.kind)


def test_a_failure_is_read_as_one() -> None:
    body = write_failure(Failure("It broke.", "overloaded", "x"))
    assert body == b'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"It broke."}}\n\n'


def test_beta_features_travel() -> None:
    assert "anthropic-beta" in PASSTHROUGH.forward
