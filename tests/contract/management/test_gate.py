"""What strangers send is not read."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import pytest

from tests.contract.local_installation import LocalInstallation


async def ask(installed: LocalInstallation, path: str, *headers: tuple[bytes, bytes]) -> int:
    """The status of a POST whose body never comes."""
    statuses: list[int] = []

    async def receive() -> MutableMapping[str, Any]:
        raise AssertionError("the body was asked for")

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "", "server": ("test", 80),
        "client": ("127.0.0.1", 9), "headers": [(b"host", b"test"), *headers],
    }  # fmt: skip
    await installed.app(scope, receive, send)
    return statuses[0]


@pytest.mark.parametrize("path", ["/api/keys", "/api/users", "/api/workspaces"])
@pytest.mark.parametrize("framing", [(b"content-length", b"100"), (b"transfer-encoding", b"chunked")])
@pytest.mark.parametrize("key", [None, b"Bearer tl-wrong", b"Basic eDp5"])
async def test_without_a_key_the_body_is_not_read(
    installed: LocalInstallation, path: str, framing: tuple[bytes, bytes], key: bytes | None
) -> None:
    credential = () if key is None else ((b"authorization", key),)
    assert await ask(installed, path, framing, *credential) == 401
