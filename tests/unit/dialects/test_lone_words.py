"""A stream that ends with an error which has no mark of one, as servers on FastAPI and AWS send it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.core.chat_events import Failure
from trunkline.dialects.anthropic_messages.stream_reader import Reader as MessagesReader
from trunkline.dialects.anthropic_messages.tap import StreamTap as AnthropicTap
from trunkline.dialects.event_tap import EventTap
from trunkline.dialects.failure import find_lone_words
from trunkline.dialects.gemini.stream_reader import GeminiReader
from trunkline.dialects.gemini.tap import StreamTap as GeminiTap
from trunkline.dialects.openai_chat.stream_reader import ChatStreamReader
from trunkline.dialects.openai_chat.tap import StreamTap as ChatTap


def write(*events: Any) -> bytes:
    return b"".join(b"data: %b\n\n" % json.dumps(event).encode() for event in events)


_CHAT = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
_MESSAGE = {"id": "m", "type": "message", "role": "assistant", "model": "m", "content": [], "stop_reason": None}
_USAGE = {"input_tokens": 1, "output_tokens": 1}

WIRES: dict[str, tuple[Callable[[], Any], Callable[[], EventTap], bytes]] = {
    "openai_chat": (
        ChatStreamReader,
        ChatTap,
        write(
            {**_CHAT, "choices": [{"index": 0, "delta": {"role": "assistant", "content": "a"}}]},
            *[{**_CHAT, "choices": [{"index": 0, "delta": {"content": word}}]} for word in "bc"],
        ),
    ),
    "anthropic_messages": (
        MessagesReader,
        AnthropicTap,
        write(
            {"type": "message_start", "message": {**_MESSAGE, "usage": _USAGE}},
            {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
            *[
                {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": word}}
                for word in "abc"
            ],
        ),
    ),
    "gemini": (
        GeminiReader,
        GeminiTap,
        write(*[{"candidates": [{"content": {"parts": [{"text": word}]}, "index": 0}]} for word in "abc"]),
    ),
}
ERRORS = (
    {"detail": "The worker ran out of memory."},
    {"message": "The worker ran out of memory."},
    {"message": "The worker ran out of memory.", "status_code": 500, "__type": "ModelStreamErrorException"},
    {"detail": [{"msg": "The worker ran out of memory."}]},
)


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("wire", WIRES)
def test_it_is_told_in_the_words_of_the_provider(wire: str, error: dict[str, Any]) -> None:
    make_reader, make_tap, beginning = WIRES[wire]
    reader = make_reader()
    events = [*reader.feed(beginning), *reader.feed(write(error)), *reader.close()]
    assert isinstance(events[-1], Failure)
    assert "The worker ran out of memory." in events[-1].message
    assert events[-1].kind == "server"
    tap = make_tap()
    relayed = tap.feed(beginning) + tap.feed(write(error)) + tap.take_held()
    tap.close()
    assert tap.error is not None
    assert ("The worker ran out of memory." in tap.error.message, tap.error.kind) == (True, "server")
    # The client gets our words for it: it would pass over what it does not know.
    assert (b"memory" in relayed, tap.told) == (False, False)


@pytest.mark.parametrize("wire", WIRES)
@given(word=st.sampled_from(['{"detail": "x"}', '"message"', '"detail"', '{"message": "x"}']))
def test_what_an_answer_says_is_no_error(wire: str, word: str) -> None:
    _, make_tap, beginning = WIRES[wire]
    said = beginning.replace(b'"b"', json.dumps(word).encode())
    tap = make_tap()
    assert tap.feed(said) == said
    assert tap.error is None


@given(
    st.dictionaries(st.text(max_size=12), st.text(max_size=12), max_size=4),
    st.sampled_from(["detail", "message"]),
    st.text(max_size=20),
)
def test_only_what_is_nothing_but_an_error_has_lone_words(beside: dict[str, str], name: str, said: str) -> None:
    found = find_lone_words({**beside, name: said})
    assert found is None or found == found.strip()
    assert find_lone_words({**beside, name: said, "choices": []}) is None
    assert find_lone_words({name: said}) == (said.strip() or None)
