"""Runs of features while the provider is silent."""

from __future__ import annotations

import asyncio

import pytest

from tests.contract.features.conftest import FeatureWorkspace
from tests.contract.features.feature_run import read_events, usage
from tests.contract.features.openrouter import chunk, last
from tests.contract.live_server import eventually
from trunkline.faces.http import event_stream


@pytest.mark.parametrize("path", ["run", "test"])
async def test_a_stream_begins_also_while_the_provider_is_silent(
    team: FeatureWorkspace, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(event_stream, "QUIET_SECONDS", 0.02)
    await team.share()
    gate = asyncio.Event()
    team.openrouter.pieces = [gate, chunk({"content": "Late"}), chunk({}, "stop"), last()]
    client, body = (team.member, {"stream": True}) if path == "run" else (team.admin, {})
    async with client.stream("POST", f"/api/features/chat-assistant/{path}", json={"input": "hi", **body}) as got:
        assert got.status_code == 200
        assert got.headers["content-type"].startswith("text/event-stream")
        seen = ""
        async for text in got.aiter_text():
            seen += text
            if event_stream.COMMENT.decode() in seen:
                gate.set()
    assert [kind for _, kind, _ in read_events(seen)] == ["start", "delta", "done"]


async def test_what_fails_after_that_is_told_in_the_stream(
    team: FeatureWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_stream, "QUIET_SECONDS", 0.02)
    await team.share()
    gate = asyncio.Event()
    broken = {**chunk({"content": ""}, "error"), "error": {"code": "server_error", "message": "Provider disconnected"}}
    team.openrouter.pieces = [gate, broken]
    async with team.member.stream(
        "POST", "/api/features/chat-assistant/run", json={"input": "hi", "stream": True}
    ) as got:
        assert got.status_code == 200
        seen = ""
        async for text in got.aiter_text():
            seen += text
            if event_stream.COMMENT.decode() in seen:
                gate.set()
    events = read_events(seen)
    assert [kind for _, kind, _ in events] == ["error"]
    assert events[0][2]["code"] == "UNAVAILABLE"


async def test_who_leaves_in_the_silence_stops_openrouter(
    team: FeatureWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_stream, "QUIET_SECONDS", 0.02)
    await team.share()
    team.openrouter.pieces = [asyncio.Event()]
    async with team.member.stream(
        "POST", "/api/features/chat-assistant/run", json={"input": "hi", "stream": True}
    ) as got:
        async for text in got.aiter_text():
            if event_stream.COMMENT.decode() in text:
                break

    async def settled() -> bool:
        events = (await usage(team))["events"]
        return bool(events) and events[0]["outcome"] == "cancelled"

    await eventually(settled)
