"""Server-sent events are lines that no content can break."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.faces.http import event_stream
from trunkline.faces.http.event_stream import SentEvent, send_events


@given(st.text(), st.none() | st.integers(0, 2**31))
def test_an_event_is_what_was_given_whatever_is_in_it(text: str, identity: int | None) -> None:
    sent = SentEvent("delta", {"text": text}, identity).encode().decode()
    # Python's idea of a line is the widest there is.
    lines = sent.splitlines()
    lead = [] if identity is None else [f"id: {identity}"]
    assert lines[:-2] == [*lead, "event: delta"]
    assert lines[-1] == ""
    assert json.loads(lines[-2].removeprefix("data: ")) == {"text": text}


async def test_comments_keep_a_quiet_stream_open_and_its_source_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "QUIET_SECONDS", 0.001)
    closed = False

    async def events() -> AsyncGenerator[SentEvent]:
        nonlocal closed
        try:
            while not quiet:
                yield SentEvent("tick", {}, 1)
                await wake()
        finally:
            closed = True

    quiet: list[bytes] = []

    async def wake() -> None:
        while not quiet:
            await asyncio.sleep(0)

    sent: list[bytes] = []
    async for piece in send_events(events()).body_iterator:
        assert isinstance(piece, bytes)
        sent.append(piece)
        if piece == event_stream.COMMENT:
            quiet.append(piece)
    assert sent[0] == b"id: 1\nevent: tick\ndata: {}\n\n"
    assert event_stream.COMMENT in sent
    assert closed
