"""Servers are replaced one by one by those of the next version, under load: no call fails, and none is lost."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.callers import calling, check_books, wait_for_more
from tests.e2e.server import Server, wait_for
from tests.e2e.test_proxies import find_program
from tests.faults.next_version import VERSION, make_next_version
from tests.upstreams.aimock import free_port

ASK: Any = {"model": "old", "messages": [{"role": "user", "content": "Say hello."}]}


@contextmanager
def round_robin(folder: Path, port: int, servers: list[Server]) -> Iterator[None]:
    """nginx before them, which asks the next one where nobody listens."""
    upstreams = " ".join(f"server 127.0.0.1:{server.port} max_fails=0;" for server in servers)
    settings = folder / "nginx.conf"
    settings.write_text(
        f"""
        daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;
        events {{ worker_connections 256; }}
        http {{
          access_log off;
          client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
          uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
          upstream trunkline {{ {upstreams} }}
          server {{
            listen 127.0.0.1:{port};
            location / {{ proxy_pass http://trunkline; proxy_buffering off; proxy_read_timeout 60s; }}
          }}
        }}
        """
    )
    command = [find_program("nginx"), "-c", str(settings), "-e", str(folder / "error.log")]
    process = subprocess.Popen(command, cwd=folder)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture
def servers(tmp_path: Path, postgres: Any) -> Iterator[list[Server]]:
    """Three places for servers, on one database."""
    places: list[Server] = []
    for number in range(3):
        folder = tmp_path / str(number)
        folder.mkdir()
        shared = {"TRUNKLINE_ROOT_KEY_FILE": str(tmp_path / "root.key"), "TRUNKLINE_DRAIN_SECONDS": "60"}
        places.append(Server(folder, TRUNKLINE_DATABASE_URL=postgres.make_migrated(), **shared))
    for place in places[1:]:
        place.settings["TRUNKLINE_DATABASE_URL"] = places[0].settings["TRUNKLINE_DATABASE_URL"]
    yield places
    for server in places:
        if server.process is not None and server.process.poll() is None:
            server.kill()


@pytest.mark.timeout(900)
def test_no_call_fails_while_servers_are_replaced(servers: list[Server], tmp_path: Path) -> None:
    folder = tmp_path / "nginx"
    folder.mkdir()
    path = make_next_version(tmp_path / "next")
    first, second, third = servers
    first.start()
    second.start()
    first.sign_in()
    front = Server(tmp_path)
    front.port = free_port()
    with round_robin(folder, front.port, servers), calling(front, first.make_key()) as callers:
        wait_for_more(callers, 20)
        # The next version comes beside the two, and migrates their database under them.
        third.settings["PYTHONPATH"] = path
        third.start()
        assert first.rows("SELECT version_num FROM alembic_version") == [(VERSION,)]
        wait_for_more(callers, 20)
        # What an old one writes, and what it says to its own clients, goes on.
        first.sign_in()
        assert (
            first.ask("POST", "/api/configurations", {"name": "old", "provider": "demo", "model": "demo-chat"})[0]
            == 201
        )
        old = first.make_key(name="old")
        for server in servers:
            wait_for(lambda server=server: server.ask("POST", "/v1/chat/completions", ASK, key=old)[0] == 200)
        for server in (first, second):
            assert server.stop() == 0
            server.settings["PYTHONPATH"] = path
            server.start()
            wait_for_more(callers, 20)
    failed = [name for caller in callers for name in caller.failed]
    assert failed == []
    assert check_books(third, callers) > 80


@pytest.mark.timeout(300)
def test_two_of_the_next_version_migrate_once(servers: list[Server], tmp_path: Path) -> None:
    first, second, third = servers
    first.start()
    for server in (second, third):
        server.settings["PYTHONPATH"] = make_next_version(tmp_path / f"next-{server.port}")
    with ThreadPoolExecutor(2) as starting:
        list(starting.map(Server.start, (second, third)))
    assert first.rows("SELECT id FROM notes") == [("migrated",)]
    first.stop()
    with pytest.raises(AssertionError, match="migrated by a newer version of Trunkline"):
        first.start()
