"""Tags of a call, as its header names them: in the books, on every path."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.contract.v1.call_server import CallServer
from tests.contract.v1.entries import KEY, configuration


@pytest.fixture
def bare() -> Iterator[CallServer]:
    with CallServer([configuration("a", "demo", model="demo-chat")], default="a").serve() as running:
        yield running


def ask(bare: CallServer, tags: list[str], path: str = "/v1/chat/completions", **fields: Any) -> httpx2.Response:
    body = {"model": "default", "messages": [{"role": "user", "content": "Hello"}], **fields}
    headers = [("authorization", f"Bearer {KEY}"), *(("X-Trunkline-Tags", tag) for tag in tags)]
    return httpx2.post(bare.url + path, json=body, headers=headers, timeout=20)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages"])
def test_tags_stand_in_the_books(bare: CallServer, path: str, stream: bool) -> None:
    assert ask(bare, ["team:search, project=atlas", "night"], path, max_tokens=9, stream=stream).status_code == 200
    assert bare.books.last().tags == ("night", "project=atlas", "team:search")


def test_a_call_without_has_none(bare: CallServer) -> None:
    assert ask(bare, []).status_code == 200
    assert bare.books.last().tags == ()


def test_a_bad_tag_is_refused_before_anything_is_sent(bare: CallServer) -> None:
    answer = ask(bare, ["a b"])
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid_tags"
    assert "x-trunkline-tags" in answer.json()["error"]["message"]
    assert bare.books.opened == []
