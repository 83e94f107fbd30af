"""A key that lies across several pieces of a stream is in none of what a client puts together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
import pytest

from trunkline.core.actor import Actor
from trunkline.core.chat import ChatRequest
from trunkline.core.chat_events import ChatEvent, ReasoningDelta, Start, Stop, TextDelta, ToolCallDelta, ToolCallStart
from trunkline.core.key_redaction import KeyRedaction
from trunkline.dialects import anthropic_messages, gemini, openai_chat, openai_responses
from trunkline.dialects.dialect import StreamWriter
from trunkline.gateway.disclosure import Disclosure
from trunkline.gateway.exchanges.message_stream import RecordWriter
from trunkline.gateway.relays.split_keys import HELD_FROM, MOST_HELD, SplitKeys

KEY = 'sk-proj-0f3c9a7b/5d2e4f+6a8b1c3d"Qz7'
DIALECTS = {
    dialect.name: dialect
    for dialect in (openai_chat.DIALECT, openai_responses.DIALECT, anthropic_messages.DIALECT, gemini.DIALECT)
}
each_writer = pytest.mark.parametrize("wire", [*DIALECTS, "records"])


def make_writer(wire: str) -> StreamWriter:
    if wire == "records":
        return RecordWriter()
    return DIALECTS[wire].stream_writer(ChatRequest(model="m", messages=(), stream=True))


def screen(*keys: str) -> SplitKeys:
    actor = Actor(user_id="u", workspace_id="w", role="member")
    return SplitKeys(Disclosure(actor, "request-1", KeyRedaction(keys or [KEY])))


def begin(wire: str) -> tuple[StreamWriter, SplitKeys]:
    """A stream in which something was said."""
    writer, keys = make_writer(wire), screen()
    for event in (Start(id="x", model="m", created=1), TextDelta("So. ")):
        keys.feed(writer.write(event))
    return writer, keys


def relay(wire: str, events: Sequence[ChatEvent]) -> list[bytes]:
    """What leaves for each event, and at the end."""
    writer, keys = make_writer(wire), screen()
    start = writer.write(Start(id="x", model="m", created=1))
    pieces = [keys.feed(start) if start else b"", *(keys.feed(writer.write(event)) for event in events)]
    return [*pieces, keys.feed(writer.write(Stop("stop"))) + keys.flush()]


def read(data: bytes) -> str:
    """Every text of a stream, in its order, as clients put them together."""
    texts: list[str] = []

    def walk(value: object) -> None:
        if isinstance(value, dict):
            for name, each in value.items():
                if name in {"text", "content", "delta", "arguments", "partial_json", "thinking", "reasoning_content"}:
                    texts.append(each) if isinstance(each, str) else walk(each)
                elif not isinstance(each, str):
                    walk(each)
        elif isinstance(value, list):
            for each in value:
                walk(each)

    for line in data.splitlines():
        if line.startswith((b"data: {", b"{")) and b'.done"' not in line:
            walk(msgspec.json.decode(line.removeprefix(b"data: ")))
    return "".join(texts)


def shown(data: bytes) -> str:
    """The most of the key, from any place in it on, that the client can put together."""
    text = read(data)
    return max((KEY[a:b] for a in range(len(KEY)) for b in range(a, len(KEY) + 1) if KEY[a:b] in text), key=len)


@each_writer
@pytest.mark.parametrize("at", range(1, len(KEY)))
def test_a_key_in_two_deltas(wire: str, at: int) -> None:
    pieces = relay(wire, [TextDelta(f"The key is {KEY[:at]}"), TextDelta(f"{KEY[at:]}, keep it."), TextDelta(" Bye.")])
    said = read(b"".join(pieces))
    assert len(shown(b"".join(pieces))) < HELD_FROM
    assert "[redacted]" in said
    assert said.startswith("The key is ")
    assert said.endswith(", keep it. Bye.")


@each_writer
@pytest.mark.parametrize("size", [1, 2, 4, 5, 7, 12])
def test_a_key_in_many_deltas(wire: str, size: int) -> None:
    deltas = [TextDelta(KEY[at : at + size]) for at in range(0, len(KEY), size)]
    pieces = relay(wire, [TextDelta("It is "), *deltas, TextDelta(".")])
    assert len(shown(b"".join(pieces))) < HELD_FROM
    assert read(b"".join(pieces)).endswith("[redacted].")


@pytest.mark.parametrize("wire", DIALECTS)
@pytest.mark.parametrize("make", [lambda text: ToolCallDelta(0, text), ReasoningDelta], ids=["arguments", "thoughts"])
def test_in_arguments_and_thoughts(wire: str, make: Callable[[str], ChatEvent]) -> None:
    middle = len(KEY) // 2
    whole = msgspec.json.encode({"at": KEY}).decode()
    cut = whole.index(KEY[:middle]) + middle
    opening = [ToolCallStart(0, "call-1", "f")] if type(make("")) is ToolCallDelta else []
    pieces = relay(wire, [*opening, make(whole[:cut]), make(whole[cut:])])
    assert KEY[:12] not in read(b"".join(pieces))


@each_writer
def test_what_is_no_key_goes_on_at_once(wire: str) -> None:
    writer, keys = begin(wire)
    for text in ("Hello", " as", " is", " risk", ' "s', " sk-", "", " desk-top", "s", "k", "-", "x", "\n\n", "data: {"):
        event = writer.write(TextDelta(text))
        assert keys.feed(event) == event


@each_writer
def test_what_began_like_a_key_goes_on_with_the_next_delta(wire: str) -> None:
    writer, keys = begin(wire)
    first, second, third = (writer.write(TextDelta(text)) for text in ("It begins with sk-proj", "-ects", " and more"))
    assert keys.feed(first) == b""
    assert keys.feed(second) == first + second
    assert keys.feed(third) == third


def test_the_end_of_a_stream_ends_the_waiting() -> None:
    writer, keys = begin("openai_chat")
    event = writer.write(TextDelta("sk-proj"))
    assert keys.feed(event) == b""
    assert keys.flush() == event
    assert keys.flush() == b""


def test_texts_of_other_choices_do_not_part_a_key() -> None:
    pieces = relay("openai_chat", [TextDelta(KEY[:9]), TextDelta("Other", choice=1), TextDelta(KEY[9:])])
    assert KEY[:9] not in read(b"".join(pieces))
    assert "Other" in read(b"".join(pieces))


def test_no_more_waits_than_a_bound() -> None:
    keys = screen()
    filler = b'data: {"other":"%b"}\n\n' % (b"x" * 1000)
    left = keys.feed(b'data: {"text":"sk-proj"}\n\n')
    for _ in range(MOST_HELD // 1000 + 1):
        left += keys.feed(filler)
    assert b"sk-proj" in left


def test_one_of_several_keys() -> None:
    other = "AKIA0123456789ABCDEF"
    keys = screen(KEY, other)
    data = keys.feed(b'data: {"text":"AKIA0123"}\n\n') + keys.feed(b'data: {"text":"456789ABCDEF"}\n\n')
    assert data == b'data: {"text":"[redacted]"}\n\ndata: {"text":""}\n\n'
