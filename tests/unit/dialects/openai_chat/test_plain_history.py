"""One look at a history tells that nothing in it is to be mended: it never says so of one that is."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trunkline.core.chat import ChatRequest
from trunkline.dialects.history_ids import ANY_ID, NINE_LETTERS, PLAIN_ID, IdForm
from trunkline.dialects.openai_chat import OpenAIChat, WireOptions
from trunkline.dialects.openai_chat.earlier_thoughts import fit_thoughts
from trunkline.dialects.openai_chat.kept_answer import tidy
from trunkline.dialects.openai_chat.passing_ids import fit_ids, has_odd_ids
from trunkline.dialects.openai_chat.plain_history import is_plain_history
from trunkline.dialects.passthrough import EarlierThoughts
from trunkline.providers.quirks import _ROWS

from .strategies import requests

HISTORY: list[dict[str, Any]] = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": [{"type": "text", "text": "x"}, {"type": "image_url", "image_url": {"url": "y"}}]},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "find", "arguments": "{}"}}],
    },
    {"role": "tool", "tool_call_id": "c1", "content": "found"},
    {"role": "assistant", "content": "Here."},
]
DROPS = [row.quirk.drop for row in _ROWS]
THOUGHTS: list[EarlierThoughts] = ["none", "content", "reasoning", "rounds", "chunks", "details"]


def raw(value: Any) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))


def is_mended(messages: msgspec.Raw, ids: IdForm) -> bool:
    """Whether any of those who mend changes something, for whatever provider."""
    return (
        any(tidy(messages, drop)[0] != messages for drop in DROPS)
        or any(fit_thoughts(messages, form)[0] != messages for form in THOUGHTS)
        or (has_odd_ids(bytes(messages), ids) and fit_ids(messages, ids) != messages)
    )


def test_texts_pictures_calls_and_results_are_plain() -> None:
    assert is_plain_history(raw(HISTORY), PLAIN_ID)
    assert not is_mended(raw(HISTORY), PLAIN_ID)


@pytest.mark.parametrize(
    ("place", "field"),
    [
        (4, {"refusal": None}),
        (4, {"annotations": []}),
        (4, {"reasoning_content": "hm"}),
        (4, {"parsed": {}}),
        (4, {"tool_calls": None}),
        (4, {"content": [{"type": "thinking", "thinking": "hm"}]}),
        (2, {"tool_calls": [{"id": "c1", "function": {"name": "f", "arguments": "", "parsed_arguments": {}}}]}),
        (2, {"tool_calls": [{"id": "c1", "function": {"name": "f"}, "extra_content": {}}]}),
        (3, {"tool_call_id": ""}),
        (3, {"tool_call_id": "c/1"}),
    ],
)
def test_a_field_of_an_answer_and_an_odd_id_are_not(place: int, field: dict[str, Any]) -> None:
    history = [{**turn, **field} if at == place else turn for at, turn in enumerate(HISTORY)]
    assert not is_plain_history(raw(history), PLAIN_ID)


def test_nor_is_a_history_in_which_a_call_is_answered_twice() -> None:
    assert not is_plain_history(raw([*HISTORY, HISTORY[3]]), PLAIN_ID)


@pytest.mark.parametrize("given_", [b"", b"null", b"{}", b"[1]", b'["x"]'])
def test_nor_is_what_is_no_history(given_: bytes) -> None:
    assert not is_plain_history(msgspec.Raw(given_), ANY_ID)


@settings(max_examples=80, deadline=None)
@given(requests(), st.sampled_from([ANY_ID, PLAIN_ID, NINE_LETTERS]), st.booleans())
def test_what_is_said_to_be_plain_is_changed_by_nobody(request: ChatRequest, ids: IdForm, full: bool) -> None:
    options = WireOptions(thoughts="details" if full else "none", cache_hints=full)
    sent = msgspec.json.decode(OpenAIChat(options).write_request(request).body, type=dict[str, msgspec.Raw])
    assert not (is_plain_history(sent["messages"], ids) and is_mended(sent["messages"], ids))
