from __future__ import annotations

from trunkline.core.chat import JsonObject
from trunkline.dialects.openai_chat.strict_turns import BRIDGE, bridge_turns, order_turns

HI: JsonObject = {"role": "user", "content": "hi"}
RULES: JsonObject = {"role": "system", "content": "Be brief."}
CALLED: JsonObject = {"role": "assistant", "content": None, "tool_calls": []}
RESULT: JsonObject = {"role": "tool", "tool_call_id": "a", "content": "ok"}


def test_what_is_in_order_stays() -> None:
    turns = [RULES, HI, CALLED, RESULT]
    assert order_turns(turns) == turns


def test_the_assistant_speaks_between_results_and_a_user() -> None:
    assert order_turns([HI, CALLED, RESULT, HI]) == [
        HI, CALLED, RESULT, {"role": "assistant", "content": BRIDGE}, HI,
    ]  # fmt: skip


def test_where_others_serve_the_model_that_is_all() -> None:
    half: JsonObject = {"role": "assistant", "content": "a"}
    assert bridge_turns([RULES, half]) == [RULES, half]
    assert bridge_turns([HI, CALLED, RESULT, RULES]) == [
        HI, CALLED, RESULT, {"role": "assistant", "content": BRIDGE}, RULES,
    ]  # fmt: skip


def test_instructions_alone_are_said_by_the_user() -> None:
    assert order_turns([RULES]) == [{**RULES, "role": "user"}]


def test_instructions_at_the_end_are_said_by_the_user() -> None:
    assert order_turns([HI, RULES]) == [HI, {**RULES, "role": "user"}]


def test_an_answer_at_the_end_is_one_to_go_on_from() -> None:
    half: JsonObject = {"role": "assistant", "content": "a"}
    assert order_turns([HI, half]) == [HI, {**half, "prefix": True}]
    assert order_turns([HI, half, HI]) == [HI, half, HI]
