from __future__ import annotations

from trunkline.core.chat import ChatRequest, Message, Opaque, Text, ToolCall, ToolResult
from trunkline.providers.call_pairing import NO_RESULT, ORPHAN, SUPPLIED, pair_calls

HI = Message("user", (Text("hi"),))


def called(*ids: str) -> Message:
    return Message("assistant", tuple(ToolCall(one, "f") for one in ids))


def result(name: str, text: str = "ok") -> ToolResult:
    return ToolResult(name, (Text(text),))


def answered(*ids: str) -> Message:
    return Message("tool", tuple(map(result, ids)))


def pair(*messages: Message, **fields: object) -> tuple[tuple[Message, ...], tuple[str, ...]]:
    request, told = pair_calls(ChatRequest(model="m", messages=messages, **fields))
    return request.messages, told


def test_what_is_in_order_stays_the_same_object() -> None:
    request = ChatRequest(model="m", messages=(HI, called("a", "b"), answered("b"), answered("a"), HI))
    assert pair_calls(request) == (request, ())
    assert pair_calls(request)[0] is request


def test_an_id_that_repeats_is_answered_as_often() -> None:
    messages = (HI, called("a", "a"), answered("a", "a"), called("a"), answered("a"))
    assert pair(*messages) == (messages, ())


def test_what_somebody_says_before_the_result_comes_after_it() -> None:
    assert pair(HI, called("a"), HI, answered("a")) == ((HI, called("a"), answered("a"), HI), ())


def test_a_result_is_found_behind_later_turns() -> None:
    later = Message("assistant", (Text("so"),))
    assert pair(HI, called("a"), HI, later, answered("a")) == ((HI, called("a"), answered("a"), HI, later), ())


def test_a_result_that_came_too_early_is_found_too() -> None:
    assert pair(HI, answered("a"), called("a"), HI) == ((HI, called("a"), answered("a"), HI), ())


def test_a_call_without_a_result_gets_one_that_says_so() -> None:
    missing = ToolResult("b", (Text(NO_RESULT),), "f")
    messages, told = pair(HI, called("a", "b"), answered("a"), HI)
    assert messages == (HI, called("a", "b"), Message("tool", (result("a"), missing)), HI)
    assert told == (SUPPLIED,)
    assert pair(HI, called("b"))[0][-1] == Message("tool", (missing,))


def test_a_result_without_a_call_goes_and_is_told() -> None:
    assert pair(HI, answered("z"), HI) == ((HI, HI), (ORPHAN,))
    assert pair(HI, called("a"), answered("a", "a")) == ((HI, called("a"), answered("a")), (ORPHAN,))


def test_neighbouring_turns_that_call_become_one() -> None:
    messages, told = pair(HI, called("a"), called("b"), answered("a"), answered("b"))
    assert messages == (HI, called("a", "b"), answered("a", "b"))
    assert told == ()


def test_a_call_that_one_wire_alone_has_may_be_answered() -> None:
    own = Message("assistant", (Opaque("openai_chat", {"type": "custom", "id": "c"}),))
    messages = (HI, own, answered("c"), HI)
    assert pair(*messages) == (messages, ())
    assert pair(HI, own, HI, answered("c")) == ((HI, own, answered("c"), HI), ())


def test_what_its_vendor_keeps_is_not_judged() -> None:
    kept = {"openai_responses": {"previous_response_id": "resp_1"}}
    assert pair(answered("a"), extra=kept) == ((answered("a"),), ())
