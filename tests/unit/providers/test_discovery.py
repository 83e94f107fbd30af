from __future__ import annotations

import pytest

from trunkline.outbound import ConnectFailed, Origin
from trunkline.providers.discovery import LOCAL_TIMEOUTS, Discovered, discover, read_ollama_host

from .fakes import FakeTransport, reply

NOBODY = ConnectFailed("Nothing is listening.", origin=Origin("http", "127.0.0.1", 11434), stage="tcp")
KEY = "sk-proj-canary0123456789x7Qd"


async def test_nothing_is_found_where_nothing_is() -> None:
    assert await discover({}, FakeTransport(NOBODY)) == []


async def test_finds_keys_by_name_and_shows_only_their_mask() -> None:
    environ = {"OPENAI_API_KEY": KEY, "GEMINI_API_KEY": " ", "GOOGLE_API_KEY": "AIzaCanary0123456789abcd", "HOME": "/"}
    found = await discover(environ, FakeTransport(NOBODY))
    assert [(item.provider, item.env) for item in found] == [("openai", "OPENAI_API_KEY"), ("gemini", "GOOGLE_API_KEY")]
    assert found[0].key_hint == "sk-proj-…x7Qd"
    assert "anary" not in repr(found)


async def test_finds_an_ollama_with_its_models() -> None:
    transport = FakeTransport(reply({"models": [{"name": "llama3.2:latest"}, {"name": "qwen3"}]}))
    assert await discover({}, transport) == [
        Discovered(provider="ollama", base_url="http://127.0.0.1:11434", models=("llama3.2:latest", "qwen3"))
    ]
    assert transport.timeouts == [LOCAL_TIMEOUTS]
    assert max(LOCAL_TIMEOUTS.connect, LOCAL_TIMEOUTS.first_byte) <= 0.3


@pytest.mark.parametrize("answer", [reply(b"<html>"), reply({"error": "no"}, 500), reply({"other": 1}), reply([1])])
async def test_something_else_on_that_port_is_no_ollama(answer: object) -> None:
    assert await discover({}, FakeTransport(answer)) == []


async def test_a_broken_place_is_no_ollama() -> None:
    assert await discover({"OLLAMA_HOST": "http://user:pw@:::"}, FakeTransport()) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "http://127.0.0.1:11434"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("0.0.0.0:8080", "http://127.0.0.1:8080"),
        (":9000", "http://127.0.0.1:9000"),
        ("[::]:9000", "http://127.0.0.1:9000"),
        ("gpu.lan", "http://gpu.lan:11434"),
        ("gpu.lan:1234", "http://gpu.lan:1234"),
        ("https://gpu.lan", "https://gpu.lan:443"),
        ("http://gpu.lan:1234/", "http://gpu.lan:1234"),
        ('"10.0.0.5"', "http://10.0.0.5:11434"),
    ],
)
def test_reads_ollamas_own_variable(text: str, expected: str) -> None:
    assert read_ollama_host(text) == expected
