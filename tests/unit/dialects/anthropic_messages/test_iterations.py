"""Calls that sample several times: https://platform.claude.com/docs/en/build-with-claude/compaction"""

from __future__ import annotations

from typing import Any

import msgspec

from trunkline.core.chat import Usage
from trunkline.dialects.anthropic_messages.usage import WireUsage, hear_usage, merge_usage, read_usage

COMPACTION = {"type": "compaction", "input_tokens": 180_000, "output_tokens": 3_500}
MESSAGE = {"type": "message", "input_tokens": 23_000, "output_tokens": 1_000}


def wire(**fields: Any) -> WireUsage:
    return msgspec.convert({"input_tokens": 23_000, "output_tokens": 1_000, **fields}, WireUsage)


def test_a_compaction_is_billed_too() -> None:
    usage = read_usage(wire(iterations=[COMPACTION, MESSAGE]))
    assert usage is not None
    assert (usage.input, usage.output) == (203_000, 4_500)
    assert usage.rounds == (Usage(input=180_000, output=3_500), Usage(input=23_000, output=1_000))


def test_an_advisor_has_its_own_model() -> None:
    advised = {"type": "advisor_message", "model": "claude-opus-4-8", "input_tokens": 500, "output_tokens": 80}
    usage = read_usage(wire(iterations=[MESSAGE, advised]))
    assert usage is not None
    assert [(one.model, one.input) for one in usage.rounds] == [("", 23_000), ("claude-opus-4-8", 500)]


def test_a_single_sampling_is_the_plain_case() -> None:
    usage = read_usage(wire(iterations=[MESSAGE]))
    assert usage == Usage(input=23_000, output=1_000)


def test_the_report_with_all_samplings_is_the_last_word_of_a_stream() -> None:
    first = hear_usage(None, wire(output_tokens=1, service_tier="priority", inference_geo="us"))
    last = merge_usage(first, read_usage(wire(iterations=[COMPACTION, MESSAGE])))
    assert last is not None
    assert (last.input, last.output, last.tier, last.geo) == (203_000, 4_500, "priority", "us")


def test_cache_writes_of_each_sampling_keep_how_long_they_last() -> None:
    written = {**MESSAGE, "cache_creation_input_tokens": 50, "cache_creation": {"ephemeral_1h_input_tokens": 20}}
    usage = read_usage(wire(iterations=[COMPACTION, written]))
    assert usage is not None
    assert (usage.cache_write, usage.cache_write_1h) == (50, 20)
