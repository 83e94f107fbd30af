"""What is billed of an answer beside its tokens."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from trunkline.core.chat import Usage
from trunkline.dialects.openai_responses.passthrough import read_tap


def usage(output: list[dict[str, Any]], **fields: Any) -> Usage:
    counts = {"input_tokens": 10, "output_tokens": 5}
    answer = {"id": "r", "model": "m", "status": "completed", "output": output, "usage": counts, **fields}
    told = read_tap(msgspec.json.encode(answer)).usage
    assert told is not None
    return told


def test_searches_are_told_by_the_items_where_no_count_is() -> None:
    searched = {"type": "web_search_call", "action": {"type": "search"}}
    opened = {"type": "web_search_call", "action": {"type": "open_page"}}
    assert usage([searched, opened, searched]).searches == 2
    assert usage([searched, opened], tool_usage={"web_search": {"num_requests": 4}}).searches == 4


def test_searches_by_the_older_tool_are_told_apart() -> None:
    searched = {"type": "web_search_call"}
    assert usage([searched], tools=[{"type": "web_search_preview_2025_03_11"}]).preview_searches == 1
    assert usage([searched], tools=[{"type": "web_search"}]).preview_searches == 0


def test_files_are_counted_by_the_call() -> None:
    assert usage([{"type": "file_search_call"}] * 3).file_searches == 3


@pytest.mark.parametrize(
    ("container", "runs"),
    [({"type": "auto"}, 2), ({"type": "auto", "memory_limit": "4g"}, 8), ("cntr_mine", 0)],
)
def test_code_costs_each_container_that_was_started_by_its_memory(container: object, runs: int) -> None:
    calls = [{"type": "code_interpreter_call", "container_id": name} for name in ("a", "b", "a")]
    assert usage(calls, tools=[{"type": "code_interpreter", "container": container}]).code_runs == runs


def test_pictures_are_a_sampling_of_their_own_model() -> None:
    drawn = {"image_gen": {"input_tokens": 50, "output_tokens": 4000, "input_tokens_details": {"image_tokens": 20}}}
    told = usage([], tool_usage=drawn, tools=[{"type": "image_generation", "model": "gpt-image-1.5"}])
    own, pictures = told.rounds
    assert (told.input, told.output) == (60, 4005)
    assert (own.input, own.output, own.model) == (10, 5, "")
    assert pictures == Usage(input=50, output=4000, image_input=20, image_output=4000, model="gpt-image-1.5")


def test_a_text_that_only_speaks_of_tools_counts_nothing() -> None:
    said = {"type": "message", "content": [{"type": "output_text", "text": "web_search_call"}]}
    assert usage([said], service_tier="flex") == Usage(input=10, output=5, tier="flex")


def test_broken_tools_cost_no_answer() -> None:
    assert usage([{"type": "file_search_call"}], tools={"not": "a list"}, tool_usage=[1]).file_searches == 1
