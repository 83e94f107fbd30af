"""What a provider tells of a call is believed as far as it can be true."""

from __future__ import annotations

import pytest

from trunkline.core.chat import Usage
from trunkline.core.usage_bound import LARGEST_COST, LARGEST_COUNT, believe


def test_what_can_be_true_is_kept_as_it_is() -> None:
    told = Usage(input=900_000, output=64_000, cached=800_000, cost_nanos=3 * 10**9, searches=3)
    assert believe(told) is told
    assert believe(told, 1_000_000) is told
    assert believe(None) is None


@pytest.mark.parametrize(
    "told",
    [
        Usage(input=2**63 - 1),
        Usage(output=2**63 - 1),
        Usage(input=LARGEST_COUNT + 1),
        Usage(input=-1),
        Usage(input=10, cached=10**12),
        Usage(input=10, reasoning=-3),
        Usage(images=10**9),
        Usage(searches=10**9),
        Usage(audio_ms=10**15),
    ],
)
def test_what_cannot_be_true_is_refused_whole(told: Usage) -> None:
    assert believe(told) is None


def test_a_known_window_tightens_the_bound() -> None:
    told = Usage(input=30_000_000)
    assert believe(told) is told
    assert believe(told, 128_000) is None


def test_a_providers_own_tools_read_the_window_again_and_again() -> None:
    told = Usage(input=2_000_000, output=90_000)
    assert believe(told, 200_000) is told


def test_a_cost_beyond_belief_leaves_the_tokens() -> None:
    assert believe(Usage(input=10, cost_nanos=LARGEST_COST + 1)) == Usage(input=10)
    assert believe(Usage(input=10, cost_nanos=-1)) == Usage(input=10)
