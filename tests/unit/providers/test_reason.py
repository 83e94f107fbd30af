"""Why a provider failed, by the words that servers really use, and what may then help."""

from __future__ import annotations

import pytest
from tests.unit.providers.failed_answers import ANSWERS, OPENAI

from trunkline.core.errors import Fault, UpstreamError, UpstreamKind
from trunkline.dialects.dialect import Dialect
from trunkline.gateway.routing.retry import delay, falls_back
from trunkline.providers.reason import REASONS, explain
from trunkline.providers.reason_rows import ROWS


@pytest.mark.parametrize(("dialect", "status", "body", "reason", "kind", "fault"), ANSWERS)
def test_a_cause_is_known_by_the_servers_own_words(
    dialect: Dialect, status: int, body: str, reason: str | None, kind: UpstreamKind, fault: Fault | None
) -> None:
    error = dialect.read_error(status, body.encode(), {})
    said = error.detail
    explain(error)
    assert (error.reason, error.kind, error.at_fault) == (reason, kind, fault)
    assert said is not None
    assert said in error.words, "the provider's own words reach the caller"
    assert (delay(error, 1, 60) is not None) == (kind in {"server", "overloaded"} and fault in {None, "moment"})
    if fault is not None:
        assert falls_back(error) == (fault != "request")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("llama runner process has terminated: signal: killed", "out_of_memory"),
        (
            "[metal::malloc] Attempting to allocate 1 bytes which is greater than the maximum allowed buffer size of 2",
            "out_of_memory",
        ),
        ("The model m is too large to be loaded automatically (16GB > 10GB)", "out_of_memory"),
        ("timed out waiting for llama runner to start - progress 0.00", "model_broken"),
        ("could not load model: rpc error: code = Canceled", "model_broken"),
        ("Input length (5000 tokens) exceeds the maximum allowed length (4095 tokens)", "context_exceeded"),
        ("The decoder prompt (length 5000) is longer than the maximum model length of 4096", "context_exceeded"),
        ("This model's maximum prompt length is 131072 but the request contains 140000 tokens", "context_exceeded"),
        ("too many tokens: size limit exceeded by 1234 tokens", "context_exceeded"),
        ("Input validation error: `inputs` must have less than 512 tokens. Given: 600", "context_exceeded"),
        ("the input length exceeds the context length", "context_exceeded"),
        ("Prompt contains 40000 tokens, too large for model with 32768 maximum context length", "context_exceeded"),
        ("Unable to process input image. Please retry.", "bad_media"),
        ("The requested model 'm' is not supported by any provider you have enabled", "not_offered"),
        ("Internal server error", None),
        ("Invalid value for temperature: must be at most 2", None),
        ("messages: at least one message is required", None),
    ],
)
@pytest.mark.parametrize("status", [400, 500])
def test_the_words_of_other_servers_tell_the_same(words: str, reason: str | None, status: int) -> None:
    error = OPENAI.read_error(status, f'{{"error":{{"message":"{words}"}}}}'.encode(), {})
    explain(error)
    assert error.reason == reason


@pytest.mark.parametrize("status", [501, 505])
def test_what_a_server_does_not_implement_is_not_asked_for_again(status: int) -> None:
    error = OPENAI.read_error(status, b'{"error":{"message":"not implemented"}}', {})
    explain(error)
    assert (error.at_fault, delay(error, 1, 60), falls_back(error)) == ("target", None, True)


@pytest.mark.parametrize("kind", ["auth", "no_credits", "moderated", "unreachable", "malformed"])
def test_a_kind_that_is_the_reason_already_stays(kind: UpstreamKind) -> None:
    error = UpstreamError("No.", kind=kind, detail="out of memory")
    explain(error)
    assert (error.kind, error.reason, error.message) == (kind, None, "No.")


def test_the_limit_of_a_rate_is_waited_for_whatever_else_it_says() -> None:
    error = UpstreamError("No.", kind="rate_limit", detail="Model is overloaded", retry_after=1.0)
    explain(error)
    assert error.kind == "rate_limit"
    assert delay(error, 1, 60) is not None


def test_every_cause_has_words_and_every_row_a_source() -> None:
    assert {row.name for row in ROWS} == set(REASONS)
    assert all(row.source.startswith("https://") and (row.words or row.code) for row in ROWS)
