from __future__ import annotations

import pytest

from trunkline.faces.request_head import judge_head

HOST = (b"host", b"example.com")


def coding(*values: bytes) -> list[tuple[bytes, bytes]]:
    return [HOST, *((b"transfer-encoding", value) for value in values)]


@pytest.mark.parametrize(
    "headers",
    [
        [HOST],
        [(b"host", b"example.com:8700")],
        [(b"host", b"[::1]:8700")],
        [(b"host", b"")],
        [HOST, (b"content-length", b"3")],
        coding(b"chunked"),
        coding(b" Chunked "),
    ],
)
def test_good_heads(headers: list[tuple[bytes, bytes]]) -> None:
    assert judge_head("1.1", headers) is None


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([], 400),
        ([HOST, HOST], 400),
        ([(b"host", b"a b")], 400),
        ([(b"host", b"a/b")], 400),
        ([(b"host", b"a, b")], 400),
        ([(b"host", b"user@a")], 400),
        ([*coding(b"chunked"), (b"content-length", b"3")], 400),
        (coding(b"gzip, chunked"), 501),
        (coding(b"gzip", b"chunked"), 501),
        (coding(b"chunked, gzip"), 400),
        (coding(b"chunked", b"chunked"), 400),
        (coding(b"identity"), 400),
        (coding(b"xchunked"), 400),
        (coding(b""), 400),
    ],
)
def test_what_is_doubtful_is_refused(headers: list[tuple[bytes, bytes]], status: int) -> None:
    refusal = judge_head("1.1", headers)
    assert refusal is not None
    assert refusal[0] == status


def test_the_older_version_needs_no_host_and_has_no_chunks() -> None:
    assert judge_head("1.0", []) is None
    assert judge_head("1.0", [HOST, HOST]) is not None
    assert judge_head("1.0", coding(b"chunked")) is not None


@pytest.mark.parametrize("version", ["0.9", "1.2", "2.0", "3.0"])
def test_other_versions_are_refused_as_such(version: str) -> None:
    refusal = judge_head(version, [HOST])
    assert refusal is not None
    assert refusal[0] == 505
