"""Numbers that any wire, database or float can hold."""

from __future__ import annotations

import math

import pytest

from trunkline.core.number import LARGEST, LARGEST_WHOLE, fits, fits_whole


@pytest.mark.parametrize("value", [0, 1, -1, LARGEST_WHOLE, -LARGEST_WHOLE - 1, 3.0])
def test_whole_numbers_of_64_bits_fit(value: float) -> None:
    assert fits_whole(value)


@pytest.mark.parametrize("value", [LARGEST_WHOLE + 1, -LARGEST_WHOLE - 2, 2**64, 10**400, 1e24, math.inf, math.nan])
def test_larger_ones_do_not(value: float) -> None:
    assert not fits_whole(value)


@pytest.mark.parametrize("value", [0, 0.7, -2, 5e-324, LARGEST, -LARGEST])
def test_figures_of_a_size_that_means_something_fit(value: float) -> None:
    assert fits(value)


@pytest.mark.parametrize("value", [1e24, -1e24, 10**400, math.inf, math.nan])
def test_others_do_not(value: float) -> None:
    assert not fits(value)
