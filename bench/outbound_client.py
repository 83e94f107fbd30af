"""CPU per request of the outbound client, beside aiohttp's, against a server that does nothing.

The server is a raw asyncio protocol in a process of its own. Rounds of the clients are interleaved, so that what else
the machine does meets both alike; the figure is the CPU time (user and system) of the client's process, divided by its
requests. ``bare loop`` is the floor: the same bytes over an asyncio.Protocol that parses nothing.

    python bench/outbound_client.py [--requests 5000] [--rounds 7] [--concurrency 32]
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import statistics
import time
from collections.abc import Awaitable, Callable
from multiprocessing.connection import Connection
from typing import cast

import aiohttp  # noqa: TID251 - measured against
import uvloop

from trunkline.outbound import Client, Guard, LocalUpstreams, OutgoingRequest, Url

BODY = b'{"model":"m","messages":[{"role":"user","content":"' + b"x" * 400 + b'"}]}'
ANSWER_BODY = b'{"id":"1","choices":[{"message":{"content":"' + b"y" * 500 + b'"}}],"usage":{"prompt_tokens":9}}'
ANSWER = (
    b"HTTP/1.1 200 OK\r\ndate: Mon, 01 Jan 2024 00:00:00 GMT\r\ncontent-type: application/json\r\n"
    b"x-request-id: req_0123456789abcdef\r\nopenai-processing-ms: 321\r\nopenai-version: 2020-10-01\r\n"
    b"x-ratelimit-limit-requests: 10000\r\nx-ratelimit-remaining-requests: 9999\r\n"
    b"x-ratelimit-reset-requests: 6ms\r\nstrict-transport-security: max-age=31536000\r\n"
    b"x-content-type-options: nosniff\r\nserver: bench\r\ncf-ray: 0123456789abcdef-FRA\r\nalt-svc: h3=\r\n"
    b"content-length: %d\r\n\r\n%s" % (len(ANSWER_BODY), ANSWER_BODY)
)
HEADERS = (
    ("authorization", "Bearer sk-0123456789012345678901234567890123456789"),
    ("content-type", "application/json"),
    ("accept", "application/json"),
    ("user-agent", "bench/1"),
)
Round = Callable[[int], Awaitable[None]]


class Server(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.pending = b""

    def data_received(self, data: bytes) -> None:
        self.pending += data
        while self.pending.endswith(b'"}]}') or b'"}]}' in self.pending:
            self.pending = self.pending.partition(b'"}]}')[2]
            self.transport.write(ANSWER)


class Bare(asyncio.Protocol):
    """Writes a request that is ready and waits for as many bytes as the answer has."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.waiter: asyncio.Future[None] | None = None
        self.received = 0

    def data_received(self, data: bytes) -> None:
        self.received += len(data)
        if self.received >= len(ANSWER) and self.waiter is not None:
            self.received = 0
            self.waiter.set_result(None)


def serve(pipe: Connection) -> None:
    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    uvloop.run(run())


async def measure(port: int, requests: int, rounds: int, concurrency: int) -> dict[str, list[float]]:
    url = f"http://127.0.0.1:{port}/v1/chat/completions"
    loop = asyncio.get_running_loop()
    client = Client(Guard(LocalUpstreams(loopback=True)))
    parsed = Url.parse(url)
    bare: list[Bare] = [(await loop.create_connection(Bare, "127.0.0.1", port))[1] for _ in range(concurrency)]
    head = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n" % len(BODY)

    async def ours(count: int) -> None:
        for _ in range(count):
            response = await client.send(OutgoingRequest("POST", parsed, HEADERS, BODY))
            assert len(await response.read()) == len(ANSWER_BODY)

    async def floor(count: int) -> None:
        connection = bare.pop()
        for _ in range(count):
            connection.waiter = loop.create_future()
            connection.transport.write(head + BODY)
            await connection.waiter
        bare.append(connection)

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def theirs(count: int) -> None:
            for _ in range(count):
                async with session.post(url, data=BODY, headers=dict(HEADERS)) as response:
                    assert len(await response.read()) == len(ANSWER_BODY)

        contenders: dict[str, Round] = {"bare loop": floor, "trunkline": ours, "aiohttp": theirs}
        figures: dict[str, list[float]] = {name: [] for name in contenders}
        for number in range(rounds + 1):
            for name, contender in contenders.items():
                share = requests // concurrency
                started = time.process_time()
                await asyncio.gather(*(contender(share) for _ in range(concurrency)))
                spent = (time.process_time() - started) / (share * concurrency) * 1e6
                if number:  # the first round makes the connections
                    figures[name].append(spent)
    await client.close()
    for connection in bare:
        connection.transport.close()
    return figures


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--requests", type=int, default=5000, help="per client and round")
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--concurrency", type=int, default=32)
    chosen = arguments.parse_args()
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    process.start()
    port = cast("int", ours.recv())
    figures = uvloop.run(measure(port, chosen.requests, chosen.rounds, chosen.concurrency))
    process.terminate()
    floor = statistics.median(figures["bare loop"])
    print(f"{'client':<12} {'µs CPU per request':>20} {'above the bare loop':>20}")
    for name, values in figures.items():
        median = statistics.median(values)
        spread = f"{median:.1f} ({min(values):.1f} to {max(values):.1f})"
        print(f"{name:<12} {spread:>20} {median - floor:>20.1f}")


if __name__ == "__main__":
    main()
