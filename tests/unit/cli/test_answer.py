"""One answer: read in any pieces, measured, and its cost looked up in the books."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.cli.fakes import Reply, Wire

from trunkline.cli.answer import Answer, Message, Question
from trunkline.core.errors import TrunklineError

STREAM = b"".join(
    b"data: %b\n\n" % document
    for document in (
        b'{"model":"m-1","choices":[{"delta":{"role":"assistant","content":""}}],"usage":null}',
        '{"model":"m-1","choices":[{"delta":{"content":"Grüß "}}]}'.encode(),
        b'{"model":"m-1","choices":[{"delta":{"content":"Gott."}}]}',
        b'{"model":"m-1","choices":[{"delta":{},"finish_reason":"stop"}]}',
        b'{"model":"m-1","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":4,"total_tokens":9}}',
        b"[DONE]",
    )
)


def make_question(*answers: Reply) -> tuple[Wire, Question]:
    wire = Wire(list(answers))
    return wire, Question(wire.api(), "work", [Message("user", "Hi.")])


@given(st.lists(st.integers(0, len(STREAM)), max_size=8))
async def test_a_stream_is_read_however_it_is_cut(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(STREAM)]
    pieces = [STREAM[a:b] for a, b in pairwise(places) if a < b]
    wire, question = make_question(Reply(pieces=pieces))
    shown: list[str] = []
    await question.stream(shown.append)
    answer = question.answer
    assert "".join(shown) == answer.content == "Grüß Gott."
    assert (answer.model, answer.finish_reason) == ("m-1", "stop")
    assert (answer.input_tokens, answer.output_tokens) == (5, 4)
    assert answer.first_token_ms is not None
    sent = msgspec.json.decode(wire.requests[0].body)
    assert sent["stream"] is True
    assert sent["stream_options"] == {"include_usage": True}
    assert dict(wire.requests[0].headers)["x-request-id"] == answer.request_id


async def test_a_whole_answer_tells_its_cost_itself() -> None:
    document = (
        b'{"model":"m-1","choices":[{"message":{"content":"Hello."},"finish_reason":"stop"}],'
        b'"usage":{"prompt_tokens":5,"completion_tokens":2}}'
    )
    wire, question = make_question(Reply(pieces=[document], fields=[("x-trunkline-cost-usd", "0.0004")]))
    await question.ask()
    assert (question.answer.content, question.answer.cost_usd) == ("Hello.", 0.0004)
    assert "stream" not in msgspec.json.decode(wire.requests[0].body)


async def test_an_error_in_the_stream_keeps_what_came_before_it() -> None:
    pieces = [b'data: {"choices":[{"delta":{"content":"Half"}}]}\n\ndata: {"error":{"message":"It broke."}}\n\n']
    reply = Reply(pieces=pieces)
    _, question = make_question(reply)
    with pytest.raises(TrunklineError, match=r"^It broke\.$"):
        await question.stream(lambda _: None)
    assert question.answer.content == "Half"
    assert reply.aborted


async def test_the_cost_of_a_stream_comes_from_the_books() -> None:
    wire, question = make_question()
    identity = question.answer.request_id
    wire.answers += [
        Reply(pieces=[b'{"events":[{"requestId":"other","costUSD":9}]}']),
        Reply(pieces=[b'{"events":[{"requestId":"%b","costUSD":0.002}]}' % identity.encode()]),
    ]
    await question.find_cost()
    assert question.answer.cost_usd == 0.002


async def test_a_key_that_may_only_call_learns_no_cost() -> None:
    _, question = make_question(Reply(403, [b'{"message":"No."}']))
    await question.find_cost()
    assert question.answer.cost_usd is None


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (
            Answer(first_token_ms=412, duration_ms=2_412, output_tokens=96, cost_usd=0.0004),
            "412 ms to first token · 48 tok/s · 96 tok · $0.00040",
        ),
        (Answer(duration_ms=1_000, output_tokens=96, cost_usd=0), "1,000 ms · 96 tok/s · 96 tok · $0"),
        (Answer(duration_ms=7), "7 ms"),
        (Answer(duration_ms=7, model="default"), "default · 7 ms"),
        (Answer(duration_ms=7, model="gpt-4o-mini"), "default (gpt-4o-mini) · 7 ms"),
    ],
)
def test_the_line_below_an_answer(answer: Answer, line: str) -> None:
    assert answer.describe("default") == line
