"""Who gets the key that the Ollama port lends: programs of this machine, and no page in a browser of it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from trunkline.core.secret import Secret
from trunkline.faces.ollama_port import OllamaPort, is_loopback


class App:
    """What stands behind the port."""

    def __init__(self) -> None:
        self.seen: dict[str, Any] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.seen = dict(scope)


def ask(
    headers: dict[str, str], *, key: str | None = "tl-lent", client: str | None = "127.0.0.1", path: str = "/api/chat"
) -> tuple[App, list[Any]]:
    app, sent = App(), []

    async def receive() -> dict[str, Any]:
        raise AssertionError("nothing is read here")

    async def send(message: Any) -> None:
        sent.append(message)

    fields = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "path": path, "headers": fields, "client": (client, 5) if client else None}
    asyncio.run(OllamaPort(app, Secret(key) if key else None)(scope, receive, send))
    return app, sent


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "127.0.0.1:11434"},
        {"host": "localhost:11434"},
        {"host": "[::1]:11434"},
        {"host": "127.8.8.8"},
        {"host": "LOCALHOST", "origin": "http://localhost:3000", "sec-fetch-site": "same-site"},
        {"host": "localhost", "origin": "http://127.0.0.1"},
    ],
)
def test_programs_of_this_machine_get_the_key(headers: dict[str, str]) -> None:
    app, sent = ask(headers)
    assert sent == []
    assert app.seen is not None
    assert app.seen["path"] == "/ollama/api/chat"
    assert (b"authorization", b"Bearer tl-lent") in app.seen["headers"]


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        # A name that leads here since the page was loaded.
        ({"host": "evil.example:11434"}, "evil.example"),
        ({"host": "127.0.0.1.evil.example"}, "evil.example"),
        ({"host": "evil.example@localhost.evil.example"}, "evil.example"),
        ({"host": "10.0.0.1"}, "10.0.0.1"),
        ({"host": "[::1"}, "[::1"),
        ({}, "localhost"),
        # A page of another site, whose script sends what needs no question before.
        ({"host": "localhost", "origin": "https://evil.example"}, "Pages of other sites"),
        ({"host": "localhost", "origin": "null"}, "Pages of other sites"),
        ({"host": "localhost", "origin": "http://localhost.evil.example"}, "Pages of other sites"),
        ({"host": "localhost", "sec-fetch-site": "cross-site"}, "Pages of other sites"),
    ],
)
def test_others_are_told_why_not(headers: dict[str, str], words: str) -> None:
    app, sent = ask(headers)
    assert app.seen is None
    assert sent[0]["status"] == 403
    assert words in json.loads(sent[1]["body"])["error"]


@pytest.mark.parametrize("client", ["10.0.0.7", "::ffff:10.0.0.7", None])
def test_another_machine_is_lent_nothing(client: str | None) -> None:
    app, sent = ask({"host": "localhost"}, client=client)
    assert app.seen is None
    assert sent[0]["status"] == 403


@pytest.mark.parametrize("name", ["authorization", "x-api-key", "x-goog-api-key"])
def test_who_sends_a_key_is_served_by_that_alone(name: str) -> None:
    app, _ = ask({"host": "ai.example", "origin": "https://app.example", name: "Bearer tl-own"}, client="10.0.0.7")
    assert app.seen is not None
    assert "tl-lent" not in str(app.seen["headers"])


def test_without_a_key_to_lend_nothing_is_added() -> None:
    app, _ = ask({"host": "ai.example"}, key=None, client="10.0.0.7", path="/")
    assert app.seen is not None
    assert (app.seen["path"], app.seen["headers"]) == ("/ollama/", [(b"host", b"ai.example")])


@pytest.mark.parametrize("host", ["", "0.0.0.0", "128.0.0.1", "localhost.", "2130706433", "127.1"])
def test_what_is_not_surely_this_machine_is_not(host: str) -> None:
    assert not is_loopback(host)
