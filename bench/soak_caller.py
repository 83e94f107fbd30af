"""Callers for the soak: whole answers, streams, hang-ups and mistakes, in turn, over connections that are kept."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from itertools import count
from typing import Final

Mistake = tuple[str, str]
"""A model and a key, of which one is not right."""

_HANG_UP_SECONDS: Final = 0.02
"""After which a caller who gets no answer goes away."""

_READ_BYTES: Final = 1 << 20


class SoakCaller:
    """Makes ``calls`` calls over ``connections`` connections. ``done`` counts how they ended."""

    def __init__(self, port: int, key: str, calls: int, connections: int) -> None:
        self._port = port
        self._key = key
        self._calls = calls
        self._connections = connections
        self._numbers = count()
        self.done: Counter[str] = Counter()

    @property
    def made(self) -> int:
        """Calls that have ended."""
        return self.done.total()

    async def run(self) -> None:
        """Make them all."""
        async with asyncio.TaskGroup() as group:
            for _ in range(self._connections):
                group.create_task(self._call_on())

    async def _call_on(self) -> None:
        connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        while (number := next(self._numbers)) < self._calls:
            if connection is None:
                connection = await asyncio.open_connection("127.0.0.1", self._port, limit=_READ_BYTES)
            reader, writer = connection
            kind, data = self._write(number)
            writer.write(data)
            if kind == "hung up":
                try:
                    async with asyncio.timeout(_HANG_UP_SECONDS):
                        await reader.readuntil(b"\n\n")
                except (TimeoutError, asyncio.IncompleteReadError):
                    pass
                keep = False
            else:
                status, keep = await _read(reader)
                kind = f"{kind} {status}"
            self.done[kind] += 1
            if not keep:
                writer.close()
                connection = None
        if connection is not None:
            connection[1].close()

    def _write(self, number: int) -> tuple[str, bytes]:
        """The request, whose user and name nobody had before, so that whatever is kept of either shows."""
        turn, round_ = number % 10, number // 10 % 4
        model, key, path = "openai", self._key, "/v1/chat/completions"
        streams, kind = turn in (5, 6, 8), "whole"
        if turn in (5, 6):
            kind = "streamed"
        elif turn == 7:
            model, streams = "anthropic", round_ % 2 == 0
            kind = "translated"
        elif turn == 8 or (turn == 9 and round_ == 0):
            model, kind = "hang", "hung up"
        elif turn == 9:
            kind = "mistaken"
            if round_ == 1:
                model = f"no-such-model-{number}"
            elif round_ == 2:
                key = f"tl-no-such-key-{number:032d}"
            else:
                model = "fail"
        content = f"Hello, who are you, and what can you do for me today? This is call {number}."
        fields = {"model": model, "user": f"user-{number}", "messages": [{"role": "user", "content": content}]}
        body = json.dumps({**fields, "stream": True} if streams else fields).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {key}\r\nx-request-id: soak-{number}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        return kind, head.encode() + body


async def _read(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """The status, and whether the connection serves again."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    found = head.find(b"content-length:")
    if found >= 0:
        await reader.readexactly(int(head[found + 15 :].split(b"\r\n", 1)[0]))
    else:
        await reader.readuntil(b"0\r\n\r\n")
    return int(head[9:12]), b"connection: close" not in head
