"""A provider that is silent in a stream, before it and in it: its client hears something, and every SDK bears it."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import Any

import anthropic
import openai
import pytest
from google import genai
from google.genai import types

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY, configuration, route
from tests.contract.v1.test_faults import DONE, USAGE, chunk
from tests.upstreams import scripted
from tests.upstreams.scripted import PAUSE, RESUME, Scripted, in_turn, stream, whole
from trunkline.faces.v1.heartbeat import Heartbeat

SECRET = "sk-secret-abcdefghijklmnop-7Qd"
ASKS: dict[str, tuple[str, dict[str, Any]]] = {
    "openai": ("/v1/chat/completions", {"stream": True, "messages": [{"role": "user", "content": "hi"}]}),
    "responses": ("/v1/responses", {"stream": True, "input": "hi"}),
    "anthropic": (
        "/v1/messages",
        {"stream": True, "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]},
    ),
    "gemini": ("/v1beta/models/up:streamGenerateContent?alt=sse", {"contents": [{"parts": [{"text": "hi"}]}]}),
    "array": ("/v1beta/models/up:streamGenerateContent", {"contents": [{"parts": [{"text": "hi"}]}]}),
    "ollama": ("/ollama/api/chat", {"messages": [{"role": "user", "content": "hi"}]}),
    "generate": ("/ollama/api/generate", {"prompt": "hi"}),
    "completions": ("/v1/completions", {"stream": True, "prompt": "hi"}),
}
PULSES = {
    "openai": b": ping\n\n",
    "responses": b": ping\n\n",
    "completions": b": ping\n\n",
    "anthropic": b'event: ping\ndata: {"type": "ping"}\n\n',
    "gemini": b"data: ",
    "array": b"\n",
    "ollama": b" ",
    "generate": b" ",
}
LINES = ("ollama", "generate")
HELLO, WORLD = chunk("Hello"), chunk(" world")
END = (chunk(finish="stop"), USAGE, DONE)
LEGACY = (
    b'data: {"id":"c","object":"text_completion","created":1,"model":"m","choices":[{"index":0,"text":"Hello"}]}\n\n'
)


@pytest.fixture(scope="module")
def upstream() -> Iterator[Scripted]:
    with scripted.start() as running:
        yield running


@pytest.fixture(scope="module")
def bare(upstream: Scripted) -> Iterator[CallServer]:
    entries = [
        configuration("up", "custom", model="m", base_url=upstream.url, api_key=SECRET, shared=True),
        configuration("also", "custom", model="m", base_url=upstream.url, api_key=SECRET, shared=True),
        configuration("google", "gemini", model="g", base_url=upstream.url, api_key=SECRET),
    ]
    with CallServer(entries, ping_seconds=0.05, routes=[route("both", "up", "also")]).serve() as running:
        yield running


class Listener:
    """One streamed call, read as it comes."""

    def __init__(self, bare: CallServer, wire: str, model: str = "up", **more: Any) -> None:
        path, body = ASKS[wire]
        self.connection = http.client.HTTPConnection("127.0.0.1", bare.port, timeout=20)
        text = json.dumps({"model": model, **body, **more})
        headers = {"authorization": f"Bearer {KEY}", "x-request-id": f"silence-{wire}"}
        self.connection.request("POST", path.replace("up", model), text, headers)
        self.answer = self.connection.getresponse()

    def until(self, text: bytes) -> bytes:
        """All that comes up to ``text``."""
        read = b""
        while text not in read:
            piece = self.answer.read1(65536)
            assert piece, read
            read += piece
        return read

    def rest(self) -> bytes:
        text = self.answer.read()
        self.connection.close()
        return text


def said(wire: str, text: bytes) -> str:
    """The words in a whole answer, however many pulses are in it."""
    if wire == "array":
        pieces = json.loads(text)
    elif wire in LINES:
        # As its clients read it, for whom each line is JSON.
        pieces = [json.loads(line) for line in text.decode().splitlines()]
    else:
        events = [line.removeprefix(b"data:") for line in text.split(b"\n") if line.startswith(b"data:")]
        pieces = [json.loads(event) for event in events if event.strip() != b"[DONE]"]
    match wire:
        case "openai":
            return "".join(choice["delta"].get("content") or "" for piece in pieces for choice in piece["choices"])
        case "ollama":
            return "".join(piece["message"]["content"] for piece in pieces)
        case "generate":
            return "".join(piece["response"] for piece in pieces)
        case "completions":
            return "".join(choice.get("text", "") for piece in pieces for choice in piece["choices"])
        case "responses":
            return "".join(piece["delta"] for piece in pieces if piece["type"] == "response.output_text.delta")
        case "anthropic":
            return "".join(piece["delta"].get("text", "") for piece in pieces if piece["type"] == "content_block_delta")
        case _:
            parts = (piece["candidates"][0].get("content", {}).get("parts", []) for piece in pieces)
            return "".join(part.get("text", "") for several in parts for part in several)


@pytest.mark.parametrize("wire", [wire for wire in ASKS if wire != "completions"])
def test_silence_in_the_middle(bare: CallServer, upstream: Scripted, wire: str) -> None:
    RESUME.clear()
    upstream.script = stream(HELLO, PAUSE, WORLD, *END)
    listener = Listener(bare, wire)
    assert listener.answer.headers["x-trunkline-configuration"]
    before = listener.until(b"Hello")
    heard = listener.until(PULSES[wire]) + listener.until(PULSES[wire][-1:])
    RESUME.set()
    text = before + heard + listener.rest()
    assert said(wire, text) == "Hello world"
    if wire == "openai":
        assert text.endswith(b"data: [DONE]\n\n"), "nothing follows the end"


@pytest.mark.parametrize("wire", ASKS)
def test_silence_before_the_first_byte(bare: CallServer, upstream: Scripted, wire: str) -> None:
    RESUME.clear()
    first = LEGACY if wire == "completions" else HELLO
    upstream.script = stream(PAUSE, first, *END)
    listener = Listener(bare, wire)
    assert listener.answer.status == 200
    kind = "application/json" if wire == "array" else "application/x-ndjson" if wire in LINES else "text/event-stream"
    assert listener.answer.headers["content-type"].startswith(kind)
    assert listener.answer.headers["x-accel-buffering"] == "no"
    assert listener.answer.headers["x-request-id"] == f"silence-{wire}"
    heard = listener.until(PULSES[wire])
    RESUME.set()
    assert said(wire, heard + listener.rest()) == "Hello"
    assert bare.books.last(f"silence-{wire}").outcome == "ok"


def late(script: scripted.Script) -> scripted.Script:
    """``script``, after the client has heard a pulse."""

    async def play(writer: Any) -> None:
        await stream(PAUSE)(scripted_nobody)
        await script(writer)

    return play


class _Nobody:
    """Takes what is written and drops it."""

    def write(self, data: bytes) -> None:
        pass

    async def drain(self) -> None:
        pass


scripted_nobody: Any = _Nobody()

NO_MODEL = whole(b'{"error": {"message": "The model m does not exist.", "code": "model_not_found"}}', status="404 X")


@pytest.mark.parametrize("wire", ASKS)
def test_an_error_after_the_beginning_is_told_in_the_stream(bare: CallServer, upstream: Scripted, wire: str) -> None:
    RESUME.clear()
    upstream.script = late(NO_MODEL)
    listener = Listener(bare, wire)
    assert listener.answer.status == 200
    heard = listener.until(PULSES[wire])
    RESUME.set()
    text = heard + listener.rest()
    if wire == "array":
        [told] = json.loads(text)
    elif wire in LINES:
        [line] = text.decode().splitlines()
        told = {"error": {"message": json.loads(line)["error"]}}
    else:
        events = [line.removeprefix(b"data:").strip() for line in text.split(b"\n") if line.startswith(b"data:")]
        [told] = [
            event for event in map(json.loads, filter(lambda each: each != b"[DONE]", events)) if "error" in event
        ]
    assert "does not exist" in told["error"]["message"]
    assert (wire in {"openai", "completions"}) == text.endswith(b"data: [DONE]\n\n")
    assert bare.books.last(f"silence-{wire}").outcome == "error"


def test_the_next_target_serves_also_after_the_beginning(bare: CallServer, upstream: Scripted) -> None:
    RESUME.clear()
    upstream.script = in_turn(late(NO_MODEL), stream(HELLO, *END))
    listener = Listener(bare, "openai", model="both")
    heard = listener.until(b": ping\n\n")
    RESUME.set()
    assert said("openai", heard + listener.rest()) == "Hello"
    assert [attempt.status for attempt in bare.books.last("silence-openai").attempts] == [404]


def test_who_hangs_up_in_the_silence_is_not_waited_for(bare: CallServer, upstream: Scripted) -> None:
    RESUME.clear()
    upstream.script = late(stream(HELLO, *END))
    upstream.hung_up.clear()
    listener = Listener(bare, "openai")
    listener.until(b": ping\n\n")
    listener.answer.close()
    listener.connection.close()
    assert upstream.hung_up.wait(10)
    RESUME.set()
    assert bare.books.last("silence-openai").outcome == "cancelled"


def test_no_sound_is_interrupted(bare: CallServer, upstream: Scripted) -> None:
    RESUME.clear()
    upstream.script = stream(b"abc", PAUSE, b"def", kind="audio/mpeg")
    connection = http.client.HTTPConnection("127.0.0.1", bare.port, timeout=20)
    body = json.dumps({"model": "up", "input": "hi", "voice": "alloy"})
    connection.request("POST", "/v1/audio/speech", body, {"authorization": f"Bearer {KEY}"})
    answer = connection.getresponse()
    assert answer.read(3) == b"abc"
    beside = Listener(bare, "openai")
    beside.connection.close()
    RESUME.set()
    assert answer.read() == b"def"
    connection.close()


@pytest.fixture
def _after_three_pulses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the provider go on when its client has heard some."""
    say = Heartbeat._say
    said = 0

    async def count(self: Heartbeat) -> None:
        nonlocal said
        await say(self)
        said += 1
        if said % 3 == 0:
            RESUME.set()

    monkeypatch.setattr(Heartbeat, "_say", count)


@pytest.mark.usefixtures("_after_three_pulses")
def test_openai_sdk(bare: CallServer, upstream: Scripted) -> None:
    _play(upstream)
    with openai.OpenAI(base_url=f"{bare.url}/v1", api_key=KEY, max_retries=0) as client:
        messages: Any = ASKS["openai"][1]["messages"]
        pieces = client.chat.completions.create(model="up", messages=messages, stream=True)
        assert "".join(piece.choices[0].delta.content or "" for piece in pieces if piece.choices) == "Hello world"
        _play(upstream)
        with client.responses.stream(model="up", input="hi") as events:
            assert events.get_final_response().output_text == "Hello world"


@pytest.mark.usefixtures("_after_three_pulses")
def test_anthropic_sdk(bare: CallServer, upstream: Scripted) -> None:
    _play(upstream)
    with anthropic.Anthropic(base_url=bare.url, api_key=KEY, max_retries=0) as client:
        messages: Any = ASKS["anthropic"][1]["messages"]
        with client.messages.stream(model="up", max_tokens=9, messages=messages) as events:
            assert events.get_final_text() == "Hello world"


@pytest.mark.usefixtures("_after_three_pulses")
@pytest.mark.parametrize("model", ["up", "google"])
def test_genai_sdk(bare: CallServer, upstream: Scripted, model: str) -> None:
    client = genai.Client(api_key=KEY, http_options=types.HttpOptions(base_url=bare.url))
    chat = client.chats.create(model=model)
    if model == "google":
        RESUME.clear()
        pieces = [_google("Hello"), _google(" world"), _google("", "STOP")]
        upstream.script = stream(PAUSE, pieces[0], PAUSE, *pieces[1:])
    else:
        _play(upstream)
    assert "".join(piece.text or "" for piece in chat.send_message_stream("hi")) == "Hello world"
    assert len(chat.get_history(curated=True)) >= 2, "the turn was valid"


def _google(text: str, finish: str | None = None) -> bytes:
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": [{"text": text}]}, "index": 0}
    if finish:
        candidate["finishReason"] = finish
    return b"data: " + json.dumps({"candidates": [candidate]}).encode() + b"\r\n\r\n"


def _play(upstream: Scripted) -> None:
    RESUME.clear()
    upstream.script = stream(PAUSE, HELLO, WORLD, *END)
