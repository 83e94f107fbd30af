"""100,000 broken streams: whatever a provider sends, nothing raises, streams end once, and memory stays bounded."""

from __future__ import annotations

import json
import random
import re
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec
import pytest

from tests.faults.mutation import Corpus, cut, read_frames, read_lines, read_sse
from trunkline.core.chat_events import End, Failure
from trunkline.dialects import anthropic_messages, bedrock_converse, gemini, ollama, openai_chat, openai_responses
from trunkline.dialects.anthropic_messages import passthrough as anthropic_passthrough
from trunkline.dialects.dialect import StreamReader
from trunkline.dialects.gemini import passthrough as gemini_passthrough
from trunkline.dialects.half_characters import join_halves
from trunkline.dialects.openai_chat import passthrough as openai_passthrough
from trunkline.dialects.openai_chat.chunked_content import flatten
from trunkline.dialects.openai_operations.tap import TypedEventTap
from trunkline.dialects.openai_responses import passthrough as responses_passthrough
from trunkline.dialects.passthrough import Tap
from trunkline.dialects.raw_json import find_texts

STREAMS = 100_000
SHARDS = 4
LONG = 10 * 1024 * 1024
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Subject:
    """What listens to streams: a reader, or a tap."""

    corpus: Callable[[], Corpus]
    reader: Callable[[], StreamReader] | None = None
    tap: Callable[[], Tap] | None = None

    def take(self, pieces: list[bytes]) -> None:
        """Take a whole stream, and check what comes of it."""
        if self.reader is not None:
            read(self.reader(), pieces)
        if self.tap is not None:
            listen(self.tap(), pieces)

    def hold(self, pieces: list[bytes]) -> None:
        """Take a whole stream, and no more: what checks it holds memory, too."""
        if self.reader is not None:
            read(self.reader(), pieces)
        if self.tap is not None:
            relay(self.tap(), pieces)


SUBJECTS = {
    "openai_chat": Subject(lambda: read_sse("openai_chat"), reader=openai_chat.DIALECT.stream_reader),
    "openai_chat tap": Subject(lambda: read_sse("openai_chat"), tap=openai_passthrough.PASSTHROUGH.tap),
    "openai_responses": Subject(lambda: read_sse("openai_responses"), reader=openai_responses.DIALECT.stream_reader),
    "openai_responses tap": Subject(lambda: read_sse("openai_responses"), tap=responses_passthrough.PASSTHROUGH.tap),
    "typed events tap": Subject(lambda: read_sse("openai_responses"), tap=TypedEventTap),
    "anthropic_messages": Subject(
        lambda: read_sse("anthropic_messages"), reader=anthropic_messages.DIALECT.stream_reader
    ),
    "anthropic_messages tap": Subject(
        lambda: read_sse("anthropic_messages"), tap=anthropic_passthrough.PASSTHROUGH.tap
    ),
    "gemini": Subject(lambda: read_sse("gemini"), reader=gemini.DIALECT.stream_reader),
    "gemini tap": Subject(lambda: read_sse("gemini"), tap=gemini_passthrough.PASSTHROUGH.tap),
    "ollama": Subject(lambda: read_lines("ollama"), reader=ollama.DIALECT.stream_reader),
    "bedrock_converse": Subject(lambda: read_frames("bedrock_converse"), reader=bedrock_converse.DIALECT.stream_reader),
}
every_subject = pytest.mark.parametrize("name", SUBJECTS)


def read(reader: StreamReader, pieces: list[bytes]) -> None:
    """Events, then one End or Failure and nothing after it."""
    events = [event for piece in pieces for event in reader.feed(piece)]
    events += reader.close()
    ends = [place for place, event in enumerate(events) if isinstance(event, End | Failure)]
    assert ends == [len(events) - 1], events[-3:]
    assert reader.feed(pieces[0]) == []
    assert reader.close() == []


def relay(tap: Tap, pieces: list[bytes]) -> bytes:
    """What the client gets."""
    relayed = b"".join(map(tap.feed, pieces))
    tap.close()
    return relayed + tap.take_held()


def listen(tap: Tap, pieces: list[bytes]) -> None:
    """What is relayed are events that came, in their order; and the tap knows whether the answer is complete.

    An event may have been mended: then it says what one that came says, but for what clients stumble over.
    """
    relayed = relay(tap, pieces)
    body = b"".join(pieces)
    place = 0
    for event in re.split(rb"[\r\n]{2,}", relayed):
        found = body.find(event, place)
        if found < 0:
            # What is not read is changed to the byte alone: roles that come again go, and characters are joined.
            if any(
                event in plain for plain in (_ROLE.sub(b"", body), join_halves(body), _ROLE.sub(b"", join_halves(body)))
            ):
                continue
            said = _words(event)
            assert said is not None, event
            words, arguments = said
            if words not in [one[0] for one in came(body) if one is not None]:
                # A damaged event is mended in more than it says: each of its texts came.
                text = body.decode(errors="replace")
                for each in find_texts(words):
                    assert each in text or json.dumps(each)[1:-1] in text or not each.isascii(), event
            everything = "".join(text for one in came(body) if one is not None for text in one[1])
            for text in arguments:
                # They may have waited for their end, beside those of other calls, or were unwrapped.
                assert text == "{}" or set(text) <= set(everything), event
            continue
        place = found + len(event)
    assert tap.complete == (tap.error is None)
    assert tap.take_held() == b""


_ROLE = re.compile(rb'"role": ?"assistant", ?|, ?"role": ?"assistant"')


@lru_cache(maxsize=1)
def came(body: bytes) -> list[tuple[object, list[str]] | None]:
    """What the events of a stream say."""
    return [_words(whole) for event in re.split(rb"[\r\n]{2,}", body) for whole in (event, join_halves(event))]


def _words(event: bytes) -> tuple[object, list[str]] | None:
    """The data of an event without what is mended: its usage, roles, what says which call is meant, the reasons of
    ends, and texts that came as a list; and the arguments of calls. None where it is no JSON.
    """
    arguments: list[str] = []
    data = b"\n".join(line[5:] for line in re.split(rb"[\r\n]+", event) if line.startswith(b"data:"))
    data = _ROLE.sub(b"", data)
    try:
        said: Any = msgspec.json.decode(flatten(data) or data)
        said.pop("usage", None)
        said.pop("x_groq", None)
        if isinstance(message := said.get("message"), dict):
            message.pop("usage", None)
        arguments += _take_arguments(said)
        said["choices"] = said.get("choices") or []
        for choice in said["choices"]:
            choice.pop("finish_reason", None)
            delta = choice["delta"] = choice.get("delta") or {}
            delta.pop("role", None)
            calls = delta.pop("tool_calls", None) or ()
            functions = [call["function"] for call in calls if "function" in call]
            functions += [older] if (older := delta.pop("function_call", None)) else []
            arguments += [_write(function.get("arguments")) for function in functions]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, TypeError, KeyError, AttributeError):
        return None
    return said, arguments


def _take_arguments(said: dict[str, Any]) -> list[str]:
    """Those of calls in an event of OpenAI's responses, which are taken out."""
    taken = [said.pop("delta")] if "function_call_arguments" in str(said.get("type")) and "delta" in said else []
    answer = said.get("response")
    output: Any = answer.get("output") if isinstance(answer, dict) else None
    items: list[Any] = [said, said.get("item"), *(output if isinstance(output, list) else ())]
    taken += [item.pop("arguments") for item in items if isinstance(item, dict) and "arguments" in item]
    return [_write(each) for each in taken]


def _write(arguments: object) -> str:
    """Arguments as the text that they must be."""
    if arguments is None:
        return ""
    return arguments if isinstance(arguments, str) else msgspec.json.encode(arguments).decode()


@every_subject
@pytest.mark.parametrize("shard", range(SHARDS))
def test_mutated_streams(name: str, shard: int) -> None:
    subject = SUBJECTS[name]
    corpus = subject.corpus()
    chance = random.Random(f"{name} {shard}")
    for number in range(STREAMS // len(SUBJECTS) // SHARDS):
        pieces = cut(corpus.mutate(chance), chance)
        broken = True
        try:
            subject.take(pieces)
            broken = False
        finally:
            if broken:
                print(f"stream {number}: {pieces!r}")


def peak(subject: Subject, pieces: list[bytes]) -> int:
    """The most bytes held while a stream is taken, beyond the stream itself."""
    tracemalloc.start()
    try:
        subject.hold(pieces)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@every_subject
def test_memory_for_mutated_streams(name: str) -> None:
    subject = SUBJECTS[name]
    corpus = subject.corpus()
    chance = random.Random(name)
    for _ in range(40):
        pieces = cut(corpus.mutate(chance), chance)
        assert peak(subject, pieces) < 60 * sum(map(len, pieces)) + MEBIBYTE


@every_subject
def test_line_of_ten_megabytes(name: str) -> None:
    subject = SUBJECTS[name]
    corpus = subject.corpus()
    stream = b"".join(map(corpus.pack, corpus.streams[0]))
    body = corpus.long_line(LONG) + stream
    pieces = [body[place : place + 65_536] for place in range(0, len(body), 65_536)]
    assert peak(subject, pieces) < 8 * LONG


@every_subject
def test_line_without_end(name: str) -> None:
    subject = SUBJECTS[name]
    start = subject.corpus().long_line(LONG)[: LONG // 2]
    piece = b"y" * MEBIBYTE
    assert peak(subject, [start, *[piece] * 60]) < 8 * LONG
