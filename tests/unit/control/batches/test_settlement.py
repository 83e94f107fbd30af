"""A line's call has one id, whoever writes it down, and is paid for on a batch's terms."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trunkline.control.batches.settlement import make_event_id, read_usage
from trunkline.core.chat import Usage
from trunkline.core.ids import is_id
from trunkline.storage.tables import Batch


@given(st.text(min_size=1, max_size=40), st.integers(1, 100_000), st.integers(0, 2**50))
def test_the_id_is_the_same_each_time_and_another_for_each_line(batch_id: str, number: int, made: int) -> None:
    found = make_event_id(batch_id, number, made)
    assert found == make_event_id(batch_id, number, made)
    assert found != make_event_id(batch_id, number + 1, made)
    assert is_id(str(found))


def test_ids_of_later_batches_are_later() -> None:
    assert str(make_event_id("a", 1, 1_000_000)) < str(make_event_id("a", 1, 2_000_000))


def test_usage_is_on_a_batchs_terms_whatever_the_answer_says() -> None:
    batch = Batch(wire="openai", endpoint="/v1/chat/completions")
    told = b'{"prompt_tokens": 3, "completion_tokens": 2}'
    body = b'{"model": "m", "service_tier": "default", "choices": [], "usage": %b}' % told
    assert read_usage(batch, body) == (Usage(input=3, output=2, tier="batch"), "m")
    assert read_usage(batch, b"broken") == (Usage(tier="batch"), "")
    embeddings = Batch(wire="openai", endpoint="/v1/embeddings")
    assert read_usage(embeddings, b"broken") == (Usage(tier="batch"), "")
