"""Many calls at once against a server that misbehaves at random, some of them cancelled at random."""

from __future__ import annotations

import asyncio
import random

import pytest

from trunkline.outbound import (
    Client,
    ClosedEarly,
    Guard,
    Limits,
    LocalUpstreams,
    Origin,
    OutboundError,
    OutgoingRequest,
    TimedOut,
    Timeouts,
    Url,
)

CALLS = 1500
QUICK = Timeouts(connect=10, first_byte=10, between=10, total=30)


class Flaky:
    """Echoes the number in the path, in one of several framings, or breaks off somewhere."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.open = 0
        self.most = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        self.most = max(self.most, self.open)
        try:
            while True:
                request = await reader.readuntil(b"\r\n\r\n")
                body = request.split(b" ")[1] * self.random.choice((1, 50, 3000))
                match self.random.randrange(10):
                    case 0:
                        break
                    case 1:
                        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (len(body) + 1) + body)
                        break
                    case 2:
                        writer.write(b"HTTP/1.1 200 OK\r\n\r\n" + body)
                        break
                    case 3:
                        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
                        break
                    case 4:
                        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body + b"extra")
                    case 5 | 6:
                        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                        for start in range(0, len(body), 500):
                            piece = body[start : start + 500]
                            writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                            if self.random.random() < 0.2:
                                await asyncio.sleep(0)
                        writer.write(b"0\r\n\r\n")
                    case _:
                        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.open -= 1
            writer.close()


@pytest.mark.parametrize("seed", range(3))
async def test_no_answer_is_mixed_up_short_or_lost_and_no_connection_leaks(seed: int) -> None:
    flaky = Flaky(seed)
    server = await asyncio.start_server(flaky.serve, "127.0.0.1", 0)
    origin = Origin("http", "127.0.0.1", server.sockets[0].getsockname()[1])
    client = Client(Guard(LocalUpstreams(loopback=True)), limits=Limits(per_origin=10, buffer_bytes=4096))
    chance = random.Random(seed)
    outcomes: dict[str, int] = {}

    async def call(number: int) -> str:
        path = f"/{number}/".encode()
        try:
            response = await client.send(OutgoingRequest("GET", Url(origin, path.decode())), QUICK)
            if chance.random() < 0.1:
                response.abort()
                return "abandoned"
            body = await response.read()
        except ClosedEarly:
            return "closed"
        assert body in (path, path * 50, path * 3000)
        return "whole"

    tasks = [asyncio.create_task(call(number)) for number in range(CALLS)]
    while not all(task.done() for task in tasks):
        chance.choice(tasks).cancel()
        for _ in range(chance.randrange(40)):
            await asyncio.sleep(0)
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        name = result if isinstance(result, str) else type(result).__name__
        outcomes[name] = outcomes.get(name, 0) + 1
    assert set(outcomes) <= {"whole", "closed", "abandoned", "CancelledError"}, outcomes
    assert min(outcomes.get(name, 0) for name in ("whole", "closed")) > CALLS // 50, outcomes
    # All slots are free again: as many calls as there are slots go through at once.
    for _ in range(20):
        late = await asyncio.gather(*(call(number) for number in range(10)))
        assert set(late) <= {"whole", "closed", "abandoned"}
    await client.close()
    while flaky.open:
        await asyncio.sleep(0.001)
    server.close()


async def test_three_hundred_silent_upstreams_all_time_out(client: Client) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0, backlog=1024)
    url = Url.parse(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    calls = (client.send(OutgoingRequest("GET", url), Timeouts(connect=30, first_byte=0.1)) for _ in range(300))
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(result, TimedOut) and result.phase == "first_byte" for result in results)
    assert all(isinstance(result, OutboundError) for result in results)
    server.close()
