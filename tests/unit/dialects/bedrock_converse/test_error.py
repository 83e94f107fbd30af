"""Errors, read and written."""

from __future__ import annotations

import json

import pytest

from trunkline.core.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    TooLarge,
    TooMany,
    TrunklineError,
    Unauthenticated,
    Unavailable,
    UpstreamError,
)
from trunkline.dialects.bedrock_converse import DIALECT
from trunkline.outbound import Headers

from .fixture import names, parse


@pytest.mark.parametrize("name", names("errors"))
def test_recorded_errors(name: str):
    recorded = parse("errors", name)
    body = json.dumps(recorded["body"]).encode()
    error = DIALECT.read_error(recorded["status"], body, Headers.of(recorded["headers"].items()))
    assert error.kind == recorded["kind"]
    assert error.status == recorded["status"]
    assert error.detail == (recorded["body"].get("message") or recorded["body"].get("Message"))
    assert error.retry_after == (7.0 if name == "throttling" else None)
    if name.startswith("throttling"):
        assert error.upstream_code == "ThrottlingException"


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, "bad_request"), (401, "auth"), (403, "permission"), (404, "not_found"), (413, "too_large"),
     (418, "bad_request"), (429, "rate_limit"), (500, "server"), (502, "server"), (503, "overloaded")],
)  # fmt: skip
@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[1]", b"null", b'{"message":5}', b"<html>busy</html>"])
def test_the_status_decides_where_the_body_says_nothing(status: int, kind: str, body: bytes):
    error = DIALECT.read_error(status, body, Headers([]))
    assert error.kind == kind
    if b"html" in body:
        assert error.detail == "The provider answered with an HTML page, not JSON."


def test_keys_are_taken_out_and_words_are_cut():
    error = DIALECT.read_error(
        400, json.dumps({"message": "AKIAIOSFODNN7EXAMPLE1 " + "x" * 9000}).encode(), Headers([])
    )
    assert error.detail is not None
    assert "AKIA" not in error.detail
    assert len(error.detail) == 2000


@pytest.mark.parametrize("key", ["ABSKQmVkcm9ja0FQSUtleS1leGFtcGxl+/a=", "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3M="])
def test_an_api_key_that_is_echoed_is_taken_out(key: str):
    error = DIALECT.read_error(403, json.dumps({"message": f"Invalid API Key: {key}"}).encode(), Headers([]))
    assert error.kind == "auth"
    assert key[:12] not in str(error.detail)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after-ms": "1500"}, 1.5),
        ({"retry-after": "2"}, 2.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:10 GMT", "date": "Wed, 21 Oct 2015 07:28:00 GMT"}, 10.0),
        ({"retry-after": "inf"}, None),
    ],
)
def test_when_to_come_back(headers: dict[str, str], seconds: float | None):
    assert DIALECT.read_error(429, b"", Headers.of(headers.items())).retry_after == seconds


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (InvalidInput.of("x", "y"), "ValidationException"),
        (Unauthenticated("x"), "UnrecognizedClientException"),
        (Forbidden("x"), "AccessDeniedException"),
        (NotFound("x"), "ResourceNotFoundException"),
        (Conflict("x"), "ConflictException"),
        (TooLarge("x"), "ValidationException"),
        (TooMany("x", retry_after=1), "ThrottlingException"),
        (Unavailable("x"), "ServiceUnavailableException"),
        (UpstreamError("x", kind="rate_limit"), "ThrottlingException"),
        (UpstreamError("x", kind="timeout"), "ModelTimeoutException"),
        (UpstreamError("x", kind="auth", detail="secret"), "InternalServerException"),
        (TrunklineError("x"), "InternalServerException"),
    ],
)
def test_errors_for_clients(error: TrunklineError, kind: str):
    written = json.loads(DIALECT.write_error(error, 400, "req_1"))
    assert written["__type"] == kind
    assert written["message"].endswith(("x", "y"))
