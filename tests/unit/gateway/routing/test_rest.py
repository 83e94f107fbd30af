"""How long a provider is left alone by what its good answers say."""

from __future__ import annotations

import math

import pytest

from trunkline.gateway.routing.rest import read_rest

DATE = {"date": "Thu, 20 Nov 2025 23:56:24 GMT"}


def openai(remaining: str, reset: str, kind: str = "requests") -> dict[str, str]:
    return {
        "x-ratelimit-limit-requests": "500",
        f"x-ratelimit-remaining-{kind}": remaining,
        f"x-ratelimit-reset-{kind}": reset,
        **DATE,
    }


@pytest.mark.parametrize(
    ("reset", "seconds"),
    [
        ("1s", 1.0),
        ("6m0s", 360.0),
        ("120ms", 0.12),
        ("1h0m2.5s", 3602.5),
        ("59.56", 59.56),
        ("7", 7.0),
        ("1763682990", 6.0),
        ("2025-11-20T23:56:54Z", 30.0),
        ("2025-11-20T23:56:04Z", 0.0),
        ("soon", 0.0),
        ("", 0.0),
        ("nan", 0.0),
        ("-5", 0.0),
        ("5 parsecs", 0.0),
    ],
)
def test_a_limit_that_is_used_up_rests_until_it_is_reset(reset: str, seconds: float) -> None:
    assert math.isclose(read_rest(openai("0", reset)), seconds)
    assert math.isclose(read_rest(openai("0", reset, "tokens")), seconds)


def test_where_something_remains_nothing_is_asked_for() -> None:
    assert read_rest(openai("1", "1s")) == 0.0
    assert read_rest(DATE) == 0.0
    assert read_rest({"x-ratelimit-limit-requests": "500"}) == 0.0


def test_anthropic_counts_input_and_output_apart() -> None:
    headers = {
        "anthropic-ratelimit-requests-limit": "50",
        "anthropic-ratelimit-requests-remaining": "12",
        "anthropic-ratelimit-input-tokens-remaining": "0",
        "anthropic-ratelimit-input-tokens-reset": "2025-11-20T23:56:34Z",
        "anthropic-ratelimit-output-tokens-remaining": "0",
        "anthropic-ratelimit-output-tokens-reset": "2025-11-20T23:57:24Z",
        **DATE,
    }
    assert read_rest(headers) == 60.0
