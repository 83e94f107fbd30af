from __future__ import annotations

from trunkline.core.bill import UNKNOWN, Bill, make_bill
from trunkline.core.chat import Usage
from trunkline.core.price import Price, Rate

M = 1_000_000
PRICES = {
    "main": Price(input=Rate(2 * M, ((100, 4 * M),)), output=Rate(10 * M), per_search=7, source="list"),
    "wise": Price(input=Rate(5 * M), output=Rate(50 * M), source="list"),
    "voice": Price(input=Rate(0), output=Rate(0), per_hour=3_600_000, characters=2 * M, source="list"),
    "free": Price(input=Rate(0), output=Rate(0), source="local"),
}


def test_the_first_model_with_a_price_counts() -> None:
    assert make_bill(PRICES.get, ("prod-chat", "main"), Usage(input=10)) == Bill(20, (), "list")
    assert make_bill(PRICES.get, ("wise", "main"), Usage(input=10)).cost_nanos == 50
    assert make_bill(PRICES.get, ("", "prod-chat"), Usage(input=10)) == UNKNOWN


def test_what_the_provider_says_needs_no_price() -> None:
    assert make_bill(PRICES.get, ("nobody",), Usage(input=10, cost_nanos=3)) == Bill(3, (), "provider")


def test_a_fee_without_a_price_is_left_out_and_named() -> None:
    usage = Usage(input=10, searches=2, file_searches=1, code_runs=1)
    assert make_bill(PRICES.get, ("main",), usage) == Bill(34, ("fileSearches", "codeRuns"), "list")


def test_tokens_without_a_price_leave_no_cost() -> None:
    usage = Usage(input=10, audio_input=5, output=4, audio_output=1)
    assert make_bill(PRICES.get, ("main",), usage) == Bill(None, ("audioInput", "audioOutput"))


def test_each_sampling_pays_its_own_model_and_tier() -> None:
    usage = Usage(
        input=230,
        output=3,
        searches=1,
        rounds=(Usage(input=90, output=1), Usage(input=90, output=1), Usage(input=50, output=1, model="wise")),
    )
    assert make_bill(PRICES.get, ("main",), usage) == Bill(2 * (180 + 10) + 250 + 50 + 7, (), "list")


def test_a_sampling_of_an_unknown_model_leaves_no_cost() -> None:
    usage = Usage(input=5, rounds=(Usage(input=2), Usage(input=3, model="secret")))
    assert make_bill(PRICES.get, ("main",), usage) == Bill(None, ("model",))


def test_sound_is_billed_by_its_length_or_its_words_or_not_at_all() -> None:
    spoken = make_bill(PRICES.get, ("voice",), Usage(characters=100), unmetered="audioOutput")
    heard = make_bill(PRICES.get, ("voice",), Usage(audio_ms=2000), unmetered="audioInput")
    assert (spoken.cost_nanos, heard.cost_nanos) == (200, 2000)
    assert make_bill(PRICES.get, ("main",), Usage(input=5), unmetered="audioOutput") == Bill(None, ("audioOutput",))
    assert make_bill(PRICES.get, ("free",), Usage(input=5), unmetered="audioOutput") == Bill(0, (), "local")
