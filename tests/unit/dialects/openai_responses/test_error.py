"""Failed answers, read and written."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from trunkline.core.errors import (
    Forbidden,
    InvalidInput,
    NotFound,
    TooMany,
    TrunklineError,
    Unauthenticated,
    Unsupported,
    UpstreamError,
)
from trunkline.dialects.openai_responses import DIALECT

from .fixture import names, parsed

KINDS = {
    "400_context_length.json": "too_large",
    "400_cyber_policy.json": "moderated",
    "400_missing_item.json": "bad_request",
    "400_unsupported_parameter.json": "bad_request",
    "401_wrong_key.json": "auth",
    "403_region.json": "permission",
    "404_model.json": "not_found",
    "404_previous_response.json": "bad_request",
    "429_quota.json": "no_credits",
    "429_rate.json": "rate_limit",
    "500.json": "server",
    "503_html.json": "overloaded",
    "529_text.json": "overloaded",
}


def recorded(name: str) -> UpstreamError:
    answer = parsed(f"errors/{name}")
    body = answer["body"] if isinstance(answer["body"], str) else msgspec.json.encode(answer["body"]).decode()
    return DIALECT.read_error(answer["status"], body.encode(), answer["headers"])


@pytest.mark.parametrize("name", names("errors"))
def test_kinds(name: str) -> None:
    error = recorded(name)
    assert error.kind == KINDS[name]
    assert error.status == parsed(f"errors/{name}")["status"]


def test_words_and_waits() -> None:
    assert recorded("429_rate.json").retry_after == 5.5
    assert recorded("503_html.json").detail == "The provider answered with an HTML page, not JSON."
    assert recorded("400_context_length.json").upstream_code == "context_length_exceeded"
    detail = recorded("401_wrong_key.json").detail
    assert detail is not None
    assert "[redacted]" in detail
    assert "sk-proj" not in detail


@pytest.mark.parametrize(
    ("error", "status", "wire"),
    [
        (
            InvalidInput.of("input.0.role", "must be user"),
            400,
            {"type": "invalid_request_error", "param": "input.0.role", "code": "invalid_request"},
        ),
        (Unsupported.of("stop", "no"), 400, {"type": "invalid_request_error", "param": "stop", "code": "unsupported"}),
        (Unauthenticated("x"), 401, {"type": "invalid_request_error", "param": None, "code": "invalid_api_key"}),
        (Forbidden("x"), 403, {"type": "invalid_request_error", "param": None, "code": "forbidden"}),
        (NotFound("x"), 404, {"type": "invalid_request_error", "param": None, "code": "model_not_found"}),
        (TooMany("x", retry_after=1), 429, {"type": "requests", "param": None, "code": "rate_limit_exceeded"}),
        (
            TooMany("x", retry_after=1, tokens=True),
            429,
            {"type": "tokens", "param": None, "code": "rate_limit_exceeded"},
        ),
        (
            UpstreamError("x", kind="overloaded"),
            503,
            {"type": "server_error", "param": None, "code": "upstream_overloaded"},
        ),
    ],
)
def test_errors_for_clients(error: TrunklineError, status: int, wire: dict[str, Any]) -> None:
    body = msgspec.json.decode(DIALECT.write_error(error, status, "req_1"))
    assert body == {"error": {"message": error.message, **wire}}
