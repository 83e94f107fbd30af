"""Paths that are nearly right, methods that are not, and ``HEAD``."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import closing

import anthropic
import openai
import pytest
from google import genai
from google.genai import errors as genai_errors
from google.genai import types

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY, configuration


@pytest.fixture(scope="module")
def bare() -> Iterator[CallServer]:
    with CallServer([configuration("demo", "demo", model="demo-chat")], default="demo").serve() as running:
        yield running


def ask(bare: CallServer, method: str, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", bare.port, timeout=10)) as connection:
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, None, {"authorization": f"Bearer {KEY}", **fields})
        answer = connection.getresponse()
        return answer, answer.read()


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/v1/v1/chat/completions", "POST /v1/chat/completions"),
        ("/v1/chat/completions/", "POST /v1/chat/completions"),
        ("/v1//chat/completions", "POST /v1/chat/completions"),
        ("/v1/chat/completion", "POST /v1/chat/completions"),
        ("/v1/openai/chat/completions", "POST /v1/chat/completions"),
        ("/v1beta/openai/chat/completions", "POST /v1/chat/completions"),
        ("/v1beta/chat/completions", "POST /v1/chat/completions"),
        ("/v1/response", "POST /v1/responses"),
        ("/v1/embedding", "POST /v1/embeddings"),
        ("/v1/audio/transcription", "POST /v1/audio/transcriptions"),
        ("/v1/images/generation", "POST /v1/images/generations"),
        ("/v1/model", "GET /v1/models"),
    ],
)
def test_the_nearest_is_named_to_openai_clients(bare: CallServer, path: str, meant: str) -> None:
    answer, body = ask(bare, "POST", path)
    assert answer.status == 404
    told = json.loads(body)["error"]
    assert told["code"] == "unknown_path"
    assert f"Did you mean {meant}?" in told["message"]
    assert "a base URL that ends in /v1" in told["message"]


@pytest.mark.parametrize("path", ["/v1/v1/messages", "/v1/messages/", "/v1/message", "/v1beta/messages"])
def test_in_anthropics_wire(bare: CallServer, path: str) -> None:
    answer, body = ask(bare, "POST", path)
    assert answer.status == 404
    told = json.loads(body)
    assert (told["type"], told["error"]["type"]) == ("error", "not_found_error")
    assert "Did you mean POST /v1/messages?" in told["error"]["message"]
    assert "a base URL without a path" in told["error"]["message"]


@pytest.mark.parametrize(
    ("path", "action"),
    [
        ("/v1beta/v1beta/models/demo:generateContent", "generateContent"),
        ("/v1/v1beta/models/demo:streamGenerateContent", "streamGenerateContent"),
        ("/v1beta/models/demo:generateText", "generateContent"),
        ("/v1beta/models/demo/generateContent", "generateContent"),
        ("/v1beta/models/demo:generatecontent", "generateContent"),
    ],
)
def test_in_geminis_wire(bare: CallServer, path: str, action: str) -> None:
    answer, body = ask(bare, "POST", path)
    assert answer.status == 404
    told = json.loads(body)["error"]
    assert (told["code"], told["status"]) == (404, "NOT_FOUND")
    assert f"Did you mean POST /v1beta/models/demo:{action}?" in told["message"]


def test_the_clients_own_wire_wins(bare: CallServer) -> None:
    assert json.loads(ask(bare, "POST", "/v1/v1/models", anthropic_version="2023-06-01")[1])["type"] == "error"
    assert json.loads(ask(bare, "POST", "/v1/messages/", x_goog_api_key=KEY)[1])["error"]["status"] == "NOT_FOUND"


@pytest.mark.parametrize("path", ["/v1/", "/v1/nothing/like/it", "/v1/" + "x/" * 4000])
def test_what_is_like_nothing(bare: CallServer, path: str) -> None:
    answer, body = ask(bare, "POST", path)
    assert answer.status == 404
    assert "GET /docs" in json.loads(body)["error"]["message"]


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", "/v1/chat/completions", "POST"),
        ("HEAD", "/v1/chat/completions", "POST"),
        ("PUT", "/v1/embeddings", "POST"),
        ("GET", "/v1beta/models/demo:generateContent", None),
        ("DELETE", "/v1beta/models/demo:generateContent", "POST"),
        ("POST", "/v1/models", "GET, HEAD"),
        ("DELETE", "/v1beta/models/demo", "GET, HEAD"),
        ("PUT", "/v1/responses/resp_1", "DELETE, GET, HEAD"),
        ("GET", "/v1/responses/resp_1/cancel", "POST"),
        ("OPTIONS", "/v1/models", "GET, HEAD"),
    ],
)
def test_another_method(bare: CallServer, method: str, path: str, allow: str | None) -> None:
    answer, body = ask(bare, method, path)
    if allow is None:
        assert answer.status == 404
        return
    assert answer.status == 405
    assert answer.headers["allow"] == allow
    if method != "HEAD":
        assert f"takes {allow}, not {method}" in json.loads(body)["error"]["message"]


def test_sdks_raise_it_as_not_found(bare: CallServer) -> None:
    with openai.OpenAI(base_url=f"{bare.url}/v1/v1", api_key=KEY, max_retries=0) as client:
        with pytest.raises(openai.NotFoundError, match="Did you mean GET /v1/models"):
            client.models.list()
    with anthropic.Anthropic(base_url=f"{bare.url}/v1", api_key=KEY, max_retries=0) as client:
        with pytest.raises(anthropic.NotFoundError, match="Did you mean POST /v1/messages"):
            client.messages.create(model="demo", max_tokens=9, messages=[{"role": "user", "content": "hi"}])
    google = genai.Client(api_key=KEY, http_options=types.HttpOptions(base_url=f"{bare.url}/v1beta"))
    with pytest.raises(genai_errors.ClientError, match="Did you mean POST /v1beta/models/demo:generateContent"):
        google.models.generate_content(model="demo", contents="hi")


@pytest.mark.parametrize("path", ["/v1/models", "/v1beta/models", "/v1/models/demo", "/v1/models/none"])
@pytest.mark.parametrize("key", [KEY, "tl-wrong"])
def test_head_is_get_without_the_body(bare: CallServer, path: str, key: str) -> None:
    got, body = ask(bare, "GET", path, authorization=f"Bearer {key}")
    headed, nothing = ask(bare, "HEAD", path, authorization=f"Bearer {key}")
    assert (headed.status, nothing) == (got.status, b"")
    assert headed.headers["content-length"] == str(len(body))
    own = {"date", "x-request-id"}
    assert {(name, value) for name, value in headed.getheaders() if name not in own} == {
        (name, value) for name, value in got.getheaders() if name not in own
    }


def test_no_byte_of_a_body_follows_a_head(bare: CallServer) -> None:
    request = f"HEAD /v1/models HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {KEY}\r\n"
    with socket.create_connection(("127.0.0.1", bare.port), 10) as client:
        client.sendall(f"{request}\r\n{request}connection: close\r\n\r\n".encode())
        text = b""
        while piece := client.recv(65536):
            text += piece
    assert text.count(b"HTTP/1.1 200") == 2
    assert text.endswith(b"\r\n\r\n")
    assert b"demo" not in text
