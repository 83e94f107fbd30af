"""The most that a call can cost, and how long an answer may be for what is left."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trunkline.core.chat import Usage
from trunkline.core.price import Price, Rate
from trunkline.gateway.budgets.demand import Demand

RATES = st.builds(Rate, st.integers(0, 10**12))
PRICES = st.builds(
    Price,
    input=RATES,
    output=RATES,
    cache_write=st.none() | RATES,
    reasoning=st.none() | RATES,
    image_output=st.none() | RATES,
    per_request=st.integers(0, 10**9),
)
DEMANDS = st.builds(
    Demand,
    usage=st.builds(Usage, input=st.integers(0, 10**6)),
    answers=st.integers(1, 8),
    caches=st.booleans(),
)


@given(price=PRICES, demand=DEMANDS, money=st.integers(0, 10**13))
def test_an_answer_that_is_afforded_costs_no_more(price: Price, demand: Demand, money: int) -> None:
    least = demand.cost(price, 0)
    assert least is not None
    if money < least:
        return
    tokens = demand.afford(price, money)
    cost = demand.cost(price, tokens)
    assert cost is not None
    assert cost <= money


@given(price=PRICES, demand=DEMANDS, tokens=st.integers(0, 10**5))
def test_the_most_is_no_less_than_any_bill(price: Price, demand: Demand, tokens: int) -> None:
    """However the tokens turn out to be read, cached or thought."""
    most = demand.cost(price, tokens)
    assert most is not None
    made = tokens * demand.answers
    for usage in (
        Usage(input=demand.usage.input, output=made),
        Usage(input=demand.usage.input, output=made, reasoning=made // 2 if price.reasoning else 0),
    ):
        if price.reasoning is None or price.reasoning.base >= price.output.base:
            plain = price.cost(usage)
            if price.image_output is None and not demand.caches:
                assert plain <= most


def test_sound_without_a_price_has_no_cost() -> None:
    price = Price(input=Rate(1), output=Rate(1))
    assert Demand(usage=Usage(input=1), speaks=True).cost(price, 10) is None
    assert Demand(usage=Usage(input=1)).cost(price, 10) == 0
