"""Somebody who talks with a model and reads what comes, event by event."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2

from tests.contract.conversations.upstream import Exchange, Upstream
from tests.contract.live_server import LiveServer, eventually
from tests.contract.local_installation import Person


@dataclass
class Event:
    """One server-sent event. ``at`` is its id; ``id`` is how far the answer has come with it."""

    at: str
    id: int
    event: str
    data: dict[str, Any]


async def _parse(response: httpx2.Response) -> AsyncIterator[Event]:
    fields: dict[str, str] = {}
    async for line in response.aiter_lines():
        if line.startswith(":"):
            continue
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            at = fields["id"]
            yield Event(at, int(at.rpartition(":")[2]), fields["event"], json.loads(fields["data"]))
            fields = {}


@dataclass
class Reader:
    """A stream that is being read. ``seen`` are the events so far."""

    response: httpx2.Response
    events: AsyncIterator[Event]
    seen: list[Event] = field(default_factory=list)

    async def next(self) -> Event:
        """The next event."""
        async with asyncio.timeout(20):
            event = await anext(self.events)
        self.seen.append(event)
        return event

    async def until(self, text: str) -> None:
        """Read until this is all that was said."""
        while self.text != text:
            assert text.startswith(self.text), self.text
            await self.next()

    async def rest(self) -> list[Event]:
        """Everything to the end."""
        async with asyncio.timeout(20):
            async for event in self.events:
                self.seen.append(event)
        return self.seen

    @property
    def text(self) -> str:
        """What was said so far."""
        return said(self.seen)


def said(events: list[Event]) -> str:
    """The text in these events."""
    return "".join(event.data["text"] for event in events if event.event == "delta")


@dataclass
class Talk:
    """A conversation of the administrator with the test's provider."""

    live: LiveServer
    provider: Upstream
    admin: Person
    id: str

    @property
    def client(self) -> httpx2.AsyncClient:
        return self.admin.client

    @property
    def path(self) -> str:
        return f"/api/conversations/{self.id}"

    async def see(self, client: httpx2.AsyncClient | None = None) -> dict[str, Any]:
        """The conversation as it is now."""
        answer = await (client or self.client).get(self.path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def message(self, message_id: str) -> dict[str, Any]:
        """One of its messages."""
        answer = await self.client.get(f"{self.path}/messages/{message_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    @asynccontextmanager
    async def read(
        self, method: str, path: str, client: httpx2.AsyncClient | None = None, **rest: Any
    ) -> AsyncIterator[Reader]:
        """Ask for a stream and read it until the block ends, which is when the reader leaves."""
        async with (client or self.client).stream(method, self.path + path, **rest) as response:
            if response.status_code != 200:
                await response.aread()
            assert response.status_code == 200, response.text
            assert response.headers["content-type"].startswith("text/event-stream")
            yield Reader(response, _parse(response))

    @asynccontextmanager
    async def send(self, content: Any, **more: Any) -> AsyncIterator[tuple[Reader, Exchange]]:
        """Say something; gives the stream and the provider's side of it, which has said "…" to begin."""
        async with self._asked("/messages", {"content": content, **more}) as both:
            yield both

    @asynccontextmanager
    async def regenerate(self, **more: Any) -> AsyncIterator[tuple[Reader, Exchange]]:
        """Ask again; as :meth:`send`."""
        async with self._asked("/regenerate", more) as both:
            yield both

    @asynccontextmanager
    async def _asked(self, path: str, body: dict[str, Any]) -> AsyncIterator[tuple[Reader, Exchange]]:
        coming = asyncio.ensure_future(self.provider.next())
        asking = asyncio.ensure_future(self._begin(coming))
        try:
            async with self.read("POST", path, json=body) as reader:
                yield reader, await asking
        finally:
            coming.cancel()
            asking.cancel()

    @staticmethod
    async def _begin(coming: asyncio.Future[Exchange]) -> Exchange:
        exchange = await coming
        await exchange.say("…")
        return exchange

    async def exchange(self, content: Any, answer: str, **more: Any) -> dict[str, Any]:
        """Say something and get it answered whole; gives the answer."""
        async with self.send(content, **more) as (reader, exchange):
            await exchange.say(answer)
            await exchange.end()
            events = await reader.rest()
        assert events[-1].event == "done", events
        return await self.message(events[0].data["messageId"])

    async def usage_event(self, request_id: str) -> dict[str, Any]:
        """The usage event of a request; waits for it."""

        async def look() -> dict[str, Any] | None:
            found = (await self.client.get("/api/usage")).json()["events"]
            return next((event for event in found if event["requestId"] == request_id), None)

        return await eventually(look)


async def begin(live: LiveServer, provider: Upstream) -> Talk:
    """A configuration of the provider, and a conversation with it."""
    admin = await live.admin()
    body = {"name": "Fake", "provider": "custom", "model": "fake-1", "baseUrl": f"{provider.url}/v1", "apiKey": "sk-x"}
    made = await admin.client.post("/api/configurations", json=body)
    assert made.status_code == 201, made.text
    begun = await admin.client.post("/api/conversations", json={"model": "Fake"})
    assert begun.status_code == 201, begun.text
    return Talk(live, provider, admin, begun.json()["id"])
