from __future__ import annotations

import pytest

from trunkline.core.chat import Choice, Text
from trunkline.core.chat_events import ChatEvent, End, Failure, Stop, TextDelta
from trunkline.core.errors import InvalidInput
from trunkline.gateway.exchanges.answer_schema import AnswerSchema, CheckedReader

AGE = AnswerSchema({"type": "object", "properties": {"age": {"type": "integer", "minimum": 18}}, "required": ["age"]})


class Script:
    """A reader that gives these events for any bytes."""

    def __init__(self, *events: ChatEvent) -> None:
        self._events = list(events)

    def feed(self, data: bytes) -> list[ChatEvent]:
        return self._events

    def close(self) -> list[ChatEvent]:
        return []


def test_an_answer_that_fits_has_no_fault() -> None:
    assert AGE.fault('{"age": 18}') is None


@pytest.mark.parametrize(("answer", "said"), [('{"age": 3}', "'minimum'"), ("{}", "'required'"), ("Hi!", "no JSON")])
def test_one_that_does_not_says_where(answer: str, said: str) -> None:
    assert said in (AGE.fault(answer) or "")


def test_one_that_was_cut_off_is_not_judged() -> None:
    assert AGE.choice_fault(Choice((Text('{"age'),), stop="length")) is None
    assert AGE.choice_fault(Choice((Text('{"age'),), stop="stop")) is not None


def test_a_callers_pattern_is_never_matched() -> None:
    assert AnswerSchema({"type": "string", "pattern": "(a+)+$"}).fault(f'"{"a" * 60}!"') is None


def test_a_reference_is_never_fetched() -> None:
    assert AnswerSchema({"$ref": "http://127.0.0.1:1/x"}).fault("{}") is None


def test_what_is_no_schema_is_refused() -> None:
    with pytest.raises(InvalidInput, match="response_format"):
        AnswerSchema({"type": 7})


def test_a_stream_ends_with_a_failure_where_it_does_not_fit() -> None:
    pieces = (TextDelta('{"age"'), TextDelta(": 3}"))
    events = CheckedReader(Script(*pieces, Stop("stop"), End()), AGE).feed(b"")
    assert events[:2] == list(pieces)
    assert len(events) == 3
    assert isinstance(events[2], Failure)
    assert events[2].kind == "malformed"


def test_a_stream_that_fits_is_as_it_was() -> None:
    events = [TextDelta('{"age": 30}'), Stop("stop"), End()]
    assert CheckedReader(Script(*events), AGE).feed(b"") == events
