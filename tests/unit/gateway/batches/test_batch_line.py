from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.core.errors import InvalidInput
from trunkline.gateway.batches.batch_line import LONGEST_ID, read_line


@given(key=st.none() | st.text(min_size=1, max_size=LONGEST_ID), number=st.integers(1, 100_000))
def test_a_request_of_gemini_has_its_key_or_its_number(key: str | None, number: int) -> None:
    fields = {} if key is None else {"key": key}
    line = read_line("gemini", number, json.dumps({**fields, "request": {"contents": []}}).encode(), "generateContent")
    assert (line.custom_id, line.keyed) == (str(number) if key is None else key, key is not None)
    assert json.loads(line.body) == {"contents": []}


@pytest.mark.parametrize("key", ["", "x" * (LONGEST_ID + 1)])
def test_a_key_is_neither_empty_nor_endless(key: str) -> None:
    with pytest.raises(InvalidInput, match="line 7: key must have 1 to 512 characters"):
        read_line("gemini", 7, json.dumps({"key": key, "request": {}}).encode(), "generateContent")
