"""The line of a call."""

from __future__ import annotations

import json

import msgspec
import pytest
from tests.unit.gateway.test_metrics import event

from trunkline.core.chat import Usage
from trunkline.core.errors import NotFound
from trunkline.core.ids import id_bytes, new_id
from trunkline.gateway.call_log import CallLog
from trunkline.gateway.journal.template import PlainEnd


def test_it_has_what_a_reader_looks_for(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    CallLog().settled(event(usage=Usage(10, 4), cost_nanos=2_500_000, duration_us=1_234_567))
    (record,) = caplog.records
    line = json.loads(record.getMessage())
    assert line.items() >= {
        "event": "call", "request_id": "r", "model": "gpt-5", "outcome": "ok", "attempts": 1, "duration_ms": 1234,
        "input_tokens": 10, "output_tokens": 4, "cost_usd": 0.0025,
    }.items()  # fmt: skip


def test_a_plain_call_is_told_as_any_other(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    name = new_id()
    whole = event(usage=Usage(10, 4), cost_nanos=2_500_000, duration_us=1_234_567)
    whole = msgspec.structs.replace(whole, id=name)
    end = PlainEnd(1, whole.opened_at, "r", 1_234_567, Usage(10, 4), 2_500_000, None, (), None)
    CallLog().settled(whole)
    CallLog().settled_plainly(event(), id_bytes(name), end)
    told, plain = (json.loads(record.getMessage()) for record in caplog.records)
    assert plain == told


def test_an_answer_without_an_end_yet_has_none(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    CallLog().settled(event(part="look"))
    assert caplog.records == []


def test_a_refusal_is_told_by_its_code_alone(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    CallLog().refused(NotFound("There is no model 'words of a prompt'.", code="model_not_found"), "r-9")
    assert "model_not_found" in caplog.text
    assert "r-9" in caplog.text
    assert "prompt" not in caplog.text
