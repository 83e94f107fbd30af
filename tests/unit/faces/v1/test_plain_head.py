"""Which heads may be served without a task. What is not told here is served too, by the server."""

from __future__ import annotations

from typing import Any

import pytest

from trunkline.core.actor import Actor
from trunkline.core.errors import Unauthenticated
from trunkline.faces.v1.plain_head import PlainHead, read_plain_head, split_head
from trunkline.gateway.identity import Admitted, Identity
from trunkline.gateway.snapshot import Snapshot

ACTOR = Actor(user_id="u", workspace_id="w", role="member", key_id="k")
LINE = b"POST /v1/chat/completions HTTP/1.1\r\n"
KEY = b"Authorization: Bearer tl-good\r\n"
HOST = b"Host: here\r\n"


class Known:
    """Knows one key."""

    def admit(self, key: str, workspace_id: str | None) -> Admitted:
        if key != "tl-good":
            raise Unauthenticated("not known")
        return Admitted(ACTOR, Snapshot(parts={}, keys={}, users={}), None)


def read(*lines: bytes) -> PlainHead | None:
    known: Any = Known()
    identity: Identity = known
    raw = split_head(LINE + b"".join(lines) + b"Content-Length: 2\r\n\r\n{}")
    assert raw is not None
    return read_plain_head(raw, identity)


def test_a_head_is_parted_from_the_length_of_its_body() -> None:
    data = LINE + HOST + b"Content-Length: 2\r\n" + KEY + b"\r\n{}"
    found = split_head(data)
    assert found is not None
    assert found.without_length == (LINE + HOST + KEY).removesuffix(b"\r\n")
    assert found.find_body(data) == (2, len(data) - 2)
    longer = data.replace(b": 2", b": 123456789")
    assert found.find_body(longer) == (123_456_789, len(longer) - 2)
    spelt = split_head(data.replace(b"Content-Length: 2", b"content-length:2"))
    assert spelt is not None
    assert spelt.without_length == found.without_length


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (KEY, KEY.upper()),
        (HOST, b"Host: other\r\n"),
        (b": 2", b": "),
        (b": 2", b":2"),
        (b": 2", b": +2"),
        (b": 2", b": 2_0"),
        (b": 2", b": 2 "),
        (b": 2", b": 1234567890"),
        (b": 2\r\n", b": 2\n"),
        (b"\r\n\r\n", b"\r\nCookie: a\r\n\r\n"),
        (b"\r\n\r\n{}", b"\r\n"),
    ],
)
def test_another_head_is_not_taken_for_the_one_before(old: bytes, new: bytes) -> None:
    data = LINE + HOST + b"Content-Length: 2\r\n" + KEY + b"\r\n{}"
    found = split_head(data)
    assert found is not None
    assert old in data
    assert found.find_body(data.replace(old, new)) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        LINE + HOST + b"Content-Length: 2\r\n",
        LINE + HOST + b"\r\n",
        LINE + HOST + b"Content-Length: +2\r\n\r\n",
        LINE + HOST + b"Content-Length: 2x\r\n\r\n",
        LINE + HOST + b"X-Content-Length: 2\r\n\r\n",
        b"GET /v1/models HTTP/1.1\r\nContent-Length: 2\r\n\r\n",
        b"POST /v1/chat/completions HTTP/1.0\r\nContent-Length: 2\r\n\r\n",
    ],
)
def test_other_bytes_are_not_such_a_head(data: bytes) -> None:
    assert split_head(data) is None


def test_a_usual_head() -> None:
    head = read(HOST, KEY, b"Accept-Encoding: gzip\r\n", b"X-Request-Id: mine\r\n", b"User-Agent: openai\r\n")
    assert head is not None
    assert head.admitted.actor is ACTOR
    assert (head.coding, head.request_id) == ("gzip", "mine")


def test_a_request_id_that_is_none_is_passed_over() -> None:
    head = read(HOST, KEY, b"X-Request-Id: not good!\r\n")
    assert head is not None
    assert head.request_id is None


@pytest.mark.parametrize(
    "line",
    [
        b"Content-Length: 5",
        b"Transfer-Encoding: chunked",
        b"Connection: close",
        b"Expect: 100-continue",
        b"Upgrade: websocket",
        b"Cache-Control: no-cache",
        b"X-Trunkline-Anything: x",
        b"Content-Encoding: gzip",
        b"X-User-Id: ada",
        b"Origin: https://example.com",
        b"x-goog-api-key: tl-good",
        b"anthropic-version: 2023-06-01",
        b"x-api-key: tl-other",
        b"Host: there",
        b"no colon",
    ],
)
def test_what_says_more_is_for_the_server(line: bytes) -> None:
    assert read(HOST, KEY) is not None
    assert read(HOST, KEY, line + b"\r\n") is None


@pytest.mark.parametrize("line", [b"", b"Authorization: Bearer tl-bad\r\n", b"Authorization: Bearer eyJ.token.x\r\n"])
def test_who_has_no_good_key_is_for_the_server(line: bytes) -> None:
    assert read(HOST, line) is None


def test_a_head_without_a_host_is_for_the_server() -> None:
    assert read(KEY) is None
