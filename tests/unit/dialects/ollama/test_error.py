"""Errors of Ollama, and ours in its form."""

from __future__ import annotations

import msgspec
import pytest

from trunkline.core.errors import InvalidInput, NotFound, UpstreamError
from trunkline.dialects.ollama import DIALECT

from .fixture import fixture


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "bad_request"),
        (401, "auth"),
        (403, "permission"),
        (404, "not_found"),
        (429, "rate_limit"),
        (500, "server"),
        (503, "overloaded"),
    ],
)
def test_recorded_errors(status: int, kind: str) -> None:
    body = fixture(f"errors/{status}.json")
    error = DIALECT.read_error(status, body, {})
    assert (error.kind, error.status, error.detail) == (kind, status, msgspec.json.decode(body)["error"])


def test_a_status_without_a_word_of_its_own() -> None:
    assert DIALECT.read_error(418, b"{}", {}).kind == "bad_request"
    assert DIALECT.read_error(599, b"{}", {}).kind == "server"


def test_bodies_of_other_forms() -> None:
    def detail(body: bytes) -> str | None:
        return DIALECT.read_error(502, body, {}).detail

    assert detail(b"<html>Bad Gateway") == "The provider answered with an HTML page, not JSON."
    assert detail(b'{"error":{"message":"gone"}}') == "gone"
    assert detail(b"gone") == "gone"
    assert detail(b"") is detail(b"[]") is detail(b"null") is detail(b'{"error":5}') is None
    assert "sk-" not in (detail(b'{"error":"bad key sk-proj-abcdefghijklmnopqrstuv"}') or "")
    assert len(detail(b"x" * 100_000) or "") == 2000


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({"retry-after": "7"}, 7.0), ({"retry-after-ms": "250"}, 0.25), ({"retry-after": "soon"}, None), ({}, None)],
)
def test_when_to_come_back(headers: dict[str, str], seconds: float | None) -> None:
    assert DIALECT.read_error(429, b"{}", headers).retry_after == seconds


def test_our_errors_are_one_sentence() -> None:
    assert DIALECT.write_error(NotFound("No such model."), 404, "req-1") == b'{"error":"No such model."}'
    assert DIALECT.write_error(InvalidInput.of("model", "is required"), 400, "") == b'{"error":"model: is required"}'
    error = UpstreamError("The provider failed.", kind="server", detail="out of memory")
    assert DIALECT.write_error(error, 502, "") == b'{"error":"The provider failed. out of memory"}'
