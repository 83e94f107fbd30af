from __future__ import annotations

from trunkline.gateway.rate_reading import RateLimits, read_rate_limit


def test_openai() -> None:
    headers = {
        "x-ratelimit-limit-requests": "500",
        "x-ratelimit-remaining-requests": "499",
        "x-ratelimit-reset-tokens": "6ms",
    }
    assert read_rate_limit(headers) == {"limitRequests": "500", "remainingRequests": "499", "resetTokens": "6ms"}


def test_anthropic() -> None:
    headers = {"anthropic-ratelimit-requests-limit": "50", "anthropic-ratelimit-tokens-remaining": "1000"}
    assert read_rate_limit(headers) == {"limitRequests": "50", "remainingTokens": "1000"}


def test_silence() -> None:
    assert read_rate_limit({"content-type": "application/json"}) is None


def test_the_last_reading_is_collected_once() -> None:
    limits = RateLimits()
    limits.note("c", {"x-ratelimit-limit-requests": "1"}, 10.0)
    limits.note("c", {"x-ratelimit-limit-requests": "2"}, 11.0)
    limits.note("c", {}, 12.0)
    assert limits.collect() == {"c": (11.0, {"limitRequests": "2"})}
    assert limits.collect() == {}


def test_of_answers_that_went_well_the_last_one_is_looked_at() -> None:
    limits = RateLimits()
    limits.note_success("c", {"x-ratelimit-limit-requests": "1"}, 10.0)
    limits.note_success("c", {"x-ratelimit-limit-requests": "2"}, 11.0)
    limits.note_success("silent", {}, 11.0)
    limits.note_success("refused", {"x-ratelimit-limit-requests": "4"}, 11.0)
    limits.note("refused", {"x-ratelimit-limit-requests": "3"}, 12.0)
    limits.note("c", {}, 13.0)
    assert limits.collect() == {"c": (11.0, {"limitRequests": "2"}), "refused": (12.0, {"limitRequests": "3"})}
    assert limits.collect() == {}
