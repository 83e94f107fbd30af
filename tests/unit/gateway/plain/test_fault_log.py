"""Faults of the short way, told once by place."""

from __future__ import annotations

import pytest

from trunkline.gateway.plain.fault_log import FaultLog


def fault(why: str) -> Exception:
    try:
        raise ValueError(why)
    except ValueError as error:
        return error


def test_a_place_is_told_once_with_the_call_that_met_it(caplog: pytest.LogCaptureFixture) -> None:
    log = FaultLog()
    log.report(fault("one"), "req-1")
    log.report(fault("two"), "req-2")
    log.report(KeyError("elsewhere"), "req-3")
    first, second = caplog.messages
    assert "req-1" in first
    assert "ValueError" in first
    assert "req-3" in second
    assert "KeyError" in second
