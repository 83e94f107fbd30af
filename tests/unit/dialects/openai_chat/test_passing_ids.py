"""A request that passes has ids that its provider takes, and is not touched where all are right."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from trunkline.dialects.history_ids import ANY_ID, NINE_LETTERS, SHORT_ID, IdForm
from trunkline.dialects.openai_chat.passing_ids import fit_ids, has_odd_ids

LONG = "fc_0f0e50a1476a6c35006912c58dc9f8819192c25864eb16f07f"


def fit(form: IdForm, *messages: Any) -> list[Any]:
    return msgspec.json.decode(fit_ids(msgspec.Raw(msgspec.json.encode(messages)), form))


def call(*ids: str) -> Any:
    wires = [{"id": one, "type": "function", "function": {"name": "look", "arguments": "{}"}} for one in ids]
    return {"role": "assistant", "content": None, "tool_calls": wires}


def result(identity: str) -> Any:
    return {"role": "tool", "tool_call_id": identity, "content": "fine"}


def ids(messages: list[Any]) -> list[str]:
    out: list[str] = []
    for message in messages:
        out += [wire["id"] for wire in message.get("tool_calls") or ()]
        out += [message["tool_call_id"]] if "tool_call_id" in message else []
    return out


@pytest.mark.parametrize(
    "raw",
    [
        b'[ {"role": "assistant", "tool_calls": [{"id" :"abcdefghi"}]}, {"role":"tool","tool_call_id" : "abcdefghi"} ]',
        b'[{"role":"user","content":"what is a \\"tool_call_id\\": \\"x\\"?"}]',
        b'{"tool_call_id":"no list"}',
        b'[{"role":"tool","tool_call_id":7}]',
        b'[{"role":"assistant","tool_calls":[7]},{"role":"tool","tool_call_id":"bad"}]',
    ],
)
def test_what_is_right_or_none_of_the_wires_form_stays_as_it_is(raw: bytes):
    assert bytes(fit_ids(msgspec.Raw(raw), NINE_LETTERS)) == raw


@pytest.mark.parametrize(
    ("body", "odd"),
    [
        (b'{"messages":[{"role":"tool","tool_call_id" : "abcdefghi"}]}', False),
        (b'{"messages":[{"role":"tool","tool_call_id":"call_1"}]}', True),
        (b'{"messages":[{"tool_call_id":"abcdefghi"},{"tool_call_id":"abcdefghi"}]}', True),
        (b'{"messages":[{"role":"user","content":"hi"}]}', False),
    ],
)
def test_what_is_right_is_not_read(body: bytes, odd: bool):
    assert has_odd_ids(body, NINE_LETTERS) is odd


def test_ids_take_the_form_call_and_result_alike():
    first, second, first_result, second_result = ids(
        fit(NINE_LETTERS, call("call_1", LONG), *map(result, ("call_1", LONG)))
    )
    assert (first, second) == (first_result, second_result)
    assert NINE_LETTERS.fits(first)
    assert NINE_LETTERS.fits(second)
    assert first != second


def test_a_long_id_is_shortened():
    assert all(len(one) <= 40 for one in ids(fit(SHORT_ID, call(LONG), result(LONG))))


def test_a_repeated_id_becomes_another():
    round_ = (call("call_0"), result("call_0"))
    assert ids(fit(ANY_ID, *round_, *round_)) == ["call_0", "call_0", "call_0_2", "call_0_2"]


def test_the_rest_of_a_message_stays():
    message = {**call("call_1"), "reasoning_content": "hm"}
    changed, _ = fit(NINE_LETTERS, message, result("call_1"))
    changed["tool_calls"][0]["id"] = "call_1"
    assert changed == message
