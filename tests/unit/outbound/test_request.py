from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.core.errors import InvalidInput
from trunkline.outbound import Origin, OutgoingRequest, Url
from trunkline.outbound.request import write_head

URL = Url.parse("https://api.example:8443/v1/chat?x=1")


def test_a_post_is_written_with_host_length_and_coding() -> None:
    request = OutgoingRequest("POST", URL, (("Authorization", "Bearer k"), ("X-Odd", "a b")), b"{}")
    assert write_head(request) == (
        b"POST /v1/chat?x=1 HTTP/1.1\r\nHost: api.example:8443\r\nAccept-Encoding: gzip\r\nContent-Length: 2\r\n"
        b"Authorization: Bearer k\r\nX-Odd: a b\r\n\r\n"
    )


def test_a_get_has_no_length_and_an_empty_post_has_one() -> None:
    assert b"Content-Length" not in write_head(OutgoingRequest("GET", URL))
    assert b"Content-Length: 0\r\n" in write_head(OutgoingRequest("POST", URL))


@pytest.mark.parametrize(
    "header",
    [
        ("X\r\nEvil", "1"),
        ("X: 1\r\nEvil", "1"),
        ("X", "1\r\nEvil: 2"),
        ("X", "1\nEvil: 2"),
        ("X", "1\rEvil: 2"),
        ("X", "1\0"),
        ("X", "1\x7f"),
        ("X", "ü"),
        ("X", "\u2028"),
        ("", "1"),
        ("X ", "1"),
        ("X:", "1"),
        ("Xü", "1"),
        ("Host", "evil"),
        ("HOST", "evil"),
        ("content-length", "0"),
        ("Transfer-Encoding", "chunked"),
        ("connection", "close"),
        ("Upgrade", "h2c"),
        ("TE", "trailers"),
        ("Accept-Encoding", "br"),
        ("Expect", "100-continue"),
        ("Proxy-Authorization", "x"),
    ],
)
def test_headers_that_could_change_the_message_are_refused(header: tuple[str, str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        write_head(OutgoingRequest("GET", URL, (header,)))
    assert "Evil" not in caught.value.message


@pytest.mark.parametrize("method", ["", "get", "GET ", "GET / HTTP/1.1\r\nX:", "CONNECT", "TRACE"])
def test_odd_methods_are_refused_with_and_without_a_body(method: str) -> None:
    for body in (b"", b"x"):
        with pytest.raises(InvalidInput):
            write_head(OutgoingRequest(method, URL, (), body))


@pytest.mark.parametrize("target", ["", "x", "/a b", "/a\r\nX: y", "/ü", "*", "http://evil/"])
def test_odd_targets_are_refused_even_when_no_parser_saw_them(target: str) -> None:
    with pytest.raises(InvalidInput):
        write_head(OutgoingRequest("GET", Url(Origin("http", "h", 80), target)))


@given(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=12)), max_size=4), st.text(max_size=12))
def test_whatever_is_written_holds_as_many_lines_as_were_asked_for(headers: list[tuple[str, str]], target: str) -> None:
    request = OutgoingRequest("POST", Url(URL.origin, "/" + target), headers, b"x")
    try:
        head = write_head(request)
    except InvalidInput:
        return
    lines = head.split(b"\r\n")
    assert len(lines) == 1 + 3 + len(headers) + 2
    assert head.count(b"\n") == head.count(b"\r") == len(lines) - 1
    assert lines[0] == b"POST /" + target.encode() + b" HTTP/1.1"


def test_the_repr_shows_no_header_and_no_query() -> None:
    shown = repr(OutgoingRequest("GET", URL, (("authorization", "Bearer sk-secret"),), b"prompt"))
    assert shown == "OutgoingRequest(GET https://api.example:8443)"
