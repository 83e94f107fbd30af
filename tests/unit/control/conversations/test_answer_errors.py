"""Every error of a call has words for people, a code for programs and a status."""

from __future__ import annotations

from typing import get_args

import pytest

from trunkline.control.conversations.answer_errors import AnswerFailed, explain, explain_kind
from trunkline.core.errors import (
    CannotOpen,
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    TooMany,
    TrunklineError,
    Unavailable,
    UpstreamError,
    UpstreamKind,
)


@pytest.mark.parametrize("kind", get_args(UpstreamKind))
def test_every_kind_of_failure_is_explained(kind: UpstreamKind) -> None:
    failure = explain_kind(kind)
    assert failure.code.isupper()
    assert failure.message.endswith(".")
    assert 400 <= failure.status < 600
    assert (failure.retry_after is not None) == (failure.status == 429)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NotFound("no model", code="model_not_found"), 400, "MODEL_NOT_FOUND"),
        (NotFound("gone", code="workspace_not_found"), 404, "WORKSPACE_NOT_FOUND"),
        (InvalidInput("odd"), 400, "INVALID_REQUEST"),
        (Forbidden("no", code="policy_violation"), 403, "POLICY_VIOLATION"),
        (Conflict("twice"), 409, "CONFLICT"),
        (TooMany("slow down", retry_after=1.2), 429, "RATE_LIMITED"),
        (CannotOpen("x"), 502, "INVALID_KEY"),
        (Unavailable("disk full"), 503, "UNAVAILABLE"),
        (TrunklineError("inner detail"), 500, "INTERNAL"),
    ],
)
def test_our_own_errors(error: TrunklineError, status: int, code: str) -> None:
    failure = explain(error)
    assert (failure.status, failure.code) == (status, code)
    assert "inner detail" not in failure.message
    assert explain(failure) is failure


def test_the_providers_words_are_shown_where_they_help() -> None:
    told = explain(UpstreamError("x", kind="bad_request", detail="max_tokens is too large"))
    assert "max_tokens is too large" in told.message
    kept = explain(UpstreamError("x", kind="auth", detail="key of account 17"))
    assert "account 17" not in kept.message
    assert len(explain(UpstreamError("x", kind="too_large", detail="y" * 5000)).message) < 500


def test_when_to_come_back() -> None:
    assert explain_kind("rate_limit", retry_after=7.2).retry_after == 8
    assert explain_kind("rate_limit", retry_after=0).retry_after == 1
    assert isinstance(explain_kind("rate_limit"), AnswerFailed)
