"""Requests that are wrong: each is told what is wrong and what to do, in OpenAI's shape, and costs nothing."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY, configuration
from trunkline.gateway.snapshot import KeyEntry

ASK: Any = {"model": "demo", "messages": [{"role": "user", "content": "hello"}]}


@pytest.fixture(scope="module")
def bare() -> Iterator[CallServer]:
    keys = {
        KEY: KeyEntry(id="k-1", workspace_id="w-1", user_id="u-1"),
        "tl-expired": KeyEntry(id="k-2", workspace_id="w-1", user_id="u-1", expires_at=time.time() - 1),
        "tl-narrow": KeyEntry(id="k-3", workspace_id="w-1", user_id="u-1", models=("other",)),
        "tl-viewer": KeyEntry(id="k-4", workspace_id="w-1", user_id="u-2"),
        "tl-left": KeyEntry(id="k-5", workspace_id="w-1", user_id="u-3"),
    }
    configurations = [
        configuration("demo", "demo", model="demo-chat"),
        configuration("entry", "openai", api_key="sk-aaaaaaaaaaaaaaaaaaaaaaaa"),
        configuration("old", "demo", model="demo-chat", is_active=False),
    ]
    with CallServer(configurations, keys=keys).serve() as running:
        yield running


def ask(bare: CallServer, body: Any, *, path: str = "/v1/chat/completions", method: str = "POST", **headers: str):
    connection = http.client.HTTPConnection("127.0.0.1", bare.port, timeout=10)
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, raw, fields or {"authorization": f"Bearer {KEY}"})
    response = connection.getresponse()
    value = json.loads(response.read())
    assert response.headers["x-request-id"]
    connection.close()
    return response, value


def error(bare: CallServer, body: Any, **options: Any) -> tuple[int, dict[str, Any]]:
    before = len(bare.books.opened)
    response, value = ask(bare, body, **options)
    assert len(bare.books.opened) == before, "a refused call was opened"
    assert {"message", "type", "param", "code"} <= value["error"].keys()
    return response.status, value["error"]


@pytest.mark.parametrize(
    ("body", "param"),
    [
        (b"{", None),
        (b"[]", None),
        (b"", None),
        ({"messages": []}, "model"),
        ({"model": 7, "messages": []}, "model"),
        ({"model": "", "messages": []}, "model"),
    ],
)
def test_broken_bodies(bare: CallServer, body: Any, param: str | None) -> None:
    status, told = error(bare, body)
    assert status == 400
    assert told["type"] == "invalid_request_error"
    assert told["param"] == param


def test_too_large(bare: CallServer) -> None:
    status, told = error(bare, b" " * ((1 << 20) + 1))
    assert status == 413
    assert "TRUNKLINE_MAX_BODY_MB" in told["message"]


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"accept": "*/*"}, "missing_api_key"),
        ({"authorization": "Bearer tl-wrong"}, "invalid_api_key"),
        ({"authorization": "Bearer tl-expired"}, "expired_api_key"),
        ({"authorization": "Bearer tl-left"}, "invalid_api_key"),
        ({"authorization": "Basic dGw6dGw="}, "missing_api_key"),
        ({"authorization": "Bearer eyJhbGciOiJub25lIn0.e30."}, "invalid_api_key"),
        ({"authorization": "Bearer ' OR 1=1 --"}, "invalid_api_key"),
        ({"x_api_key": "tl-wrong"}, "invalid_api_key"),
    ],
)
def test_keys_that_open_nothing(bare: CallServer, headers: dict[str, str], code: str) -> None:
    status, told = error(bare, ASK, **headers)
    assert status == 401
    assert told["code"] == code


@pytest.mark.parametrize("name", ["authorization", "x_api_key", "x_goog_api_key"])
def test_every_carrier_opens(bare: CallServer, name: str) -> None:
    value = f"Bearer {KEY}" if name == "authorization" else KEY
    response, answer = ask(bare, ASK, **{name: value})
    assert response.status == 200
    assert answer["choices"][0]["message"]["content"]


def test_two_different_keys(bare: CallServer) -> None:
    status, told = error(bare, ASK, authorization=f"Bearer {KEY}", x_api_key="tl-narrow")
    assert (status, told["code"]) == (400, "conflicting_credentials")


@pytest.mark.parametrize(("own", "other"), [("x_api_key", "authorization"), ("authorization", "x_goog_api_key")])
def test_a_key_counts_beside_a_token_of_a_vendor(bare: CallServer, own: str, other: str) -> None:
    values = {own: KEY, other: "sk-ant-oat01-AAAABBBBCCCC"}
    response, _ = ask(
        bare, ASK, **{name: f"Bearer {value}" if name == "authorization" else value for name, value in values.items()}
    )
    assert response.status == 200


def test_two_tokens_of_vendors(bare: CallServer) -> None:
    status, told = error(bare, ASK, authorization="Bearer sk-ant-oat01-AAAABBBBCCCC", x_api_key="sk-ant-api03-AAAABBBB")
    assert (status, told["code"]) == (400, "conflicting_credentials")


def test_viewers_may_not_call(bare: CallServer) -> None:
    assert error(bare, ASK, authorization="Bearer tl-viewer")[0] == 403


def test_narrow_key(bare: CallServer) -> None:
    status, told = error(bare, ASK, authorization="Bearer tl-narrow")
    assert (status, told["code"]) == (403, "model_not_allowed")


@pytest.mark.parametrize(
    ("model", "hint"),
    [("dmo", "demo"), ("entry", "entry/<model>"), ("old", "switched off"), ("nobody/gpt-4", "demo"), ("demo/", "demo")],
)
def test_unknown_models_name_the_nearest(bare: CallServer, model: str, hint: str) -> None:
    status, told = error(bare, {**ASK, "model": model})
    assert (status, told["code"]) == (404, "model_not_found")
    assert hint in told["message"]


def test_unknown_paths(bare: CallServer) -> None:
    status, told = error(bare, b"", path="/v1/nothing")
    assert (status, told["code"]) == (404, "unknown_path")
    assert "POST /v1/nothing" in told["message"]


def test_request_ids_are_kept_when_sane(bare: CallServer) -> None:
    assert ask(bare, ASK, authorization=f"Bearer {KEY}", x_request_id="mine-1")[0].headers["x-request-id"] == "mine-1"
    given = ask(bare, ASK, authorization=f"Bearer {KEY}", x_request_id="a b<script>")[0].headers["x-request-id"]
    assert "<" not in given
