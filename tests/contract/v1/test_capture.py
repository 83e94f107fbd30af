"""What is heard of calls whose content is captured, over the wire."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import openai
import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY, configuration, route
from tests.contract.v1.test_response_cache import GOOD, STREAM
from tests.e2e.server import wait_for
from tests.upstreams import scripted
from tests.upstreams.scripted import stream, whole
from trunkline.control.capture.content import Content, prepare
from trunkline.core.caching import Caching
from trunkline.core.capture import LARGEST_BYTES, CaptureRule
from trunkline.core.errors import TooMany
from trunkline.gateway.caching.answer_cache import AnswerCache
from trunkline.gateway.capture.capture_queue import CaptureQueue
from trunkline.gateway.capture.captured_call import CapturedCall
from trunkline.gateway.gates.cache_gate import CacheGate
from trunkline.gateway.gates.capture_gate import CaptureGate

ALL = CaptureRule(rate=1.0)


class CapturingGateway:
    def __init__(self, bare: CallServer, queue: CaptureQueue, upstream: scripted.Scripted) -> None:
        self.bare, self.queue, self.upstream = bare, queue, upstream

    def ask(self, path: str = "/v1/chat/completions", model: str = "a", **fields: Any) -> httpx2.Response:
        body = {"model": model, "messages": [{"role": "user", "content": "hello"}], "max_tokens": 9, **fields}
        return httpx2.post(self.bare.url + path, json=body, headers={"Authorization": f"Bearer {KEY}"}, timeout=20)

    def client(self) -> openai.OpenAI:
        """OpenAI's own client."""
        return openai.OpenAI(base_url=f"{self.bare.url}/v1", api_key=KEY, max_retries=0)

    def heard(self) -> CapturedCall:
        """The one call that waits to be stored, taken out."""
        waiting = self.queue._waiting  # pyright: ignore[reportPrivateUsage] - the server's loop is another one
        wait_for(lambda: len(waiting) == 1)
        call = waiting.popleft()
        self.queue._bytes -= call.size  # pyright: ignore[reportPrivateUsage]
        return call

    def content(self) -> Content:
        return prepare(self.heard())


@contextmanager
def capturing(
    rule: CaptureRule | None = ALL, *more: Any, chance: float = 0.5, provider: str = "groq", **given: Any
) -> Iterator[CapturingGateway]:
    queue = CaptureQueue()
    with scripted.start() as upstream:
        there = configuration(
            "a", provider, model="gpt-4o", base_url=upstream.url, api_key="sk-secret-key-1234567890", shared=True
        )
        gates = (CaptureGate(queue, lambda: chance), *more)
        routes = [route("r", "a", caching=Caching(ttl_seconds=60))]
        with CallServer([there], routes=routes, gates=gates, capture=rule, **given).serve() as bare:
            upstream.script = whole(json.dumps(GOOD).encode())
            yield CapturingGateway(bare, queue, upstream)


def test_a_whole_answer_is_captured_with_its_request() -> None:
    with capturing() as place:
        answer = place.ask()
        call = place.heard()
        assert call.event.id == place.bare.books.last().id
        content = prepare(call)
    assert content.request is not None
    assert content.answer is not None
    assert json.loads(content.request)["messages"][0]["content"] == "hello"
    assert json.loads(content.answer) == answer.json()
    assert (content.answer_size, content.cut) == (len(answer.content), False)


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages", "/v1/responses"])
def test_a_stream_is_put_together(path: str) -> None:
    with capturing() as place:
        place.upstream.script = stream(*STREAM)
        fields: dict[str, Any] = {"input": "hello"} if path == "/v1/responses" else {}
        answer = place.ask(path, stream=True, **fields)
        assert answer.status_code == 200, answer.text
        content = place.content()
    assert content.answer is not None
    assert '"hi"' in content.answer, "the text stands in one piece"
    assert "data:" not in content.answer
    assert content.answer_size == len(answer.content)


@pytest.mark.parametrize("path", ["generateContent", "streamGenerateContent?alt=sse"])
def test_geminis_format_is_captured(path: str) -> None:
    with capturing() as place:
        if path.startswith("stream"):
            place.upstream.script = stream(*STREAM)
        asked = {"contents": [{"role": "user", "parts": [{"text": "hello"}]}]}
        answer = httpx2.post(
            f"{place.bare.url}/v1beta/models/a:{path}", json=asked, headers={"x-goog-api-key": KEY}, timeout=20
        )
        assert answer.status_code == 200, answer.text
        content = place.content()
    assert content.request is not None
    assert content.answer is not None
    assert json.loads(content.request)["contents"][0]["parts"] == [{"text": "hello"}]
    assert '"text":"hi"' in content.answer


def test_embeddings_are_captured_without_their_vectors() -> None:
    vectors = {
        "object": "list",
        "model": "e",
        "data": [{"object": "embedding", "index": 0, "embedding": [0.25] * 40}],
        "usage": {"prompt_tokens": 2, "total_tokens": 2},
    }
    with capturing(provider="openai") as place:
        place.upstream.script = whole(json.dumps(vectors).encode())
        answer = place.ask("/v1/embeddings", input="write to sk-secret-key-1234567890")
        assert answer.status_code == 200, answer.text
        content = place.content()
    assert content.request is not None
    assert content.answer is not None
    assert "write to" in content.request
    assert "secret-key" not in content.request
    assert json.loads(content.answer)["data"][0]["embedding"] == "[40 numbers]"
    assert content.cut


def test_what_is_asked_of_other_operations_in_json_is_captured() -> None:
    judged = {"id": "m", "model": "a", "results": [{"flagged": False, "categories": {}, "category_scores": {}}]}
    with capturing(provider="openai") as place:
        place.upstream.script = whole(json.dumps(judged).encode())
        assert place.ask("/v1/moderations", input="is this fine?").status_code == 200
        content = place.content()
    assert content.request is not None
    assert "is this fine?" in content.request
    assert "flagged" in (content.answer or "")


def events(*told: dict[str, Any], done: bool = False) -> scripted.Script:
    """A stream of these."""
    lines = [b"data: " + json.dumps(one).encode() + b"\n\n" for one in told]
    return stream(*lines, *((b"data: [DONE]\n\n",) if done else ()))


def test_speech_is_captured_by_its_words_and_the_kind_and_size_of_the_sound() -> None:
    with capturing(provider="openai") as place:
        place.upstream.script = whole(b"RIFF" * 1_000, kind="audio/mpeg")
        sound = place.client().audio.speech.create(model="a", voice="alloy", input="Say sk-secret-key-1234567890.")
        assert len(sound.content) == 4_000
        content = place.content()
    assert json.loads(content.request or "")["input"] == "Say [redacted]."
    assert json.loads(content.answer or "") == {"mediaType": "audio/mpeg", "bytes": 4_000}
    assert (content.answer_size, content.cut) == (4_000, True)


def test_speech_as_events_is_captured_without_the_sound() -> None:
    usage = {"input_tokens": 3, "output_tokens": 9, "total_tokens": 12}
    with capturing(provider="openai") as place:
        place.upstream.script = events(
            {"type": "speech.audio.delta", "audio": "QUJD" * 500}, {"type": "speech.audio.done", "usage": usage}
        )
        answer = place.ask("/v1/audio/speech", input="hello", voice="alloy", stream_format="sse")
        content = place.content()
    assert json.loads(content.answer or "") == {"type": "speech.audio.done", "usage": usage}
    assert (content.answer_size, content.cut) == (len(answer.content), True)


@pytest.mark.parametrize("streamed", [False, True])
def test_transcripts_are_captured_with_the_name_and_size_of_the_sound(streamed: bool) -> None:
    usage = {"type": "tokens", "input_tokens": 3, "output_tokens": 2, "total_tokens": 5}
    with capturing(CaptureRule(rate=1.0, redacts_personal_data=True), provider="openai") as place:
        place.upstream.script = whole(json.dumps({"text": "Hello there.", "usage": usage}).encode())
        if streamed:
            place.upstream.script = events(
                {"type": "transcript.text.delta", "delta": "Hello"},
                {"type": "transcript.text.delta", "delta": " there."},
                {"type": "transcript.text.done", "text": "Hello there.", "usage": usage},
            )
        sound = ("call.mp3", b"RIFF" * 100, "audio/mpeg")
        asked: dict[str, Any] = {"file": sound, "prompt": "Ask bob@example.com", "stream": streamed}
        answer = place.client().audio.transcriptions.create(model="a", **asked)
        if streamed:
            assert [one.type for one in answer][-1] == "transcript.text.done"
        call = place.heard()
        content = prepare(call)
    request = json.loads(content.request or "")
    assert request["file"] == {"filename": "call.mp3", "bytes": 400, "mediaType": "audio/mpeg"}
    assert request["model"] == "a"
    assert "bob@example.com" not in request["prompt"]
    assert json.loads(content.answer or "")["text"] == "Hello there."
    assert content.cut
    assert content.request_size > 400
    assert call.size < content.request_size, "the sound does not wait to be stored"


def test_a_transcript_that_breaks_off_is_captured_as_far_as_it_came() -> None:
    with capturing(provider="openai") as place:
        parts = ({"type": "transcript.text.delta", "delta": one} for one in ("Hello", " there."))
        place.upstream.script = events(*parts)
        form = {"model": "a", "stream": "true"}
        answer = httpx2.post(
            f"{place.bare.url}/v1/audio/transcriptions",
            data=form,
            files={"file": ("a.mp3", b"RIFF")},
            headers={"Authorization": f"Bearer {KEY}"},
            timeout=20,
        )
        assert answer.status_code == 200
        content = place.content()
    said, error = json.loads(content.answer or "")
    assert said == {"type": "transcript.text.delta", "delta": "Hello there."}
    assert "error" in error


def test_edits_of_pictures_are_captured_with_the_names_and_sizes_of_the_pictures() -> None:
    with capturing(provider="openai") as place:
        place.upstream.script = whole(json.dumps({"created": 1, "data": [{"b64_json": "QUJD" * 500}]}).encode())
        pictures: Any = [("a.png", b"1" * 10, "image/png"), ("b.png", b"2" * 20, "image/png")]
        place.client().images.edit(model="a", image=pictures, prompt="Add a lamp.")
        content = place.content()
    request = json.loads(content.request or "")
    assert request["prompt"] == "Add a lamp."
    assert request["image[]"] == [
        {"filename": "a.png", "bytes": 10, "mediaType": "image/png"},
        {"filename": "b.png", "bytes": 20, "mediaType": "image/png"},
    ]
    assert json.loads(content.answer or "")["data"] == [{"b64_json": "[2,000 characters]"}]


def test_streams_of_pictures_are_captured_without_the_pictures() -> None:
    usage = {"input_tokens": 3, "output_tokens": 9, "total_tokens": 12}
    large = "QUJD" * 200_000
    with capturing(provider="openai") as place:
        place.upstream.script = events(
            {"type": "image_generation.partial_image", "partial_image_index": 0, "b64_json": large},
            {"type": "image_generation.completed", "b64_json": large, "usage": usage},
        )
        answer = place.client().images.generate(model="a", prompt="A lamp", stream=True, partial_images=1)
        assert [one.type for one in answer][-1] == "image_generation.completed"
        content = place.content()
    told = {"type": "image_generation.completed", "b64_json": "[800,000 characters]", "usage": usage}
    assert json.loads(content.answer or "") == told
    assert json.loads(content.request or "")["prompt"] == "A lamp"
    assert content.cut
    assert content.answer_size > 1_600_000


def test_streams_of_plain_completions_are_put_together() -> None:
    def chunk(text: str, finish: str | None = None, index: int = 0) -> dict[str, Any]:
        choice = {"index": index, "text": text, "logprobs": None, "finish_reason": finish}
        return {"id": "cmpl-1", "object": "text_completion", "created": 1, "model": "m", "choices": [choice]}

    usage = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
    rule = CaptureRule(rate=1.0, redacts_personal_data=True)
    with capturing(rule, provider="openai") as place:
        script = [chunk("Write to ada@exa"), chunk("Other", index=1), chunk("mple.com", "stop"), chunk("", "stop", 1)]
        place.upstream.script = events(*script, {**chunk(""), "choices": [], "usage": usage}, done=True)
        answer = place.client().completions.create(model="a", prompt="Once", n=2, stream=True)
        assert "".join(one.choices[0].text for one in answer if one.choices and not one.choices[0].index)
        content = place.content()
    told = json.loads(content.answer or "")
    assert [one["index"] for one in told["choices"]] == [0, 1]
    assert told["choices"][1] == {"index": 1, "text": "Other", "finish_reason": "stop"}
    assert told["choices"][0]["text"].startswith("Write to ")
    assert "ada" not in told["choices"][0]["text"], "it came in two pieces"
    assert (told["object"], content.cut) == ("text_completion", False)


def test_a_failure_is_captured_without_an_answer() -> None:
    with capturing() as place:
        place.upstream.script = whole(b'{"error":{"message":"no"}}', status="400 Bad Request")
        assert place.ask().status_code == 400
        call = place.heard()
    assert (call.event.outcome, call.answer) == ("error", None)


def test_a_kept_answer_is_captured_too() -> None:
    with capturing(ALL, CacheGate(AnswerCache(1 << 20, lambda: 1.0))) as place:
        place.ask(model="r")
        place.heard()
        assert place.ask(model="r").headers["x-trunkline-cache"].startswith("hit")
        call = place.heard()
    assert call.event.cached
    assert call.answer is not None


def test_nothing_is_heard_where_nobody_asked() -> None:
    with capturing(None) as place:
        assert place.ask().status_code == 200
        assert place.queue.is_empty


def test_only_a_sample_is_captured() -> None:
    with capturing(CaptureRule(rate=0.4), chance=0.5) as place:
        place.ask()
        assert place.queue.is_empty
    with capturing(CaptureRule(rate=0.6), chance=0.5) as place:
        place.ask()
        place.heard()


def test_a_call_that_is_refused_leaves_nothing() -> None:
    class Refusal:
        def concerns(self, *_: Any) -> bool:
            return True

        async def enter(self, call: Any) -> None:
            raise TooMany("Not now.", retry_after=1)

        async def admit(self, *_: Any) -> None:
            return None

    with capturing(ALL, Refusal()) as place:
        assert place.ask().status_code == 429
        assert place.queue.is_empty


def test_a_long_answer_is_cut_and_its_size_is_told() -> None:
    with capturing() as place:
        long = {**GOOD, "choices": [{"index": 0, "message": {"role": "assistant", "content": "x " * LARGEST_BYTES}}]}
        place.upstream.script = whole(json.dumps(long).encode())
        answer = place.ask()
        content = place.content()
    assert content.cut
    assert content.answer is not None
    assert len(content.answer.encode()) <= LARGEST_BYTES
    assert content.answer_size == len(answer.content)


def test_keys_are_taken_out_whoever_wrote_them() -> None:
    with capturing() as place:
        place.ask(messages=[{"role": "user", "content": "My keys: tl-abcdefgh12345678 and sk-secret-key-1234567890"}])
        content = place.content()
    assert content.request is not None
    assert "abcdefgh" not in content.request
    assert "secret-key" not in content.request
    assert content.request.count("[redacted]") == 2


def test_personal_data_are_taken_out_where_that_is_asked_for() -> None:
    split = [
        b'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":'
        b'{"role":"assistant","content":"%b"},"finish_reason":null}]}\n\n' % piece
        for piece in (b"Write to ada@exa", b"mple.com now")
    ]
    said = [{"role": "user", "content": "I am bob@example.com"}]
    for rule, found in ((ALL, True), (CaptureRule(rate=1.0, redacts_personal_data=True), False)):
        with capturing(rule) as place:
            place.upstream.script = stream(*split, *STREAM[1:])
            place.ask(stream=True, messages=said)
            content = place.content()
        assert content.request is not None
        assert content.answer is not None
        assert ("bob@example.com" in content.request) is found
        assert ("ada@example.com" in content.answer) is found, "it came in two pieces"


def test_what_there_is_no_room_for_is_dropped_and_counted() -> None:
    with capturing() as place:
        place.ask()
        call = place.heard()
    queue = CaptureQueue(most_calls=1)
    queue.put(call)
    queue.put(call)
    small = CaptureQueue(most_bytes=call.size - 1)
    small.put(call)
    assert (queue.dropped, small.dropped, small.is_empty) == (1, 1, True)
