"""The calls beside chat to the byte: what passes, what is translated, what the books say, and what goes wrong."""

from __future__ import annotations

import base64
import http.client
import json
import logging
from collections.abc import Iterator
from typing import Any

import openai
import pytest

from tests.contract.v1.call_server import LIMIT, CallServer
from tests.contract.v1.entries import KEY, configuration
from tests.upstreams import scripted
from tests.upstreams.scripted import PAUSE, RESUME, Scripted, in_turn, silence, stream, whole
from trunkline.core.errors import Unavailable
from trunkline.outbound import Timeouts

SECRET = "sk-secret-abcdefghijklmnop-7Qd"
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()


@pytest.fixture(scope="module")
def upstream() -> Iterator[Scripted]:
    with scripted.start() as running:
        yield running


@pytest.fixture(scope="module")
def bare(upstream: Scripted) -> Iterator[CallServer]:
    def to(name: str, provider: str, **fields: Any):
        return configuration(name, provider, base_url=upstream.url, api_key=SECRET, **fields)

    configurations = [
        to("up", "openai", model="m", parameters={"temperature": 0.3, "maxTokens": 7, "systemPrompt": "Be brief."}),
        to("unpriced", "openai", model="unpriced"),
        to("router", "openrouter", model="google/gemini-2.5-flash-image"),
        to("gemini", "gemini", model="gemini-2.5-flash-image"),
        to("cohere", "cohere", model="rerank-v3.5"),
        configuration("llama", "ollama", base_url=upstream.url, model="llama3.2"),
        configuration("vllm", "vllm", base_url=upstream.url, model="own"),
    ]
    timeouts = Timeouts(connect=2, first_byte=0.4, between=0.4, total=5)
    with CallServer(configurations, timeouts=timeouts).serve() as running:
        yield running


@pytest.fixture(autouse=True)
def fresh(upstream: Scripted, bare: CallServer) -> Iterator[None]:
    upstream.asked.clear()
    upstream.hung_up.clear()
    RESUME.clear()
    bare.books.fault = None
    yield
    RESUME.set()


@pytest.fixture
def client(bare: CallServer) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{bare.url}/v1", api_key=KEY, max_retries=0) as client:
        yield client


def post(
    bare: CallServer, path: str, body: bytes, kind: str = "application/json"
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", bare.port, timeout=10)
    connection.request("POST", path, body, {"authorization": f"Bearer {KEY}", "content-type": kind})
    response = connection.getresponse()
    assert response.headers["x-request-id"]
    return response, response.read()


def form(*fields: tuple[str, bytes, str | None], boundary: str = "B") -> bytes:
    pieces = []
    for name, content, file in fields:
        more = "" if file is None else f'; filename="{file}"\r\ncontent-type: application/octet-stream'
        head = f'--{boundary}\r\ncontent-disposition: form-data; name="{name}"{more}\r\n\r\n'
        pieces.append(head.encode() + content + b"\r\n")
    return b"".join(pieces) + f"--{boundary}--\r\n".encode()


def event(value: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(value).encode() + b"\n\n"


class TestWhatPasses:
    def test_only_the_model_is_edited(self, bare: CallServer, upstream: Scripted) -> None:
        answer = b'{"created": 1, "data": [{"b64_json": "x"}], "new": 1.50}'
        upstream.script = whole(answer, kind="application/json; charset=utf-8")
        response, body = post(bare, "/v1/images/generations", b'{"prompt":"a","model":"up","unheard_of":{"a":1.50}}')
        assert body == answer
        assert response.headers["content-type"] == "application/json; charset=utf-8"
        asked = upstream.asked[-1]
        assert asked.line.startswith("POST /v1/images/generations ")
        assert asked.body == b'{"prompt":"a","model":"m","unheard_of":{"a":1.50}}'
        assert asked.headers["authorization"] == f"Bearer {SECRET}"

    def test_a_form_passes_byte_for_byte(self, bare: CallServer, upstream: Scripted) -> None:
        upstream.script = whole(b"1\n00:00 --> 00:01\nhello\n", kind="text/plain; charset=utf-8")
        sound = bytes(range(256)) + b"\r\n--\r\n--A\r\n"
        fields = [("response_format", b"srt", None), ("model", b"up", None), ("file", sound, "a; name=model.wav")]
        response, body = post(bare, "/v1/audio/transcriptions", form(*fields), "multipart/form-data; boundary=B")
        assert body == b"1\n00:00 --> 00:01\nhello\n"
        assert response.headers["content-type"] == "text/plain; charset=utf-8"
        assert upstream.asked[-1].body == form(fields[0], ("model", b"m", None), fields[2])
        assert upstream.asked[-1].headers["content-type"] == "multipart/form-data; boundary=B"
        settled = bare.books.last(response.headers["x-request-id"])
        assert (settled.outcome, settled.cost_nanos, settled.usage_estimated) == ("ok", None, True)

    def test_the_tokens_of_pictures_are_billed(self, bare: CallServer, upstream: Scripted) -> None:
        usage = {
            "input_tokens": 21, "output_tokens": 9, "total_tokens": 30,
            "input_tokens_details": {"text_tokens": 1, "image_tokens": 20},
        }  # fmt: skip
        upstream.script = whole(json.dumps({"created": 1, "data": [{}, {}], "usage": usage}).encode())
        response, _ = post(bare, "/v1/images/generations", b'{"prompt":"a","model":"up"}')
        settled = bare.books.last(response.headers["x-request-id"])
        assert (settled.usage.images, settled.usage.image_input, settled.usage_estimated) == (2, 20, False)
        assert settled.cost_nanos == 114_000
        assert response.headers["x-trunkline-cost-usd"] == "0.000114"

    def test_what_is_billed_by_time_has_no_price(self, bare: CallServer, upstream: Scripted) -> None:
        upstream.script = whole(b'{"text":"hi","usage":{"type":"duration","seconds":12.5}}')
        body = form(("model", b"up", None), ("file", b"1", "a.wav"))
        response, _ = post(bare, "/v1/audio/transcriptions", body, "multipart/form-data; boundary=B")
        settled = bare.books.last(response.headers["x-request-id"])
        assert (settled.usage.audio_ms, settled.usage_estimated, settled.cost_nanos) == (12_500, False, None)

    def test_ranking(self, bare: CallServer, upstream: Scripted) -> None:
        answer = b'{"results":[{"index":1,"relevance_score":0.9}],"meta":{"billed_units":{"search_units":1}}}'
        upstream.script = whole(answer)
        response, body = post(
            bare, "/v1/rerank", b'{"model":"cohere","query":"q","documents":["a",{"text":"b"}],"top_n":1}'
        )
        assert body == answer
        assert upstream.asked[-1].line.startswith("POST /v2/rerank ")
        settled = bare.books.last(response.headers["x-request-id"])
        assert (settled.operation, settled.usage.searches, settled.cost_nanos) == ("rerank", 1, None)

    def test_ranking_counted_in_tokens_is_billed(self, bare: CallServer, upstream: Scripted) -> None:
        upstream.script = whole(b'{"results":[],"usage":{"total_tokens":500}}')
        response, _ = post(bare, "/v1/rerank", b'{"model":"vllm","query":"q","documents":["a"]}')
        settled = bare.books.last(response.headers["x-request-id"])
        assert (settled.usage.input, settled.cost_nanos) == (500, 1_000_000)


COMPLETION: Any = {
    "id": "cmpl-1", "object": "text_completion", "created": 1, "model": "m",
    "choices": [{"text": " you", "index": 0, "logprobs": None, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 21, "completion_tokens": 9, "total_tokens": 30},
}  # fmt: skip


class TestCompletions:
    def chunk(self, text: str, finish: str | None = None, **more: Any) -> bytes:
        choices = [{"text": text, "index": 0, "logprobs": None, "finish_reason": finish}]
        return event({**COMPLETION, "choices": choices, "usage": None, **more})

    @pytest.mark.parametrize(
        ("model", "path"), [("up", "/v1/completions"), ("llama", "/v1/completions"), ("router", "/api/v1/completions")]
    )
    def test_pass_where_they_are_offered(
        self, client: openai.OpenAI, bare: CallServer, upstream: Scripted, model: str, path: str
    ) -> None:
        upstream.script = whole(json.dumps(COMPLETION).encode())
        answer = client.completions.with_raw_response.create(model=model, prompt=["a", "b"], echo=True, logprobs=2)
        assert answer.parse().choices[0].text == " you"
        assert upstream.asked[-1].line.startswith(f"POST {path} ")
        assert json.loads(upstream.asked[-1].body)["echo"] is True
        settled = bare.books.last(answer.headers["x-request-id"])
        assert (settled.operation, settled.cost_nanos) == ("completions", 114_000)

    def test_parameters_of_the_configuration_fill_what_is_open(self, bare: CallServer, upstream: Scripted) -> None:
        upstream.script = whole(json.dumps(COMPLETION).encode())
        response, _ = post(bare, "/v1/completions", b'{"model":"up","prompt":"a","temperature":1}')
        assert json.loads(upstream.asked[-1].body) == {"model": "m", "prompt": "a", "temperature": 1, "max_tokens": 7}
        assert response.headers["x-trunkline-dropped"] == "systemPrompt"

    @pytest.mark.parametrize("wants_usage", [False, True])
    def test_streamed(self, client: openai.OpenAI, bare: CallServer, upstream: Scripted, wants_usage: bool) -> None:
        usage = event({**COMPLETION, "choices": []})
        upstream.script = stream(
            self.chunk("how"), self.chunk(" are"), self.chunk("", "stop"), usage, b"data: [DONE]\n\n"
        )
        options: Any = {"stream_options": {"include_usage": True}} if wants_usage else {}
        answer = client.completions.with_raw_response.create(model="up", prompt="a", stream=True, **options)
        chunks = list(answer.parse())
        assert "".join(chunk.choices[0].text for chunk in chunks if chunk.choices) == "how are"
        assert any(chunk.usage for chunk in chunks) == wants_usage
        assert json.loads(upstream.asked[-1].body)["stream_options"] == {"include_usage": True}
        settled = bare.books.last(answer.headers["x-request-id"])
        assert (settled.usage.input, settled.usage.output, settled.cost_nanos) == (21, 9, 114_000)

    def test_cut_off(self, client: openai.OpenAI, bare: CallServer, upstream: Scripted) -> None:
        upstream.script = stream(self.chunk("how"), self.chunk(" are"), end="cut")
        answer = client.completions.with_raw_response.create(model="up", prompt="a prompt", stream=True)
        with pytest.raises(openai.APIError):
            list(answer.parse())
        settled = bare.books.last(answer.headers["x-request-id"])
        assert (settled.outcome, settled.usage_estimated, settled.usage.input) == ("error", True, 2)
        assert settled.usage.output == 2


class TestSpeech:
    def test_bytes_come_as_they_are_made(self, bare: CallServer, upstream: Scripted) -> None:
        upstream.script = stream(b"first", PAUSE, b"\x00second", kind="audio/mpeg")
        connection = http.client.HTTPConnection("127.0.0.1", bare.port, timeout=10)
        connection.request(
            "POST", "/v1/audio/speech", b'{"model":"up","input":"hello","voice":"v"}',
            {"authorization": f"Bearer {KEY}"},
        )  # fmt: skip
        response = connection.getresponse()
        assert response.read(5) == b"first"
        assert response.headers["content-type"] == "audio/mpeg"
        RESUME.set()
        assert response.read() == b"\x00second"
        settled = bare.books.last(response.headers["x-request-id"])
        assert (settled.outcome, settled.usage.input, settled.usage_estimated) == ("ok", 1, True)
        assert settled.cost_nanos is None
        assert settled.first_token_us is not None

    def test_in_events_it_tells_its_tokens(self, bare: CallServer, upstream: Scripted) -> None:
        done = {"type": "speech.audio.done", "usage": {"input_tokens": 21, "output_tokens": 9, "total_tokens": 30}}
        pieces = event({"type": "speech.audio.delta", "audio": "AA=="}), event(done)
        upstream.script = stream(*pieces)
        response, body = post(bare, "/v1/audio/speech", b'{"model":"up","input":"hello","stream_format":"sse"}')
        assert body == b"".join(pieces)
        assert response.headers["content-type"].startswith("text/event-stream")
        assert bare.books.last(response.headers["x-request-id"]).cost_nanos == 114_000

    def test_cut_off_breaks_the_connection(self, bare: CallServer, upstream: Scripted) -> None:
        upstream.script = stream(b"first", end="cut", kind="audio/mpeg")
        before = len(bare.books.events)
        with pytest.raises(http.client.IncompleteRead) as raised:
            post(bare, "/v1/audio/speech", b'{"model":"up","input":"hello"}')
        assert raised.value.partial == b"first"
        settled = bare.books.last()
        assert len(bare.books.events) == before + 1
        assert (settled.outcome, settled.cost_nanos) == ("error", None)

    def test_nothing_at_all_is_an_error(self, bare: CallServer, upstream: Scripted) -> None:
        upstream.script = whole(b"", kind="audio/mpeg")
        response, body = post(bare, "/v1/audio/speech", b'{"model":"up","input":"hello"}')
        assert (response.status, json.loads(body)["error"]["code"]) == (502, "upstream_malformed")

    def test_a_client_that_goes_away_stops_the_provider(self, bare: CallServer, upstream: Scripted) -> None:
        upstream.script = stream(b"first", end="never", kind="audio/mpeg")
        before = len(bare.books.events)
        connection = http.client.HTTPConnection("127.0.0.1", bare.port, timeout=10)
        connection.request(
            "POST", "/v1/audio/speech", b'{"model":"up","input":"hello"}', {"authorization": f"Bearer {KEY}"}
        )
        response = connection.getresponse()
        assert response.read(5) == b"first"
        response.close()
        connection.close()
        assert upstream.hung_up.wait(10)
        with bare.books.settled:
            assert bare.books.settled.wait_for(lambda: len(bare.books.events) > before, 10)
        settled = bare.books.last()
        assert (settled.operation, settled.outcome, settled.usage.input) == ("speech", "cancelled", 1)


class TestEvents:
    def test_a_picture_in_pieces(self, bare: CallServer, upstream: Scripted) -> None:
        usage = {"input_tokens": 21, "output_tokens": 9, "total_tokens": 30}
        pieces = (
            event({"type": "image_generation.partial_image", "b64_json": "AA==", "partial_image_index": 0}),
            event({"type": "image_generation.completed", "b64_json": "AA==", "usage": usage}),
        )
        upstream.script = stream(*pieces)
        response, body = post(bare, "/v1/images/generations", b'{"model":"up","prompt":"a","stream":true}')
        assert body == b"".join(pieces)
        settled = bare.books.last(response.headers["x-request-id"])
        assert (settled.streamed, settled.usage.output, settled.cost_nanos) == (True, 9, 114_000)

    def test_a_stream_without_its_end_is_told_in_band(self, bare: CallServer, upstream: Scripted) -> None:
        delta = event({"type": "transcript.text.delta", "delta": "hi"})
        upstream.script = stream(delta)
        body = form(("model", b"up", None), ("stream", b"true", None), ("file", b"1", "a.wav"))
        response, told = post(bare, "/v1/audio/transcriptions", body, "multipart/form-data; boundary=B")
        assert told.startswith(delta)
        assert b'"error"' in told[len(delta) :]
        assert bare.books.last(response.headers["x-request-id"]).outcome == "error"

    def test_an_error_first_is_an_http_error_and_tried_again(self, bare: CallServer, upstream: Scripted) -> None:
        failure = event({"error": {"message": "busy", "type": "server_error", "code": "server_error"}})
        done = event({"type": "transcript.text.done", "text": "hi"})
        upstream.script = in_turn(stream(failure), stream(done))
        body = form(("model", b"up", None), ("stream", b"true", None), ("file", b"1", "a.wav"))
        response, told = post(bare, "/v1/audio/transcriptions", body, "multipart/form-data; boundary=B")
        assert (response.status, told) == (200, done)
        assert [attempt.error for attempt in bare.books.last(response.headers["x-request-id"]).attempts] == ["server"]


class TestPicturesByChat:
    def test_openrouter(self, client: openai.OpenAI, bare: CallServer, upstream: Scripted) -> None:
        message = {
            "role": "assistant",
            "content": "Here.",
            "images": [
                {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}},
                {"type": "image_url", "image_url": {"url": "https://images.example/1.png"}},
            ],
        }
        usage = {"prompt_tokens": 21, "completion_tokens": 9, "total_tokens": 30, "cost": 0.04}
        whole_answer = {"id": "g", "created": 7, "model": "x", "choices": [{"message": message}], "usage": usage}
        upstream.script = whole(json.dumps(whole_answer).encode())
        answer = client.images.with_raw_response.generate(
            model="router", prompt="a boat", size="1792x1024", quality="high"
        )
        pictures = answer.parse()
        assert [(one.b64_json, one.url) for one in pictures.data or []] == [
            (PNG, None), (None, "https://images.example/1.png"),
        ]  # fmt: skip
        assert pictures.usage is not None
        assert (pictures.created, pictures.usage.total_tokens) == (7, 30)
        asked = json.loads(upstream.asked[-1].body)
        assert asked["modalities"] == ["image", "text"]
        assert asked["image_config"] == {"aspect_ratio": "16:9"}
        assert asked["messages"] == [{"role": "user", "content": "a boat"}]
        assert answer.headers["x-trunkline-dropped"] == "extra.quality"
        settled = bare.books.last(answer.headers["x-request-id"])
        assert (settled.operation, settled.cost_nanos, settled.model) == (
            "images", 40_000_000, "google/gemini-2.5-flash-image",
        )  # fmt: skip

    def test_gemini(self, client: openai.OpenAI, bare: CallServer, upstream: Scripted) -> None:
        parts = [{"text": "Here."}, {"inlineData": {"mimeType": "image/png", "data": PNG}}]
        usage = {"promptTokenCount": 21, "candidatesTokenCount": 9, "totalTokenCount": 30}
        upstream.script = whole(
            json.dumps(
                {"candidates": [{"content": {"parts": parts}, "finishReason": "STOP"}], "usageMetadata": usage}
            ).encode()
        )
        answer = client.images.with_raw_response.generate(model="gemini", prompt="a boat", size="1024x1536", n=1)
        assert [one.b64_json for one in answer.parse().data or []] == [PNG]
        asked = json.loads(upstream.asked[-1].body)
        assert asked["generationConfig"]["responseModalities"] == ["IMAGE", "TEXT"]
        assert asked["generationConfig"]["imageConfig"] == {"aspectRatio": "2:3"}
        assert "x-trunkline-dropped" not in answer.headers
        assert bare.books.last(answer.headers["x-request-id"]).cost_nanos == 114_000

    def test_words_instead_of_a_picture(self, client: openai.OpenAI, bare: CallServer, upstream: Scripted) -> None:
        message = {"role": "assistant", "content": "I would rather not."}
        upstream.script = whole(json.dumps({"id": "g", "model": "x", "choices": [{"message": message}]}).encode())
        with pytest.raises(openai.BadRequestError, match="I would rather not"):
            client.images.generate(model="router", prompt="a boat")
        assert bare.books.last().outcome == "error"

    @pytest.mark.parametrize(
        ("asked", "param"),
        [
            ({"n": 2}, "n"),
            ({"size": "1024x100"}, "size"),
            ({"size": "big"}, "size"),
            ({"response_format": "url"}, "response_format"),
            ({"background": "transparent"}, "background"),
            ({"output_format": "webp"}, "output_format"),
            ({"stream": True}, "stream"),
        ],
    )
    def test_what_a_chat_cannot_be_asked_for(self, bare: CallServer, asked: dict[str, Any], param: str) -> None:
        before = len(bare.books.opened)
        body = json.dumps({"model": "router", "prompt": "a boat", **asked}).encode()
        response, told = post(bare, "/v1/images/generations", body)
        assert (response.status, json.loads(told)["error"]["param"]) == (400, param)
        assert len(bare.books.opened) == before


class TestWhatIsWrong:
    FORM = "multipart/form-data; boundary=B"

    @pytest.mark.parametrize(
        ("path", "body", "kind", "words"),
        [
            ("/v1/audio/transcriptions", form(("model", b"up", None)), FORM, "file: is required"),
            ("/v1/audio/transcriptions", form(("file", b"1", "a.wav")), FORM, "model: name the model"),
            ("/v1/audio/transcriptions", form(("file", b"1", None), ("model", b"up", None)), FORM, "file: is required"),
            ("/v1/audio/transcriptions", form(("model", b"up", None), ("model", b"b", None)), FORM, "more than once"),
            ("/v1/audio/transcriptions", b'{"model":"up"}', "application/json", "takes a form"),
            ("/v1/audio/transcriptions", b"--B\r\n", FORM, "not valid multipart"),
            ("/v1/audio/transcriptions", b"", FORM, "not valid multipart"),
            ("/v1/audio/transcriptions", b"--B--", "multipart/form-data", "without a valid boundary"),
            ("/v1/images/edits", form(("model", b"up", None)), FORM, "image: is required"),
            ("/v1/images/generations", form(("model", b"up", None)), FORM, "takes JSON"),
            ("/v1/images/generations", b'{"model":"up"}', "application/json", "prompt: is required"),
            ("/v1/images/generations", b"{", "application/json", "not a valid JSON object"),
            ("/v1/images/generations", b'{"prompt":"a"}', "application/json", "model: name the model"),
            ("/v1/audio/speech", b'{"model":"up"}', "application/json", "input: is required"),
            ("/v1/audio/speech", b'{"model":7}', "application/json", "model: must be a string"),
            ("/v1/rerank", b'{"model":"up","query":"a"}', "application/json", "does not rank"),
            ("/v1/rerank", b'{"model":"cohere"}', "application/json", "query: is required"),
        ],
    )
    def test_is_told(self, bare: CallServer, path: str, body: bytes, kind: str, words: str) -> None:
        before = len(bare.books.opened)
        response, told = post(bare, path, body, kind)
        error = json.loads(told)["error"]
        assert response.status == 400
        assert words in error["message"]
        assert error["type"] == "invalid_request_error"
        assert len(bare.books.opened) == before, "a refused call was opened"

    def test_too_large(self, bare: CallServer) -> None:
        body = form(("model", b"up", None), ("file", b"\0" * LIMIT, "a.wav"))
        response, told = post(bare, "/v1/audio/transcriptions", body, self.FORM)
        assert response.status == 413
        assert "TRUNKLINE_MAX_BODY_MB" in json.loads(told)["error"]["message"]

    def test_a_web_page_is_no_answer(self, bare: CallServer, upstream: Scripted) -> None:
        upstream.script = whole(b"<html>", kind="text/html")
        response, told = post(bare, "/v1/moderations", b'{"model":"up","input":"a"}')
        assert (response.status, json.loads(told)["error"]["code"]) == (502, "upstream_malformed")

    def test_an_error_within_a_200(self, bare: CallServer, upstream: Scripted) -> None:
        upstream.script = whole(b'{"error":{"message":"no such model","code":"model_not_found"}}')
        response, _ = post(bare, "/v1/moderations", b'{"model":"up","input":"a"}')
        assert response.status == 404

    def test_a_silent_provider(self, bare: CallServer, upstream: Scripted) -> None:
        upstream.script = silence
        response, _ = post(bare, "/v1/images/generations", b'{"model":"up","prompt":"a"}')
        assert response.status == 504
        assert bare.books.last(response.headers["x-request-id"]).error == "timeout"

    def test_a_full_disk_refuses_before_anything_is_sent(self, bare: CallServer, upstream: Scripted) -> None:
        bare.books.fault = Unavailable("The disk is full.")
        response, _ = post(bare, "/v1/images/generations", b'{"model":"up","prompt":"a"}')
        assert (response.status, upstream.asked) == (503, [])


class Records(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


def test_a_broken_sound_is_no_fault_of_ours(bare: CallServer, upstream: Scripted) -> None:
    records = Records()
    logger = logging.getLogger("uvicorn.error")  # noqa: TID251 - the library's own
    logger.addHandler(records)
    try:
        upstream.script = stream(b"first", end="cut", kind="audio/mpeg")
        with pytest.raises(http.client.IncompleteRead):
            post(bare, "/v1/audio/speech", b'{"model":"up","input":"hello"}')
    finally:
        logger.removeHandler(records)
    assert not any(record.exc_info for record in records.records)
