"""The client against servers that others wrote: what it says is understood, and what they say is."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import os
import shutil
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import hypercorn.asyncio
import hypercorn.config
import pytest
import uvicorn
from aiohttp import web  # noqa: TID251 - a server here

from trunkline.outbound import Client, ClosedEarly, OutgoingRequest, Timeouts, Url

BIG = bytes(range(256)) * 20_000
PIECES = [b"data: %d\n\n" % number for number in range(50)]


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


async def listening(port: int) -> None:
    while True:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(0.01)


async def application(scope: dict[str, Any], receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
    """The ASGI application that uvicorn and hypercorn serve."""
    if scope["type"] != "http":
        return
    body = b""
    while True:
        event = await receive()
        body += event.get("body", b"")
        if not event.get("more_body"):
            break

    async def start(status: int, *headers: tuple[bytes, bytes]) -> None:
        await send({"type": "http.response.start", "status": status, "headers": list(headers)})

    async def write(data: bytes, more: bool = False) -> None:
        await send({"type": "http.response.body", "body": data, "more_body": more})

    match scope["path"]:
        case "/echo":
            await start(200, (b"content-length", b"%d" % len(body)))
            await write(body)
        case "/pieces":
            await start(200, (b"content-type", b"text/event-stream"))
            for piece in PIECES:
                await write(piece, more=True)
            await write(b"")
        case "/gzip":
            coded = gzip.compress(BIG)
            await start(200, (b"content-encoding", b"gzip"), (b"content-length", b"%d" % len(coded)))
            await write(coded)
        case "/empty":
            await start(204)
            await write(b"")
        case "/cut":
            await start(200, (b"content-length", b"10"))
            await write(b"hello", more=True)
            raise ConnectionAbortedError
        case _:
            await start(404, (b"content-length", b"4"))
            await write(b"lost")


@asynccontextmanager
async def run_uvicorn() -> AsyncIterator[int]:
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(application, port=port, log_level="critical", lifespan="off", loop="none"))
    with contextlib.suppress(NotImplementedError):
        server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign] # signals belong to pytest
    task = asyncio.create_task(server.serve())
    await listening(port)
    yield port
    server.should_exit = True
    server.force_exit = True
    await task


@asynccontextmanager
async def run_hypercorn() -> AsyncIterator[int]:
    port = free_port()
    config = hypercorn.config.Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.errorlog = None
    config.graceful_timeout = 0.1
    stop = asyncio.Event()
    serve: Any = hypercorn.asyncio.serve
    task = asyncio.create_task(serve(application, config, shutdown_trigger=stop.wait))
    await listening(port)
    yield port
    stop.set()
    await task


@asynccontextmanager
async def run_aiohttp() -> AsyncIterator[int]:
    async def echo(request: web.Request) -> web.Response:
        return web.Response(body=await request.read())

    async def pieces(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.content_type = "text/event-stream"
        await response.prepare(request)
        for piece in PIECES:
            await response.write(piece)
        await response.write_eof()
        return response

    async def coded(_request: web.Request) -> web.Response:
        response = web.Response(body=BIG)
        response.enable_compression(web.ContentCoding.gzip)
        return response

    async def empty(_request: web.Request) -> web.Response:
        return web.Response(status=204)

    async def cut(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-length": "10"})
        await response.prepare(request)
        await response.write(b"hello")
        assert request.transport is not None
        request.transport.close()
        return response

    app = web.Application(client_max_size=2**30)
    app.router.add_route("*", "/echo", echo)
    for path, handler in {"/pieces": pieces, "/gzip": coded, "/empty": empty, "/cut": cut}.items():
        app.router.add_get(path, handler)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield port
    await runner.cleanup()


NGINX = """
daemon off; pid {root}/nginx.pid; error_log {root}/error.log; worker_processes 1; {user}
events {{ worker_connections 1024; }}
http {{
    access_log off; client_max_body_size 0; keepalive_requests 10000;
    client_body_temp_path {root}/body; proxy_temp_path {root}/proxy; fastcgi_temp_path {root}/fastcgi;
    uwsgi_temp_path {root}/uwsgi; scgi_temp_path {root}/scgi;
    types {{ text/event-stream sse; application/octet-stream bin; }}
    server {{
        listen 127.0.0.1:{port};
        root {root}/files;
        location = /gzip {{ gzip on; gzip_types application/octet-stream; gzip_min_length 1; try_files /big.bin =404; }}
        location = /empty {{ return 204; }}
        location / {{
            proxy_pass http://127.0.0.1:{behind}; proxy_http_version 1.1; proxy_buffering off;
            proxy_set_header Connection "";
        }}
    }}
}}
"""


@asynccontextmanager
async def run_nginx(root: Path) -> AsyncIterator[int]:
    binary = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if binary is None:
        pytest.skip("nginx is not installed; on Debian: apt-get install nginx")
    (root / "files").mkdir()
    (root / "files" / "big.bin").write_bytes(BIG)
    port = free_port()
    async with run_aiohttp() as behind:
        user = "user root;" if os.geteuid() == 0 else ""
        (root / "nginx.conf").write_text(NGINX.format(root=root, port=port, behind=behind, user=user))
        process = await asyncio.create_subprocess_exec(binary, "-p", str(root), "-c", str(root / "nginx.conf"))
        try:
            await listening(port)
            yield port
        finally:
            process.terminate()
            await process.wait()


@pytest.fixture(params=["uvicorn", "hypercorn", "aiohttp", "nginx"])
async def base(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Url]:
    run: dict[str, Callable[[], AbstractAsyncContextManager[int]]] = {
        "uvicorn": run_uvicorn,
        "hypercorn": run_hypercorn,
        "aiohttp": run_aiohttp,
        "nginx": lambda: run_nginx(tmp_path),
    }
    async with run[request.param]() as port:
        yield Url.parse(f"http://127.0.0.1:{port}")


async def test_bodies_of_all_sizes_come_back(client: Client, base: Url) -> None:
    for size in (0, 1, 1000, 65_536, 65_537, 3_000_000):
        body = (BIG * 2)[:size]
        headers = (("content-type", "application/octet-stream"),)
        response = await client.send(OutgoingRequest("POST", base.join("/echo"), headers, body))
        assert response.status == 200
        assert await response.read() == body


async def test_one_connection_serves_many_calls(client: Client, base: Url) -> None:
    made = 0
    for number in range(100):
        response = await client.send(OutgoingRequest("POST", base.join("/echo"), (), b"%d" % number))
        assert await response.read() == b"%d" % number
        made += response.timing.connect_ms is not None
    assert made == 1


async def test_many_calls_at_once_are_not_mixed_up(client: Client, base: Url) -> None:
    async def call(number: int) -> bool:
        response = await client.send(OutgoingRequest("POST", base.join("/echo"), (), b"%d" % number * 100))
        return await response.read() == b"%d" % number * 100

    assert all(await asyncio.gather(*(call(number) for number in range(60))))


async def test_streams_are_whole(client: Client, base: Url) -> None:
    for _ in range(3):
        response = await client.send(OutgoingRequest("GET", base.join("/pieces")))
        assert str(response.headers.get("content-type")).startswith("text/event-stream")
        assert await response.read() == b"".join(PIECES)


async def test_compressed_bodies_are_undone(client: Client, base: Url) -> None:
    response = await client.send(OutgoingRequest("GET", base.join("/gzip")))
    assert response.headers.get("content-encoding") == "gzip"
    assert await response.read() == BIG


async def test_empty_answers_and_head_leave_the_client_in_step(client: Client, base: Url) -> None:
    for method, path, status in (("GET", "/empty", 204), ("HEAD", "/pieces", 200), ("GET", "/none", 404)):
        response = await client.send(OutgoingRequest(method, base.join(path)))
        assert response.status == status or method == "HEAD"
        body = await response.read()
        assert (body == b"") == (path != "/none")
        response = await client.send(OutgoingRequest("POST", base.join("/echo"), (), b"in step"))
        assert await response.read() == b"in step"


async def test_a_body_that_breaks_off_is_an_error(client: Client, base: Url) -> None:
    response = await client.send(OutgoingRequest("GET", base.join("/cut")), Timeouts(between=5))
    with pytest.raises(ClosedEarly):
        await response.read()
