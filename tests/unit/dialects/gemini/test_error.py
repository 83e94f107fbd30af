"""Errors of the Gemini API, and ours in its form."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec
import pytest
from google.genai.errors import APIError

from trunkline.core.chat import JsonObject
from trunkline.core.errors import (
    FieldError,
    InvalidInput,
    NotFound,
    TooMany,
    TrunklineError,
    Unauthenticated,
    Unavailable,
    UpstreamError,
)
from trunkline.dialects.gemini import DIALECT

from .fixture import fixture


def read(status: int, body: bytes, **headers: str) -> UpstreamError:
    return DIALECT.read_error(status, body, {name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [
        ("400_invalid_argument", "bad_request", "INVALID_ARGUMENT"),
        ("400_api_key", "auth", "API_KEY_INVALID"),
        ("401", "auth", "UNAUTHENTICATED"),
        ("403", "permission", "PERMISSION_DENIED"),
        ("404", "not_found", "NOT_FOUND"),
        ("429", "rate_limit", "RESOURCE_EXHAUSTED"),
        ("500", "server", "INTERNAL"),
        ("503", "overloaded", "UNAVAILABLE"),
        ("504", "timeout", "DEADLINE_EXCEEDED"),
    ],
)
def test_recorded_errors(name: str, kind: str, code: str) -> None:
    error = read(int(name[:3]), fixture(f"errors/{name}.json"))
    assert (error.kind, error.upstream_code, error.status) == (kind, code, int(name[:3]))


def test_google_says_when_to_come_back() -> None:
    assert read(429, fixture("errors/429.json")).retry_after == 33.5
    assert read(429, fixture("errors/429.json"), retry_after="7").retry_after == 7.0
    assert read(429, b"{}", retry_after_ms="1500", retry_after="7").retry_after == 1.5
    dates = {"date": "Fri, 21 Nov 2025 00:00:00 GMT", "retry_after": "Fri, 21 Nov 2025 00:00:30 GMT"}
    assert read(429, b"{}", **dates).retry_after == 30.0


@pytest.mark.parametrize("value", ["soon", "-1", "nan", "inf", "Fri, 99 Nov 2025 00:00:30 GMT", ""])
def test_a_senseless_time_to_come_back_is_none(value: str) -> None:
    assert read(429, b"{}", retry_after=value, date="x").retry_after is None


def test_a_key_in_the_words_of_google_is_taken_out() -> None:
    detail = read(403, fixture("errors/403.json")).detail
    assert detail is not None
    assert "AIza" not in detail
    assert "leaked" in detail


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b'{"error":null}', b'{"error":{"details":[5,{"reason":5}]}}', b"\xff"]
)
def test_the_status_counts_when_the_body_says_nothing(body: bytes) -> None:
    assert read(404, body).kind == "not_found"


def test_the_status_counts_before_what_the_body_says_of_it() -> None:
    assert read(500, b'{"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}}').kind == "server"
    assert read(200, b'{"error":{"code":429}}').kind == "rate_limit"
    assert read(200, b'{"error":{"status":"NOT_FOUND"}}').kind == "not_found"
    assert read(418, b'{"error":{"status":"NOT_FOUND"}}').kind == "not_found"
    assert read(418, b'{"error":{"status":"NEW"}}').kind == "bad_request"
    assert read(200, b'{"error":{"status":"NEW"}}').kind == "server"


def test_other_bodies() -> None:
    assert read(502, b"<html><body>Bad Gateway").detail == "The provider answered with an HTML page, not JSON."
    assert read(500, b"upstream gone").detail == "upstream gone"
    assert read(500, b'{"error":"gone"}').detail == "gone"
    assert read(400, b"[" + fixture("errors/400_api_key.json") + b"]").kind == "auth"
    assert len(read(500, b"x" * 100_000).detail or "") == 2000


@pytest.mark.parametrize(
    ("error", "status", "word"),
    [
        (InvalidInput("Bad."), 400, "INVALID_ARGUMENT"),
        (Unauthenticated("Who?"), 401, "UNAUTHENTICATED"),
        (NotFound("No such model."), 404, "NOT_FOUND"),
        (TrunklineError("?"), 418, "INVALID_ARGUMENT"),
        (TooMany("Slow down.", retry_after=2), 429, "RESOURCE_EXHAUSTED"),
        (TrunklineError("?"), 500, "INTERNAL"),
        (UpstreamError("Broken.", kind="malformed"), 502, "UNAVAILABLE"),
        (Unavailable("Draining."), 503, "UNAVAILABLE"),
        (TrunklineError("?"), 599, "INTERNAL"),
    ],
)
def test_our_errors_in_googles_form(error: TrunklineError, status: int, word: str) -> None:
    body = msgspec.json.decode(DIALECT.write_error(error, status, "req-1"))
    assert body["error"]["code"] == status
    assert body["error"]["message"] == error.message
    assert body["error"]["status"] == word
    assert body["error"]["details"][-1] == {"@type": "type.googleapis.com/google.rpc.RequestInfo", "requestId": "req-1"}
    assert APIError(status, body).status == word


def test_details_name_fields_and_delays_and_come_back() -> None:
    error = InvalidInput("Bad.", fields=(FieldError("contents.0", "must be an object"),))
    details = msgspec.json.decode(DIALECT.write_error(error, 400, ""))["error"]["details"]
    assert details[0]["fieldViolations"] == [{"field": "contents.0", "description": "must be an object"}]
    assert read(429, DIALECT.write_error(TooMany("Slow.", retry_after=2.25), 429, "")).retry_after == 2.25
    assert read(400, DIALECT.write_error(Unauthenticated("Who?"), 401, "")).kind == "auth"


def test_without_a_request_id_or_more_to_say_there_are_no_details() -> None:
    assert "details" not in msgspec.json.decode(DIALECT.write_error(NotFound("No."), 404, ""))["error"]


def test_the_providers_own_words_follow_ours() -> None:
    error = UpstreamError("The provider says no.", kind="bad_request", detail="topK must be positive")
    body = msgspec.json.decode(DIALECT.write_error(error, 400, ""))
    assert body["error"]["message"] == "The provider says no. topK must be positive"


class TestWhatGoogleSaysBesides:
    VIOLATIONS: ClassVar[JsonObject] = {
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        "fieldViolations": [{"field": "generation_config.top_k", "description": "must be positive"}],
    }
    INFO: ClassVar[JsonObject] = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "X", "domain": "googleapis.com"
    }  # fmt: skip

    def told(self, status: int, sent: int, word: str, *details: JsonObject) -> Any:
        body = {"error": {"code": status, "message": "no", "status": word, "details": details}}
        error = DIALECT.read_error(status, msgspec.json.encode(body), {})
        return msgspec.json.decode(DIALECT.write_error(error, sent, "req_1"))["error"]

    def test_goes_to_its_clients(self) -> None:
        wire = self.told(400, 400, "FAILED_PRECONDITION", self.VIOLATIONS, self.INFO)
        assert wire["status"] == "FAILED_PRECONDITION"
        assert wire["details"][:2] == [self.VIOLATIONS, self.INFO]

    def test_once(self) -> None:
        wait = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "7s"}
        wire = self.told(429, 429, "RESOURCE_EXHAUSTED", wait)
        assert [detail for detail in wire["details"] if detail["@type"].endswith("RetryInfo")] == [wait]

    def test_its_word_stays_with_its_status(self) -> None:
        assert self.told(500, 502, "INTERNAL")["status"] == "UNAVAILABLE"

    def test_not_of_the_account(self) -> None:
        wire = self.told(401, 502, "UNAUTHENTICATED", self.INFO)
        assert self.INFO not in wire["details"]

    def test_not_to_clients_of_others(self) -> None:
        error = UpstreamError("x", kind="bad_request", said={"details": [self.INFO]}, said_on="anthropic_messages")
        assert self.INFO not in msgspec.json.decode(DIALECT.write_error(error, 400, "r"))["error"].get("details", [])
