"""Compressed requests, and compressed answers."""

from __future__ import annotations

import gzip
import http.client
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import httpx2
import openai
import pytest

from tests.contract.v1.call_server import LIMIT, CallServer
from tests.contract.v1.entries import KEY, configuration
from tests.contract.v1.test_faults import chunk
from tests.upstreams import scripted
from tests.upstreams.scripted import Scripted, stream, whole
from trunkline.faces import brotli
from trunkline.faces.packing import SMALLEST
from trunkline.faces.zstd import zstd

WORDS = "A lighthouse stands at the edge of the sea. " * 400
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "zstd": zstd.compress,
    "br": lambda data: brotli.compress(data, 5),
    "gzip, zstd": lambda data: zstd.compress(gzip.compress(data)),
}
ASKS: dict[str, dict[str, Any]] = {
    "/v1/chat/completions": {"model": "up", "messages": [{"role": "user", "content": "hi"}]},
    "/v1/responses": {"model": "up", "input": "hi"},
    "/v1/messages": {"model": "up", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]},
    "/v1beta/models/up:generateContent": {"contents": [{"parts": [{"text": "hi"}]}]},
    "/v1/embeddings": {"model": "vectors", "input": "hi"},
}


def answer_of(text: str) -> bytes:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    return json.dumps(
        {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    ).encode()


@pytest.fixture(scope="module")
def upstream() -> Iterator[Scripted]:
    with scripted.start() as running:
        yield running


@pytest.fixture(scope="module")
def bare(upstream: Scripted) -> Iterator[CallServer]:
    entries = [
        configuration("up", "custom", model="m", base_url=upstream.url, api_key="sk-aaaaaaaaaaaaaaaaaaaa"),
        configuration("vectors", "demo", model="demo-embeddings"),
    ]
    with CallServer(entries).serve() as running:
        yield running


def post(bare: CallServer, path: str, body: bytes, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", bare.port, timeout=20)) as connection:
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("POST", path, body, {"authorization": f"Bearer {KEY}", **fields})
        answer = connection.getresponse()
        return answer, answer.read()


@pytest.mark.parametrize("coding", PACKERS)
@pytest.mark.parametrize("path", ASKS)
def test_compressed_requests_are_read(bare: CallServer, upstream: Scripted, path: str, coding: str) -> None:
    upstream.script = whole(answer_of("hello"))
    answer, body = post(bare, path, PACKERS[coding](json.dumps(ASKS[path]).encode()), content_encoding=coding)
    assert answer.status == 200, body


def test_what_the_provider_gets_is_plain(bare: CallServer, upstream: Scripted) -> None:
    upstream.script = whole(answer_of("hello"))
    body = json.dumps({**ASKS["/v1/chat/completions"], "user": "somebody"}).encode()
    post(bare, "/v1/chat/completions", gzip.compress(body), content_encoding="gzip")
    asked = upstream.asked[-1]
    assert "content-encoding" not in asked.headers
    assert json.loads(asked.body)["user"] == "somebody"


def test_forms_can_be_compressed(bare: CallServer, upstream: Scripted) -> None:
    upstream.script = whole(b'{"text": "hello"}')
    form = b'--b\r\ncontent-disposition: form-data; name="model"\r\n\r\nup\r\n'
    form += b'--b\r\ncontent-disposition: form-data; name="file"; filename="a.wav"\r\n\r\n\0\1\2\r\n--b--\r\n'
    path, kind = "/v1/audio/transcriptions", "multipart/form-data; boundary=b"
    answer, body = post(bare, path, gzip.compress(form), content_encoding="gzip", content_type=kind)
    assert (answer.status, json.loads(body)) == (200, {"text": "hello"})


@pytest.mark.parametrize("path", ASKS)
@pytest.mark.parametrize("coding", ["compress", "gzip, snappy", "aws-chunked"])
def test_another_coding_is_refused_by_name(bare: CallServer, path: str, coding: str) -> None:
    answer, body = post(bare, path, b"whatever", content_encoding=coding)
    assert answer.status == 415
    assert answer.headers["accept-encoding"] == "gzip, deflate, zstd, br"
    message = json.loads(body)["error"]["message"]
    assert coding.split(", ")[-1] in message
    assert "gzip, deflate, zstd, br" in message


@pytest.mark.parametrize("coding", ["gzip", "deflate", "zstd", "br"])
def test_what_is_not_of_its_coding(bare: CallServer, coding: str) -> None:
    answer, body = post(bare, "/v1/chat/completions", b'{"model": "up"}', content_encoding=coding)
    assert answer.status == 400
    told = json.loads(body)["error"]
    assert (told["code"], told["param"]) == ("invalid_encoding", "Content-Encoding")


@pytest.mark.parametrize("coding", PACKERS)
def test_bombs(bare: CallServer, coding: str) -> None:
    answer, body = post(bare, "/v1/chat/completions", PACKERS[coding](bytes(50 * LIMIT)), content_encoding=coding)
    assert answer.status == 413
    assert "over the limit of 1 MiB" in json.loads(body)["error"]["message"]


def test_without_a_key_nothing_is_unpacked(bare: CallServer) -> None:
    answer, _ = post(bare, "/v1/chat/completions", b"x", authorization="Bearer tl-wrong", content_encoding="compress")
    assert answer.status == 401


def unpack(coding: str, body: bytes) -> bytes:
    match coding:
        case "gzip":
            return gzip.decompress(body)
        case "zstd":
            return zstd.decompress(body)
        case _:
            return brotli.make_decompressor().process(body, output_buffer_limit=1 << 30)


@pytest.mark.parametrize(
    ("accept", "coding"), [("gzip, deflate", "gzip"), ("gzip, deflate, br", "br"), ("br, zstd;q=1", "zstd")]
)
@pytest.mark.parametrize("path", [path for path in ASKS if path != "/v1/embeddings"])
@pytest.mark.parametrize("times", [1, 20])
def test_answers_are_compressed_for_who_asks(
    bare: CallServer, upstream: Scripted, path: str, accept: str, coding: str, times: int
) -> None:
    upstream.script = whole(answer_of(WORDS * times))
    body = json.dumps(ASKS[path]).encode()
    plain, text = post(bare, path, body)
    packed, data = post(bare, path, body, accept_encoding=accept)
    assert packed.headers["content-encoding"] == coding
    assert int(packed.headers["content-length"]) == len(data) < len(text) / 5
    assert json.loads(unpack(coding, data)).keys() == json.loads(text).keys()
    assert WORDS.strip() in unpack(coding, data).decode()
    assert plain.headers["content-encoding"] is None
    assert plain.headers["vary"] == packed.headers["vary"] == "accept-encoding"
    assert packed.headers["x-trunkline-configuration"]


@pytest.mark.parametrize("text", ["hello", "x" * (SMALLEST - 400)])
def test_small_answers_stay(bare: CallServer, upstream: Scripted, text: str) -> None:
    upstream.script = whole(answer_of(text))
    ask = json.dumps(ASKS["/v1/chat/completions"]).encode()
    answer, body = post(bare, "/v1/chat/completions", ask, accept_encoding="gzip")
    assert answer.headers["content-encoding"] is None
    assert json.loads(body)["choices"]


def test_streams_stay(bare: CallServer, upstream: Scripted) -> None:
    upstream.script = stream(chunk(WORDS), chunk(finish="stop"), b"data: [DONE]\n\n")
    ask = json.dumps({**ASKS["/v1/chat/completions"], "stream": True}).encode()
    answer, body = post(bare, "/v1/chat/completions", ask, accept_encoding="gzip, br, zstd")
    assert answer.headers["content-encoding"] is None
    assert body.endswith(b"data: [DONE]\n\n")


def test_sound_stays(bare: CallServer, upstream: Scripted) -> None:
    upstream.script = whole(bytes(10_000), kind="audio/wav")
    ask = json.dumps({"model": "up", "input": "hi", "voice": "alloy"}).encode()
    answer, body = post(bare, "/v1/audio/speech", ask, accept_encoding="gzip")
    assert (answer.headers["content-encoding"], body) == (None, bytes(10_000))


def test_errors_and_lists_too(bare: CallServer, upstream: Scripted) -> None:
    upstream.script = whole(json.dumps({"error": {"message": WORDS[:4000]}}).encode(), status="400 Bad")
    ask = json.dumps(ASKS["/v1/chat/completions"]).encode()
    answer, body = post(bare, "/v1/chat/completions", ask, accept_encoding="gzip")
    assert (answer.status, answer.headers["content-encoding"]) == (400, "gzip")
    assert "lighthouse" in json.loads(gzip.decompress(body))["error"]["message"]


def test_sdks_see_no_difference(bare: CallServer, upstream: Scripted) -> None:
    upstream.script = whole(answer_of(WORDS))
    with openai.OpenAI(base_url=f"{bare.url}/v1", api_key=KEY, max_retries=0) as client:
        seen = client.chat.completions.with_raw_response.create(model="up", messages=[{"role": "user", "content": "a"}])
        assert seen.headers["content-encoding"] in {"gzip", "br", "zstd"}
        assert seen.parse().choices[0].message.content == WORDS


def test_chunked_and_compressed(bare: CallServer, upstream: Scripted) -> None:
    upstream.script = whole(answer_of("hello"))
    packed = gzip.compress(json.dumps(ASKS["/v1/chat/completions"]).encode())
    headers = {"authorization": f"Bearer {KEY}", "content-encoding": "gzip"}
    pieces = iter([packed[:5], packed[5:]])
    assert httpx2.post(f"{bare.url}/v1/chat/completions", content=pieces, headers=headers).status_code == 200
