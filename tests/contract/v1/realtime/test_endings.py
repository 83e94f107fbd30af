"""How sessions end, and that each response that was begun stands in the books, whoever has gone."""

from __future__ import annotations

import asyncio
import json
from typing import Any, cast

import msgspec
import pytest
from websockets.frames import Frame, Opcode

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY
from tests.contract.v1.realtime.talk import change_part, dial, hear, make_gateway, read_close, say
from tests.upstreams.realtime import Plan, Provider
from trunkline.faces.connection_limits import ConnectionLimits
from trunkline.gateway.realtime.session import LOOK_SECONDS


async def begin(session: Any) -> None:
    """Have a response under way."""
    await say(session, "response.create")
    await hear(session, "response.output_audio.delta")


async def write_on(writer: asyncio.StreamWriter, data: bytes) -> None:
    """Until nothing goes out any more."""
    async with asyncio.timeout(30):
        while True:
            writer.write(data)
            await writer.drain()


async def test_a_client_that_leaves_pays_what_was_used(bare: CallServer, provider: Provider) -> None:
    provider.plan = Plan(stalls=True)
    async with dial(bare) as session:
        await begin(session)
    event = bare.books.last()
    assert (event.outcome, event.usage.output, event.usage_estimated) == ("cancelled", 121, False)
    assert provider.events[-1]["type"] == "response.cancel"
    provider.wait(lambda: provider.closed == [1000])


async def test_what_nobody_tells_is_counted(bare: CallServer, provider: Provider) -> None:
    provider.plan = Plan(stalls=True, silent=True)
    async with dial(bare) as session:
        await begin(session)
        session.transport.abort()
    event = bare.books.last()
    assert (event.outcome, event.usage_estimated) == ("cancelled", True)
    # 4,800 bytes are 100 ms of sound, or two tokens; the transcript has 11 characters.
    assert event.usage.audio_output == 2
    assert event.usage.output > 2


async def test_a_provider_that_breaks_off_is_told_and_written_down(bare: CallServer, provider: Provider) -> None:
    provider.plan = Plan(drops=True)
    async with dial(bare) as session:
        await begin(session)
        code, reason = await read_close(session)
    assert (code, reason) == (1011, "The provider closed the connection.")
    event = bare.books.last()
    assert (event.outcome, event.error, event.usage_estimated) == ("error", "unreachable", True)


async def test_a_message_over_a_megabyte_ends_the_session(bare: CallServer, provider: Provider) -> None:
    async with dial(bare) as session:
        await say(session, "input_audio_buffer.append", audio="A" * (1 << 20))
        code, reason = await read_close(session)
    assert code == 1009
    assert reason is not None
    assert "1048576" in reason
    provider.wait(lambda: provider.closed == [1000])


async def test_binary_messages_are_refused(bare: CallServer) -> None:
    async with dial(bare) as session:
        await session.send(b"\x00")
        assert await read_close(session) == (1003, "Messages here are text.")


async def test_a_key_that_is_revoked_ends_its_session(bare: CallServer, provider: Provider) -> None:
    provider.plan = Plan(stalls=True)
    async with dial(bare) as session:
        await begin(session)
        bare.holder.current = msgspec.structs.replace(bare.holder.current, keys={})
        code, reason = await read_close(session)
    # The client is told before the provider is asked what was used: within a second, whatever that does.
    assert LOOK_SECONDS <= 0.5
    assert code == 1008
    assert reason is not None
    assert reason.startswith("This API key is not known here")
    assert bare.books.last().usage.output == 121
    provider.wait(lambda: provider.closed == [1000])


@pytest.mark.parametrize("change", ["removed", "changed"])
async def test_a_session_ends_with_its_configuration(bare: CallServer, change: str) -> None:
    async with dial(bare) as session:
        await hear(session, "session.created")
        part = bare.holder.current.parts["w-1"]
        entry = msgspec.structs.replace(part.configurations["id-voice"], revision=7)
        change_part(bare, configurations={} if change == "removed" else {"id-voice": entry})
        code, _ = await read_close(session)
    assert code == (1008 if change == "removed" else 1012)


async def test_a_change_of_something_else_leaves_it_alone(bare: CallServer) -> None:
    async with dial(bare) as session:
        await hear(session, "session.created")
        change_part(bare, revision=2)
        await say(session, "response.create")
        await hear(session, "response.done")


async def test_a_client_that_never_reads_is_cut(provider: Provider) -> None:
    provider.plan = Plan(floods=900_000)
    limits = ConnectionLimits(reader_seconds=1.0)
    with make_gateway(provider, limits=limits).serve() as bare:
        reader, writer = await asyncio.open_connection("127.0.0.1", bare.port, limit=1_024)
        sock = writer.get_extra_info("socket")
        head = (
            f"GET /v1/realtime?model=voice HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\n"
            "Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        writer.write(head.encode())
        await reader.readuntil(b"\r\n\r\n")
        assert sock is not None
        # It asks for more and takes nothing.
        item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "x" * 900_000}]}
        event = json.dumps({"type": "conversation.item.create", "item": item}).encode()
        frame = Frame(Opcode.TEXT, event).serialize(mask=True)
        cast("asyncio.Transport", writer.transport).pause_reading()
        with pytest.raises(ConnectionError):
            await write_on(writer, frame)
        writer.transport.abort()
    provider.wait(lambda: bool(provider.closed))


async def test_a_server_that_stops_says_so_when_its_time_is_over(provider: Provider) -> None:
    provider.plan = Plan(stalls=True)
    with make_gateway(provider, drain_seconds=3).serve() as bare:
        async with dial(bare) as session:
            await begin(session)
            bare.stop()
            # In the time that it has a session goes on.
            await say(session, "response.cancel")
            await hear(session, "response.done")
            await begin(session)
            code, reason = await read_close(session)
    assert (code, reason) == (1001, "Trunkline is stopping. Connect again.")
    assert [event.outcome for event in bare.books.events] == ["cancelled", "error"]
