"""Ways in which servers break off in the middle of a stream: the reason is told, and in a form that clients know."""

from __future__ import annotations

import pytest

from trunkline.core.chat_events import Failure
from trunkline.dialects import anthropic_messages, openai_chat
from trunkline.dialects.sse import EventReader, ServerEvent
from trunkline.providers.dialect_choice import PASSTHROUGHS

CHUNK = b'data: {"id":"a","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"x"}}]}\n\n'
OPENING = (
    b'event: message_start\ndata: {"type":"message_start","message":{"id":"m","usage":{"input_tokens":1}}}\n\n'
    b'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text"}}\n\n'
)
LLAMA = b'error: {"code":500,"message":"out of memory","type":"server_error"}\n\n'
BARE = b'{"error":{"message":"out of memory"}}\n'


@pytest.mark.parametrize("end", [b"", b"\n", b"\n\n"])
def test_lines_that_are_no_fields_of_an_event(end: bytes) -> None:
    reader = EventReader()
    assert reader.feed(LLAMA.strip() + end + b"\n\n") == [ServerEvent(LLAMA.strip().removeprefix(b"error: "), "error")]
    assert reader.feed(BARE.strip() + end + b"\n\n") == [ServerEvent(BARE.strip(), "error")]
    assert reader.feed(b'{"x":1}\n: error\nerrors: x\n\n') == []


CASES = [
    ("openai_chat", CHUNK, LLAMA, False),
    ("openai_chat", CHUNK, BARE, False),
    ("openai_chat", CHUNK, b"event: error\ndata: out of memory\n\n", False),
    ("openai_chat", CHUNK, b'data: {"error":"out of memory"}\n\n', True),
    ("anthropic_messages", OPENING, BARE, False),
    ("anthropic_messages", OPENING, b'data: {"error":{"message":"out of memory"}}\n\n', False),
    ("anthropic_messages", OPENING, b'event: error\ndata: {"error":{"message":"out of memory"}}\n\n', False),
]


@pytest.mark.parametrize(("name", "begun", "broken", "told"), CASES)
def test_the_reason_is_told_once(name: str, begun: bytes, broken: bytes, told: bool) -> None:
    dialect = {"openai_chat": openai_chat, "anthropic_messages": anthropic_messages}[name].DIALECT
    reader = dialect.stream_reader()
    last = [*reader.feed(begun + broken), *reader.close()][-1]
    assert isinstance(last, Failure)
    assert "out of memory" in last.message
    tap = PASSTHROUGHS[name].tap()
    tap.feed(begun + broken)
    tap.feed(begun if broken.endswith(b"\n\n") else b"")
    tap.close()
    assert tap.error is not None
    assert "out of memory" in tap.error.message
    assert tap.told is told
    held = tap.take_held()
    assert (b"out of memory" in held, bool(held)) == (told, told)
