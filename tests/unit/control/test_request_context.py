"""What is done for a request says for which: in the audit log, and in each line that is logged."""

from __future__ import annotations

import asyncio
import json

import pytest

from trunkline.control.request_context import current_request_context, request_context
from trunkline.logs import get_logger


async def test_lines_that_are_logged_for_a_request_have_its_id(caplog: pytest.LogCaptureFixture) -> None:
    async def work() -> None:
        get_logger("somewhere").warning("something_failed", reason="full")

    with request_context("r-1", "10.0.0.1"):
        assert current_request_context().request_id == "r-1"
        await asyncio.create_task(work())
    await work()
    within, without = (json.loads(record.getMessage()) for record in caplog.records)
    assert within == {"request_id": "r-1", "reason": "full", "event": "something_failed"}
    assert without == {"reason": "full", "event": "something_failed"}
    assert current_request_context().request_id is None
