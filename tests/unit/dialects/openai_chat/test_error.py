"""Failed answers, read and written."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from trunkline.core.errors import (
    Conflict,
    FieldError,
    Forbidden,
    InvalidInput,
    NotFound,
    TooLarge,
    TooMany,
    TrunklineError,
    Unauthenticated,
    Unavailable,
    Unsupported,
    UpstreamError,
)
from trunkline.dialects.openai_chat import DIALECT

from .fixtures import names, parsed


def recorded(name: str) -> UpstreamError:
    answer = parsed(f"errors/{name}")
    body = answer["body"] if isinstance(answer["body"], str) else msgspec.json.encode(answer["body"]).decode()
    return DIALECT.read_error(answer["status"], body.encode(), answer["headers"])


KINDS = {
    "400_azure_content_filter.json": "moderated",
    "400_context_length.json": "too_large",
    "400_google_key.json": "auth",
    "400_xai_key.json": "auth",
    "400_hf.json": "bad_request",
    "400_unknown_parameter.json": "bad_request",
    "400_vllm.json": "bad_request",
    "401_wrong_key.json": "auth",
    "402_openrouter.json": "no_credits",
    "403_openrouter_moderation.json": "moderated",
    "403_region.json": "permission",
    "404_model.json": "not_found",
    "404_ollama.json": "not_found",
    "408_openrouter.json": "timeout",
    "413_groq.json": "too_large",
    "422_mistral.json": "bad_request",
    "429_date.json": "rate_limit",
    "429_quota.json": "no_credits",
    "429_rate.json": "rate_limit",
    "500_fastapi.json": "server",
    "500_openai.json": "server",
    "502_openrouter.json": "server",
    "503_html.json": "overloaded",
    "503_overloaded.json": "overloaded",
    "529_text.json": "overloaded",
}


@pytest.mark.parametrize("name", names("errors"))
def test_kinds(name: str) -> None:
    error = recorded(name)
    assert error.kind == KINDS[name]
    assert error.status == parsed(f"errors/{name}")["status"]


@pytest.mark.parametrize(
    ("name", "detail"),
    [
        ("400_vllm", "max_tokens must be at least 1, got 0."),
        ("400_hf", "Model too busy, [redacted]"),
        (
            "422_mistral",
            '{"detail":[{"type":"extra_forbidden","loc":["body","store"],"msg":"Extra inputs are not permitted"}]}',
        ),
        ("502_openrouter", 'Provider returned error {"oops":"Bearer [redacted]"}'),
        ("503_html", "The provider answered with an HTML page, not JSON."),
        ("529_text", "overloaded"),
        ("500_fastapi", "Internal Server Error"),
    ],
)
def test_the_providers_words(name: str, detail: str) -> None:
    assert recorded(f"{name}.json").detail == detail


def test_a_key_is_never_repeated() -> None:
    detail = recorded("401_wrong_key.json").detail or ""
    assert "wxyz" not in detail
    assert "sk-proj" not in detail
    assert "platform.openai.com" in detail


@pytest.mark.parametrize("body", [b"x" * 9_000, msgspec.json.encode({"error": {"message": "y" * 9_000}})])
def test_words_are_cut(body: bytes) -> None:
    assert len(DIALECT.read_error(500, body, {}).detail or "") == 2_000


def test_the_code_is_kept_for_programs() -> None:
    assert recorded("400_context_length.json").upstream_code == "context_length_exceeded"
    assert recorded("429_quota.json").upstream_code == "insufficient_quota"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "6"}, 6.0),
        ({"retry-after-ms": "5500", "retry-after": "6"}, 5.5),
        ({"retry-after": "Fri, 21 Nov 2025 07:28:30 GMT", "date": "Fri, 21 Nov 2025 07:28:00 GMT"}, 30.0),
        ({"retry-after": "Fri, 21 Nov 2025 07:27:30 GMT", "date": "Fri, 21 Nov 2025 07:28:00 GMT"}, 0.0),
        ({"retry-after": "Fri, 21 Nov 2025 07:28:30 GMT"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({}, None),
    ],
)
def test_when_to_come_back(headers: dict[str, str], seconds: float | None) -> None:
    assert DIALECT.read_error(429, b"{}", headers).retry_after == seconds


DEEP = b'{"error":' * 400 + b"null" + b"}" * 400
WIDE = b'{"message":' + b"[" * 900 + b"]" * 900 + b"}"


@pytest.mark.parametrize("status", [301, 400, 418, 451, 497, 500, 599])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"7",
        b'"x"',
        b"\xff\xfe",
        b'{"error":null}',
        b'{"error":{"message":5}}',
        b"[" * 99_999,
        DEEP,
        WIDE,
    ],
)
def test_nothing_raises(status: int, body: bytes) -> None:
    error = DIALECT.read_error(status, body, {})
    assert error.kind in {"bad_request", "server"}
    assert error.message


def written(error: TrunklineError, status: int) -> dict[str, Any]:
    return msgspec.json.decode(DIALECT.write_error(error, status, "req_1"))["error"]


@pytest.mark.parametrize(
    ("error", "status", "wire"),
    [
        (
            InvalidInput.of("temperature", "must be a number"),
            400,
            ("invalid_request_error", "temperature", "invalid_request"),
        ),
        (InvalidInput("No.", fields=(FieldError("", "x"),)), 400, ("invalid_request_error", None, "invalid_request")),
        (
            Unsupported.of("messages.0.parts.0", "no"),
            400,
            ("invalid_request_error", "messages.0.parts.0", "unsupported"),
        ),
        (Unauthenticated("Who?"), 401, ("invalid_request_error", None, "invalid_api_key")),
        (Forbidden("No."), 403, ("invalid_request_error", None, "forbidden")),
        (NotFound("No such model."), 404, ("invalid_request_error", None, "model_not_found")),
        (NotFound("No.", code="no_route"), 404, ("invalid_request_error", None, "no_route")),
        (Conflict("Taken."), 409, ("invalid_request_error", None, "conflict")),
        (TooLarge("Big."), 413, ("invalid_request_error", None, "too_large")),
        (TooMany("Slow.", retry_after=1), 429, ("requests", None, "rate_limit_exceeded")),
        (
            TooMany("Poor.", retry_after=1, code="insufficient_quota"),
            429,
            ("insufficient_quota", None, "insufficient_quota"),
        ),
        (Unavailable("Later."), 503, ("server_error", None, "unavailable")),
        (
            UpstreamError("x", kind="auth", upstream_code="invalid_api_key"),
            502,
            ("server_error", None, "upstream_auth"),
        ),
        (UpstreamError("x", kind="too_large"), 400, ("invalid_request_error", None, "context_length_exceeded")),
        (UpstreamError("x", kind="timeout"), 504, ("server_error", None, "upstream_timeout")),
        (UpstreamError("x", kind="bad_request", upstream_code="bad"), 400, ("invalid_request_error", None, "bad")),
        (UpstreamError("x", kind="rate_limit"), 429, ("requests", None, "rate_limit_exceeded")),
        (UpstreamError("x", kind="no_credits"), 502, ("insufficient_quota", None, "insufficient_quota")),
    ],
)
def test_errors_in_openais_words(error: TrunklineError, status: int, wire: tuple[str, str | None, str]) -> None:
    body = written(error, status)
    assert (body["type"], body["param"], body["code"]) == wire
    assert body["message"] == error.message


def test_a_providers_words_reach_the_caller_but_for_those_on_its_account() -> None:
    error = UpstreamError("The provider says no.", kind="bad_request", detail="Bad top_k.")
    assert written(error, 400)["message"] == "The provider says no. Bad top_k."
    failing = UpstreamError("The provider failed.", kind="server", detail="CUDA error")
    assert written(failing, 502)["message"] == "The provider failed. CUDA error"
    secretive = UpstreamError("The provider rejects the key.", kind="auth", detail="Your account is …")
    assert written(secretive, 502)["message"] == "The provider rejects the key."


def test_openrouter_says_in_words_alone_that_it_does_not_have_a_model() -> None:
    body = msgspec.json.encode({"error": {"code": 400, "message": "openai/gpt-9 is not a valid model ID"}})
    assert DIALECT.read_error(400, body, {}).kind == "not_found"
    other = msgspec.json.encode({"error": {"code": 400, "message": "temperature is not a valid number"}})
    assert DIALECT.read_error(400, other, {}).kind == "bad_request"
