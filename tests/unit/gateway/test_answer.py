from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from trunkline.gateway.answer import write_usd


def test_small_amounts_are_never_nothing() -> None:
    assert write_usd(0) == b"0"
    assert write_usd(1) == b"0.000000001"
    assert write_usd(40_000) == b"0.00004"
    assert write_usd(2_000_000_000) == b"2"


@given(st.integers(0, 10**14))
def test_exact_and_without_an_exponent(nanos: int) -> None:
    text = write_usd(nanos).decode()
    assert Decimal(text) == Decimal(nanos) / 10**9
    assert "E" not in text
    assert not text.endswith(".")
