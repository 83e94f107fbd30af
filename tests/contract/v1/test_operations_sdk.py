"""The calls beside chat by the official ``openai`` SDK, through Trunkline to an independent imitation of OpenAI."""

from __future__ import annotations

import base64
import http.client
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import openai
import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY as GATEWAY_KEY
from tests.contract.v1.entries import configuration, seal
from tests.upstreams.aimock import KEY, Aimock
from trunkline.gateway.snapshot import ConfigurationEntry

pytestmark = pytest.mark.needs_node

SOUND = base64.b64decode("SUQzBAAAAAAAI1RTU0UAAAAPAAADTGF2ZjU4")
SPOKEN = "Good morning, Köln."
COST_OF_21_IN_9_OUT = 114_000
AGE = datetime(2026, 1, 1, tzinfo=UTC)


def lenient(entry: ConfigurationEntry, url: str) -> ConfigurationEntry:
    """aimock's services have no fixtures in files: told to be lenient, they answer with what is harmless."""
    header = seal(entry.name, "headers.x-aimock-strict", "false", url)
    return msgspec.structs.replace(entry, secrets=(*entry.secrets, header))


@pytest.fixture(scope="module")
def bare(mock: Aimock) -> Iterator[CallServer]:
    def to(name: str, provider: str, model: str) -> ConfigurationEntry:
        return configuration(name, provider, model=model, base_url=mock.url, api_key=KEY)

    configurations = [
        to("painter", "openai", "gpt-image-1"),
        to("speaker", "openai", "gpt-4o-mini-tts"),
        to("scribe", "openai", "gpt-4o-transcribe"),
        to("whisper", "openai", "whisper-1"),
        lenient(to("judge", "openai", "omni-moderation-latest"), mock.url),
        lenient(to("ranker", "cohere", "rerank-v3.5"), mock.url),
        to("claude", "anthropic", "claude-sonnet-4-20250514"),
        to("gemini", "gemini", "gemini-2.5-flash"),
        configuration("demo", "demo", model="demo-chat"),
    ]
    with CallServer(configurations).serve() as running:
        yield running


@pytest.fixture
def client(bare: CallServer) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{bare.url}/v1", api_key=GATEWAY_KEY, max_retries=0) as client:
        yield client


def sent(mock: Aimock, path: str) -> dict[str, Any]:
    """The last request of that path."""
    return next(entry for entry in reversed(mock.requests()) if entry["path"] == path)


def test_a_picture(client: openai.OpenAI, bare: CallServer, mock: Aimock) -> None:
    answer = client.images.with_raw_response.generate(model="painter", prompt="draw a red square", size="1024x1024")
    picture = (answer.parse().data or [])[0]
    assert (picture.b64_json, picture.revised_prompt) == ("iVBORw0KGgo=", "A red square, drawn.")
    event = bare.books.last(answer.headers["x-request-id"])
    assert (event.operation, event.outcome, event.model) == ("images", "ok", "gpt-image-1")
    assert event.usage.images == 1
    assert event.usage_estimated
    assert event.cost_nanos is None, "nobody said what it used"
    assert sent(mock, "/v1/images/generations")["body"]["model"] == "gpt-image-1"
    assert answer.headers["x-trunkline-configuration"] == "id-painter"


def test_a_picture_is_changed(client: openai.OpenAI, bare: CallServer, mock: Aimock) -> None:
    answer = client.images.with_raw_response.edit(
        model="painter", prompt="make it blue", image=[("a.png", b"\x89PNG\r\n\x1a\n\r\n--"), ("b.png", b"\x00\xff")]
    )
    data = answer.parse().data or []
    assert [picture.url or picture.b64_json for picture in data] == ["https://images.example/blue.png", "iVBORw0KGgo="]
    event = bare.books.last(answer.headers["x-request-id"])
    assert (event.operation, event.usage.images) == ("images", 2)
    assert sent(mock, "/v1/images/edits")["body"]["model"] == "gpt-image-1"


def test_a_refused_picture(client: openai.OpenAI, bare: CallServer) -> None:
    with pytest.raises(openai.PermissionDeniedError) as raised:
        client.images.generate(model="painter", prompt="draw what is forbidden")
    assert raised.value.response.json()["error"]["code"] == "moderation_blocked"
    event = bare.books.last(raised.value.response.headers["x-request-id"])
    assert (event.outcome, event.error, event.cost_nanos) == ("error", "moderated", 0)


def test_speech(client: openai.OpenAI, bare: CallServer, mock: Aimock) -> None:
    answer = client.audio.speech.with_raw_response.create(model="speaker", voice="alloy", input="read this aloud")
    assert answer.content == SOUND
    assert answer.headers["content-type"] == "audio/opus"
    event = bare.books.last(answer.headers["x-request-id"])
    assert (event.operation, event.outcome, event.usage.input) == ("speech", "ok", 3)
    assert event.usage_estimated
    assert event.cost_nanos is None, "characters are not what speech is billed by"
    assert sent(mock, "/v1/audio/speech")["body"]["model"] == "gpt-4o-mini-tts"


def test_speech_streamed(client: openai.OpenAI) -> None:
    with client.audio.speech.with_streaming_response.create(
        model="speaker", voice="alloy", input="read this aloud"
    ) as answer:
        assert b"".join(answer.iter_bytes(5)) == SOUND


def test_a_transcript(client: openai.OpenAI, bare: CallServer, mock: Aimock) -> None:
    answer = client.audio.transcriptions.with_raw_response.create(model="scribe", file=("a.wav", b"RIFF\r\n\x00\xff"))
    assert answer.parse().text == SPOKEN
    event = bare.books.last(answer.headers["x-request-id"])
    assert (event.operation, event.usage.input, event.usage.output) == ("transcriptions", 21, 9)
    assert event.usage.audio_input == 20
    assert not event.usage_estimated
    assert event.cost_nanos == COST_OF_21_IN_9_OUT
    assert sent(mock, "/v1/audio/transcriptions")["body"]["model"] == "gpt-4o-transcribe"


def test_a_verbose_transcript(client: openai.OpenAI, bare: CallServer) -> None:
    answer = client.audio.transcriptions.with_raw_response.create(
        model="whisper", file=("a.wav", b"RIFF"), response_format="verbose_json"
    )
    assert answer.parse().text == SPOKEN
    assert bare.books.last(answer.headers["x-request-id"]).cost_nanos is None


def test_a_transcript_streamed(client: openai.OpenAI, bare: CallServer) -> None:
    answer = client.audio.transcriptions.with_raw_response.create(model="scribe", file=("a.wav", b"RIFF"), stream=True)
    events = list(answer.parse())
    assert "".join(event.delta for event in events if event.type == "transcript.text.delta") == SPOKEN
    assert [event.text for event in events if event.type == "transcript.text.done"] == [SPOKEN]
    event = bare.books.last(answer.headers["x-request-id"])
    assert (event.streamed, event.usage.input, event.usage.output, event.cost_nanos) == (
        True, 21, 9, COST_OF_21_IN_9_OUT,
    )  # fmt: skip


def test_moderation(client: openai.OpenAI, bare: CallServer) -> None:
    answer = client.moderations.with_raw_response.create(model="judge", input=["a kind word", "another"])
    moderation = answer.parse()
    assert (moderation.model, moderation.results[0].flagged) == ("omni-moderation-latest", False)
    event = bare.books.last(answer.headers["x-request-id"])
    assert (event.operation, event.outcome, event.cost_nanos) == ("moderations", "ok", None)


def test_ranking(bare: CallServer, mock: Aimock) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", bare.port, timeout=10)
    asked = {"model": "ranker", "query": "what is a trunk line", "documents": ["a road", "a cable"], "top_n": 1}
    connection.request("POST", "/v1/rerank", json.dumps(asked), {"authorization": f"Bearer {GATEWAY_KEY}"})
    response = connection.getresponse()
    assert response.status == 200
    assert json.loads(response.read())["results"] == []
    event = bare.books.last(response.headers["x-request-id"])
    assert (event.operation, event.provider, event.model) == ("rerank", "cohere", "rerank-v3.5")
    assert sent(mock, "/v2/rerank")["response"]["status"] == 200


@pytest.mark.parametrize("model", ["claude", "gemini"])
def test_a_completion_by_chat(client: openai.OpenAI, bare: CallServer, model: str) -> None:
    answer = client.completions.with_raw_response.create(model=model, prompt="say hello", max_tokens=50)
    completion = answer.parse()
    assert completion.object == "text_completion"
    assert completion.choices[0].text == "Hello from the other side — 你好, \u2028 done."
    assert completion.choices[0].finish_reason == "stop"
    assert completion.usage is not None
    event = bare.books.last(answer.headers["x-request-id"])
    assert (event.operation, event.usage.input, event.usage.output) == ("completions", 21, 9)
    assert completion.usage.total_tokens == 30


@pytest.mark.parametrize("model", ["claude", "gemini", "demo"])
def test_a_completion_by_chat_streamed(client: openai.OpenAI, bare: CallServer, model: str) -> None:
    answer = client.completions.with_raw_response.create(
        model=model, prompt="say hello", stream=True, stream_options={"include_usage": True}
    )
    chunks = list(answer.parse())
    text = "".join(chunk.choices[0].text for chunk in chunks if chunk.choices)
    assert text == "Hello from the other side — 你好, \u2028 done." or model == "demo"
    assert text
    ends = [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices and chunk.choices[0].finish_reason]
    assert ends == ["stop"]
    assert len({(chunk.id, chunk.object) for chunk in chunks}) == 1
    told = [chunk.usage for chunk in chunks if chunk.usage is not None]
    event = bare.books.last(answer.headers["x-request-id"])
    assert [(usage.prompt_tokens, usage.completion_tokens) for usage in told] == [
        (event.usage.input, event.usage.output)
    ]


@pytest.mark.parametrize(
    ("call", "param"),
    [
        (lambda client: client.images.generate(model="claude", prompt="draw a red square"), "model"),
        (lambda client: client.images.edit(model="gemini", prompt="make it blue", image=b"1"), "model"),
        (lambda client: client.audio.speech.create(model="claude", voice="alloy", input="hello"), "model"),
        (lambda client: client.audio.transcriptions.create(model="demo", file=b"1"), "model"),
        (lambda client: client.moderations.create(model="claude", input="hello"), "model"),
        (lambda client: client.completions.create(model="claude", prompt="hello", echo=True), "echo"),
        (lambda client: client.completions.create(model="claude", prompt=[1, 2]), "prompt"),
    ],
)
def test_what_a_provider_does_not_offer(client: openai.OpenAI, bare: CallServer, call: Any, param: str) -> None:
    before = len(bare.books.opened)
    with pytest.raises(openai.BadRequestError) as raised:
        call(client)
    told = raised.value.response.json()["error"]
    assert (told["param"], told["code"], told["type"]) == (param, "unsupported", "invalid_request_error")
    assert param != "model" or "choose another model" in told["message"]
    assert len(bare.books.opened) == before, "a refused call was opened"


def test_an_unknown_model(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="Nearest"):
        client.images.generate(model="paynter", prompt="draw a red square")
