"""The header ``traceparent``: https://www.w3.org/TR/trace-context/#traceparent-header"""

from __future__ import annotations

import pytest

from trunkline.core.trace_parent import TraceParent, read_trace_parent

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def test_it_names_a_trace_and_a_span() -> None:
    found = TraceParent(0x4BF92F3577B34DA6A3CE929D0E0E4736, 0x00F067AA0BA902B7, sampled=True)
    assert read_trace_parent(f"00-{TRACE}-{SPAN}-01") == found
    unsampled = read_trace_parent(f"00-{TRACE}-{SPAN}-00")
    assert unsampled is not None
    assert not unsampled.sampled


def test_later_versions_may_say_more() -> None:
    assert read_trace_parent(f"cc-{TRACE}-{SPAN}-01-what-the-future-will-be-like") is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"00-{TRACE}-{SPAN}",
        f"00-{TRACE}-{SPAN}-01-more",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01\n",
    ],
)
def test_what_is_none_is_ignored(text: str) -> None:
    assert read_trace_parent(text) is None
