"""What is written of a line that ended is read again as the same, in each vendor's form."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from trunkline.control.batches.result_line import ResultLine, Unmade, read_result, write_answer, write_unmade
from trunkline.gateway.batches.batch_line import BatchLine
from trunkline.gateway.batches.batch_record import Wire

WIRES: tuple[Wire, ...] = get_args(Wire)
LINE = BatchLine(number=3, custom_id="3", body=b"{}", metadata=b'{"key": "a"}')


@pytest.mark.parametrize("wire", WIRES)
def test_an_answer(wire: Wire) -> None:
    told = write_answer(wire, LINE, "r-1", 200, b'{"id": "x"}')
    found = read_result(wire, 3, told)
    assert found is not None
    assert (found.custom_id, found.outcome, json.loads(found.body)) == ("3", "succeeded", {"id": "x"})


@pytest.mark.parametrize("wire", WIRES)
def test_a_failure(wire: Wire) -> None:
    body = b'{"type": "error", "error": {"type": "overloaded", "status": "overloaded", "message": "no"}}'
    found = read_result(wire, 3, write_answer(wire, LINE, "r-1", 503, body))
    assert found is not None
    assert (found.custom_id, found.outcome, found.body) == ("3", "errored", b"")


@pytest.mark.parametrize("outcome", get_args(Unmade))
@pytest.mark.parametrize("wire", ["openai", "anthropic"])
def test_what_was_never_made(wire: Wire, outcome: Unmade) -> None:
    found = read_result(wire, 3, write_unmade(wire, LINE, outcome))
    assert isinstance(found, ResultLine)
    assert (found.custom_id, found.outcome) == ("3", outcome)


def test_gemini_tells_requests_apart_by_what_their_caller_has_written() -> None:
    told = json.loads(write_unmade("gemini", LINE, "cancelled"))
    assert told["metadata"] == {"key": "a"}
    assert told["error"]["status"] == "CANCELLED"


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("raw", [b"", b"nothing", b"[]", b'{"custom_id": 7}'])
def test_what_is_no_result_is_none(wire: Wire, raw: bytes) -> None:
    found = read_result(wire, 1, raw)
    assert found is None or found.outcome == "errored"


def test_a_result_of_gemini_has_the_key_of_its_request_where_that_came_in_a_file() -> None:
    line = BatchLine(number=3, custom_id="mine", body=b"{}", keyed=True)
    found = read_result("gemini", 8, write_answer("gemini", line, "r-1", 200, b"{}"))
    assert found == ResultLine("mine", "succeeded", 200, b"{}")
