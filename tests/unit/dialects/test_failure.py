"""What failed answers have in common, and that every wire goes by it."""

from __future__ import annotations

from typing import get_args

import pytest

from trunkline.core.errors import UpstreamKind
from trunkline.dialects.dialect import Dialect
from trunkline.dialects.failure import HTML, MAX_DETAIL, SENTENCES, cut, kind_of, read_body
from trunkline.providers.dialect_choice import DIALECTS

STATUSES: dict[int, UpstreamKind] = {
    301: "server",
    400: "bad_request",
    401: "auth",
    402: "no_credits",
    403: "permission",
    404: "not_found",
    405: "bad_request",
    408: "timeout",
    409: "bad_request",
    413: "too_large",
    422: "bad_request",
    429: "rate_limit",
    499: "timeout",
    500: "server",
    502: "server",
    503: "overloaded",
    504: "timeout",
    520: "unreachable",
    521: "unreachable",
    522: "timeout",
    523: "unreachable",
    524: "timeout",
    525: "unreachable",
    526: "unreachable",
    529: "overloaded",
    599: "server",
}

OF_ONE_VENDOR: dict[tuple[str, int], UpstreamKind] = {
    ("openai_chat", 498): "overloaded",
    ("openai_responses", 498): "overloaded",
    ("bedrock_converse", 424): "server",
}
"""What a status means on one wire and not on the others, where it is an error of the request."""

every_dialect = pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS.keys())


@pytest.mark.parametrize(("status", "kind"), STATUSES.items())
def test_a_status_means_a_kind(status: int, kind: str) -> None:
    assert kind_of(status) == kind


@every_dialect
@pytest.mark.parametrize(("status", "kind"), STATUSES.items())
@pytest.mark.parametrize("body", [b"", b"null", b"{}", b"[]", b"busy"])
def test_a_status_means_the_same_on_every_wire(dialect: Dialect, status: int, kind: UpstreamKind, body: bytes) -> None:
    error = dialect.read_error(status, body, {})
    assert (error.kind, error.message) == (kind, SENTENCES[kind])
    assert error.detail == ("busy" if body == b"busy" else None)


@every_dialect
@pytest.mark.parametrize("status", [424, 498])
def test_what_only_one_vendor_means(dialect: Dialect, status: int) -> None:
    assert dialect.read_error(status, b"", {}).kind == OF_ONE_VENDOR.get((dialect.name, status), "bad_request")


@every_dialect
@pytest.mark.parametrize(
    "page",
    [b"<html><body>Bad gateway", b"\r\n <!DOCTYPE HTML><p>", b'<?xml version="1.0"?><Error/>', b"<!-- x --><html>"],
)
def test_a_page_is_told_as_one(dialect: Dialect, page: bytes) -> None:
    assert dialect.read_error(502, page, {}).detail == HTML


@every_dialect
def test_words_that_only_look_like_a_page_are_kept(dialect: Dialect) -> None:
    assert dialect.read_error(502, b"<nil> from upstream", {}).detail == "<nil> from upstream"


@every_dialect
def test_words_are_cut_and_keys_taken_out(dialect: Dialect) -> None:
    detail = dialect.read_error(500, b"Bearer sk-proj-abcdefghijklmnopqrstuv " + b"x" * 100_000, {}).detail or ""
    assert len(detail) == MAX_DETAIL
    assert "abcdef" not in detail


def test_every_kind_has_a_sentence() -> None:
    assert SENTENCES.keys() == set(get_args(UpstreamKind))


def test_a_body_is_its_json_or_its_words() -> None:
    assert read_body(b' {"error": 5} ') == {"error": 5}
    assert read_body(b" gone\n") == "gone"
    assert read_body(b"\xff") == "\ufffd"
    assert read_body(b"[" * 100_000) == "[" * 8 * MAX_DETAIL


def test_no_words_are_none() -> None:
    assert cut("") is None
