"""A gateway before a provider of realtime sessions, and what clients do with it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection, connect

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY, WORKSPACE, configuration
from tests.upstreams import realtime
from tests.upstreams.realtime import Provider


def make_gateway(provider: Provider, *more: Any, **options: Any) -> CallServer:
    """With the configuration ``voice`` and ``more`` of them."""
    voice = configuration(
        "voice", "openai", model="gpt-realtime", base_url=provider.url, api_key=realtime.KEY, shared=True
    )
    return CallServer([voice, *more], **options)


def dial(bare: CallServer, query: str = "?model=voice", key: str | None = KEY, **options: Any) -> connect:
    """A client that sends its key in a header, where there is one."""
    headers = {**({"authorization": f"Bearer {key}"} if key else {}), **options.pop("headers", {})}
    url = f"{bare.url.replace('http', 'ws')}/v1/realtime{query}"
    return connect(url, additional_headers=headers, compression=None, proxy=None, **options)


async def hear(socket: ClientConnection, kind: str) -> dict[str, Any]:
    """The next event of a kind; those before it are passed over, but for errors."""
    async with asyncio.timeout(20):
        while True:
            event = json.loads(await socket.recv())
            if event["type"] == kind:
                return event
            assert event["type"] != "error", event


async def hear_error(socket: ClientConnection) -> dict[str, Any]:
    """What the next error says; all before it is passed over."""
    async with asyncio.timeout(20):
        while True:
            event = json.loads(await socket.recv())
            if event["type"] == "error":
                return event["error"]


async def say(socket: ClientConnection, kind: str, **fields: Any) -> None:
    """Send an event."""
    await socket.send(json.dumps({"type": kind, **fields}))


async def say_text(socket: ClientConnection, text: str) -> None:
    """Send a text of the user's."""
    item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}
    await say(socket, "conversation.item.create", item=item)


async def read_close(socket: ClientConnection) -> tuple[int | None, str | None]:
    """Wait for the end; its code and reason."""
    async with asyncio.timeout(20):
        await socket.wait_closed()
    return socket.close_code, socket.close_reason


def change_part(bare: CallServer, **fields: Any) -> None:
    """Swap the snapshot for one in which the workspace is another."""
    snapshot = bare.holder.current
    part = msgspec.structs.replace(snapshot.parts[WORKSPACE], **fields)
    bare.holder.current = msgspec.structs.replace(snapshot, parts={WORKSPACE: part})
