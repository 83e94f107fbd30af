from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.core.errors import (
    CannotOpen,
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    Stale,
    TooLarge,
    TooMany,
    TrunklineError,
    Unauthenticated,
    Unavailable,
    Unsupported,
    UpstreamError,
)
from trunkline.dialects.anthropic_messages import DIALECT

from .fixture import load


def read(status: int, body: bytes, **headers: str) -> UpstreamError:
    return DIALECT.read_error(status, body, {name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [
        ("400", "bad_request", "invalid_request_error"),
        ("400_credit", "no_credits", "invalid_request_error"),
        ("401", "auth", "authentication_error"),
        ("402", "no_credits", "billing_error"),
        ("403", "permission", "permission_error"),
        ("404", "not_found", "not_found_error"),
        ("413", "too_large", "request_too_large"),
        ("429", "rate_limit", "rate_limit_error"),
        ("429_spend", "no_credits", "enforced_spend_limit_reached"),
        ("500", "server", "api_error"),
        ("504", "timeout", "timeout_error"),
        ("529", "overloaded", "overloaded_error"),
    ],
)
def test_the_vendors_errors(name, kind, code):
    status = int(name[:3])
    error = read(status, load("errors", name))
    assert (error.kind, error.status, error.upstream_code) == (kind, status, code)
    assert error.detail == msgspec.json.decode(load("errors", name))["error"]["message"]
    assert error.message
    assert error.retry_after is None


@pytest.mark.parametrize(
    ("status", "body", "kind", "detail"),
    [
        (502, b"<html><body>Bad gateway</body></html>", "server", "The provider answered with an HTML page, not JSON."),
        (503, b"upstream connect error", "overloaded", "upstream connect error"),
        (400, b'{"error":{"message":"no","type":"weird"}}', "bad_request", "no"),
        (404, b'{"detail":"Not Found"}', "not_found", "Not Found"),
        (422, b'{"message":"bad"}', "bad_request", "bad"),
        (401, b'{"error":"unauthorized"}', "auth", "unauthorized"),
        (403, b'"forbidden"', "permission", "forbidden"),
        (500, b"", "server", None),
        (500, b'{"error":{"type":"overloaded_error","message":"x"}}', "overloaded", "x"),
        (408, b"null", "timeout", None),
        (418, b"[1]", "bad_request", None),
        (200, b'{"type":"error","error":{"type":"overloaded_error","message":"x"}}', "overloaded", "x"),
        (302, b"", "server", None),
        (500, b"[" * 100_000, "server", "[" * 2000),
        (599, b"\xff\xfe", "server", "\ufffd\ufffd"),
    ],
)
def test_errors_of_proxies_and_compatible_servers(status, body, kind, detail):
    error = read(status, body)
    assert (error.kind, error.detail) == (kind, detail)


def test_words_are_cut_and_keys_taken_out():
    words = "Wrong key sk-ant-api03-AbCdEfGhIjKlMnOpQrStUvWxYz0123456789. " + "x" * 5000
    error = read(401, msgspec.json.encode({"error": {"type": "authentication_error", "message": words}}))
    assert error.detail is not None
    assert len(error.detail) == 2000
    assert "AbCdEf" not in error.detail
    plain = read(401, b"Bearer sk-ant-api03-AbCdEfGhIjKlMnOpQrStUvWxYz0123456789")
    assert "AbCdEf" not in (plain.detail or "")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after": "30"}, 30),
        ({"retry_after": "0.5"}, 0.5),
        ({"retry_after_ms": "1500", "retry_after": "30"}, 1.5),
        ({"retry_after": "soon"}, None),
        ({"retry_after_ms": "soon", "retry_after": "2"}, 2),
        ({"retry_after": "nan"}, None),
        ({"retry_after": "inf"}, None),
        ({}, None),
    ],
)
def test_when_to_come_back(headers, seconds):
    assert read(429, b"", **headers).retry_after == seconds


numbers = st.text(max_size=12) | st.floats().map(str)


@given(st.integers(100, 999), st.binary(max_size=60), numbers, numbers)
def test_reading_an_error_never_raises(status, body, seconds, milliseconds):
    error = read(status, body, retry_after=seconds, retry_after_ms=milliseconds)
    assert error.retry_after is None or 0 <= error.retry_after < float("inf")


def upstream(kind, detail: str | None = "Their words.") -> UpstreamError:
    return UpstreamError("Ours.", kind=kind, detail=detail)


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (InvalidInput.of("max_tokens", "Field required"), 400, "invalid_request_error"),
        (Unsupported.of("n", "No."), 400, "invalid_request_error"),
        (Unauthenticated("Who?"), 401, "authentication_error"),
        (Forbidden("No."), 403, "permission_error"),
        (NotFound("No such model."), 404, "not_found_error"),
        (Conflict("Twice."), 409, "conflict_error"),
        (Stale("Old."), 412, "conflict_error"),
        (TooLarge("Big."), 413, "request_too_large"),
        (TooMany("Wait.", retry_after=1), 429, "rate_limit_error"),
        (Unavailable("Later."), 503, "overloaded_error"),
        (CannotOpen("No."), 500, "api_error"),
        (TrunklineError("Hm."), 500, "api_error"),
    ],
)
def test_our_errors_in_the_vendors_words(error, status, kind):
    assert msgspec.json.decode(DIALECT.write_error(error, status, "req_1")) == {
        "type": "error",
        "error": {"type": kind, "message": error.message},
        "request_id": "req_1",
    }


@pytest.mark.parametrize(
    ("kind", "status", "name", "message"),
    [
        ("bad_request", 400, "invalid_request_error", "Ours. Their words."),
        ("not_found", 404, "not_found_error", "Ours. Their words."),
        ("too_large", 413, "request_too_large", "Ours. Their words."),
        ("rate_limit", 429, "rate_limit_error", "Ours. Their words."),
        ("overloaded", 529, "overloaded_error", "Ours. Their words."),
        ("timeout", 504, "timeout_error", "Ours. Their words."),
        ("moderated", 403, "permission_error", "Ours. Their words."),
        ("permission", 403, "permission_error", "Ours. Their words."),
        ("no_credits", 402, "billing_error", "Ours."),
        ("no_credits", 502, "api_error", "Ours."),
        ("auth", 502, "api_error", "Ours."),
        ("permission", 502, "api_error", "Ours. Their words."),
        ("server", 502, "api_error", "Ours. Their words."),
        ("unreachable", 502, "api_error", "Ours."),
        ("malformed", 502, "api_error", "Ours. Their words."),
    ],
)
def test_a_providers_failure_is_not_the_clients_unless_it_is(kind, status, name, message):
    wire = msgspec.json.decode(DIALECT.write_error(upstream(kind), status, ""))
    assert wire == {"type": "error", "error": {"type": name, "message": message}}


def test_its_own_clients_get_what_the_vendor_says_besides() -> None:
    details = {"error_code": "model_unavailable", "param": "model"}
    inner = {"type": "invalid_request_error", "message": "no", "details": details, "param": "thinking.budget_tokens"}
    error = read(400, msgspec.json.encode({"type": "error", "error": inner, "request_id": "req_vendor"}))
    wire = msgspec.json.decode(DIALECT.write_error(error, 400, "req_ours"))
    assert wire["error"] == {**inner, "message": error.words}
    assert wire["request_id"] == "req_ours"


def test_its_type_stays_where_it_names_the_same_kind() -> None:
    body = b'{"type":"error","error":{"type":"conflict_error","message":"x"}}'
    assert msgspec.json.decode(DIALECT.write_error(read(409, body), 400, ""))["error"]["type"] == "conflict_error"
    other = b'{"type":"error","error":{"type":"api_error","message":"x"}}'
    wire = msgspec.json.decode(DIALECT.write_error(read(529, other), 503, ""))
    assert wire["error"]["type"] == "overloaded_error"


def test_what_the_account_is_about_is_not_told() -> None:
    body = b'{"type":"error","error":{"type":"authentication_error","message":"x","details":{"a":1}}}'
    wire = msgspec.json.decode(DIALECT.write_error(read(401, body), 502, ""))
    assert wire["error"].keys() == {"type", "message"}


def test_what_another_wire_says_besides_is_not_told() -> None:
    error = UpstreamError("x", kind="bad_request", said={"param": "n"}, said_on="openai")
    assert "param" not in msgspec.json.decode(DIALECT.write_error(error, 400, ""))["error"]
