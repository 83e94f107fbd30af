"""A request that passes has ids that the vendor takes, and is not touched where all are right."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from trunkline.dialects.anthropic_messages.passing_ids import fit_ids, has_odd_ids
from trunkline.dialects.history_ids import PLAIN_ID


def fit(*messages: Any) -> list[Any]:
    return msgspec.json.decode(fit_ids(msgspec.Raw(msgspec.json.encode(messages)), PLAIN_ID))


def round_of(*identities: str) -> tuple[Any, Any]:
    calls = [{"type": "tool_use", "id": one, "name": "look", "input": {"id": one}} for one in identities]
    results = [{"type": "tool_result", "tool_use_id": one, "content": "fine"} for one in identities]
    return {"role": "assistant", "content": [{"type": "text", "text": "a"}, *calls]}, {
        "role": "user",
        "content": results,
    }


def ids(messages: list[Any]) -> list[str]:
    blocks = [block for message in messages for block in message["content"]]
    return [block.get("id") or block["tool_use_id"] for block in blocks if block["type"] != "text"]


@pytest.mark.parametrize(
    "raw",
    [
        b'[ {"role":"user", "content":[{"type":"tool_result","tool_use_id" : "toolu_1"}]} ]',
        b'[{"role":"user","content":"\\"tool_use_id\\": \\"a.b\\""}]',
        b'[{"role":"user","content":[{"type":"tool_result","tool_use_id":"a.b"},7]}]',
        b'{"tool_use_id":"a.b"}',
    ],
)
def test_what_is_right_or_none_of_the_wires_form_stays_as_it_is(raw: bytes):
    assert bytes(fit_ids(msgspec.Raw(raw), PLAIN_ID)) == raw


@pytest.mark.parametrize(
    ("body", "odd"),
    [
        (b'[{"tool_use_id" : "toolu_1"},{"tool_use_id":"toolu_2"}]', False),
        (b'[{"tool_use_id":"toolu_1"},{"tool_use_id":"toolu_1"}]', True),
        (b'[{"tool_use_id":"functions.look:0"}]', True),
        (b'[{"role":"user","content":"hi"}]', False),
    ],
)
def test_what_is_right_is_not_read(body: bytes, odd: bool):
    assert has_odd_ids(body, PLAIN_ID) is odd


def test_a_repeated_id_becomes_another_call_and_result_alike():
    assert ids(fit(*round_of("call_0"), *round_of("call_0"))) == ["call_0", "call_0", "call_0_2", "call_0_2"]


def test_an_id_of_another_vendors_form_becomes_one_of_this():
    call, result = ids(fit(*round_of("functions.look:0")))
    assert call == result
    assert PLAIN_ID.fits(call)


def test_what_a_call_says_stays():
    call, _ = fit(*round_of("functions.look:0"))
    assert call["content"][0] == {"type": "text", "text": "a"}
    assert call["content"][1]["input"] == {"id": "functions.look:0"}


def test_a_text_beside_the_blocks_is_no_fault():
    asked = ({"role": "user", "content": "hi"}, *round_of("a"), *round_of("a"))
    assert fit(*asked)[0] == asked[0]
