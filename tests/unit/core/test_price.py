from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from trunkline.core.chat import Usage
from trunkline.core.price import Price, Rate, nanos, usd

MILLION = 1_000_000
rates = st.integers(0, 10**12).map(Rate)


def test_plain_call() -> None:
    price = Price(input=Rate(150 * MILLION), output=Rate(600 * MILLION))
    assert price.cost(Usage(input=21, output=9)) == 21 * 150 + 9 * 600


def test_parts_pay_their_own_rate_and_nothing_twice() -> None:
    price = Price(
        input=Rate(10 * MILLION),
        output=Rate(100 * MILLION),
        cached=Rate(1 * MILLION),
        cache_write=Rate(12 * MILLION),
        cache_write_1h=Rate(20 * MILLION),
        audio_input=Rate(40 * MILLION),
        audio_output=Rate(200 * MILLION),
        per_request=7,
        per_image=1000,
    )
    usage = Usage(
        input=100, cached=30, cache_write=20, cache_write_1h=5, audio_input=10, output=50, audio_output=20, reasoning=9,
        images=2,
    )  # fmt: skip
    assert price.cost(usage) == 40 * 10 + 30 * 1 + 15 * 12 + 5 * 20 + 10 * 40 + 30 * 100 + 20 * 200 + 7 + 2000


def test_tier_holds_for_the_whole_call() -> None:
    price = Price(input=Rate(1 * MILLION, ((200_000, 2 * MILLION),)), output=Rate(0))
    assert price.cost(Usage(input=200_000)) == 200_000
    assert price.cost(Usage(input=200_001)) == 400_002


def test_what_the_provider_says_is_the_truth() -> None:
    assert Price(input=Rate(MILLION), output=Rate(MILLION)).cost(Usage(input=5, cost_nanos=3)) == 3


@given(rates, rates, st.integers(0, 10**7), st.integers(0, 10**7))
def test_rounded_once_and_half_up(first: Rate, second: Rate, inputs: int, outputs: int) -> None:
    exact = Fraction(inputs * first.base + outputs * second.base, MILLION)
    cost = Price(input=first, output=second).cost(Usage(input=inputs, output=outputs))
    assert -Fraction(1, 2) < cost - exact <= Fraction(1, 2)


@given(st.integers(0, 10**15))
def test_dollars_and_back(amount: int) -> None:
    assert nanos(Decimal(amount) / 10**9) == amount
    assert usd(amount) == amount / 10**9


def test_free_is_what_costs_nothing_whatever_is_used() -> None:
    nothing = Rate(0)
    assert Price(input=nothing, output=nothing).free
    assert Price(input=nothing, output=nothing, cached=nothing).free
    assert not Price(input=Rate(1), output=nothing).free
    assert not Price(input=nothing, output=nothing, audio_output=Rate(1)).free
    assert not Price(input=nothing, output=Rate(0, ((1000, 5),))).free
    assert not Price(input=nothing, output=nothing, per_request=1).free
    assert not Price(input=nothing, output=nothing, per_image=1).free
