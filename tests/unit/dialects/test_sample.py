"""What is remembered of a stream that passes unread."""

from __future__ import annotations

from trunkline.core.heard import Heard, Listener
from trunkline.dialects.raw_json import decode
from trunkline.dialects.sample import LARGEST, MOST, Sample


def read(data: bytes, listener: Listener) -> None:
    value = decode(data)
    listener.add(value if isinstance(value, str) else "")


def test_nothing_is_heard_of_nothing() -> None:
    assert Sample().hear(read) == Heard()


def test_words_are_heard() -> None:
    sample = Sample()
    sample.add(b'data: "a"\n\ndata: "b"\n\n')
    sample.add(b'data: "c"\n\n')
    assert sample.hear(read) == Heard("abc")


def test_the_rest_of_a_long_stream_is_counted_by_its_size() -> None:
    sample, event = Sample(), b'data: "word "\n\n'
    for _ in range(10 * MOST // len(event)):
        sample.add(event)
    heard = sample.hear(read)
    assert len(heard.text) < 2 * MOST
    assert round(heard.text.count("word") * heard.scale) == 10 * MOST // len(event)


def test_a_picture_is_no_words() -> None:
    sample = Sample()
    sample.add(b'data: "%b"\n\n' % (b"A" * LARGEST))
    sample.add(b'data: "a"\n\n')
    assert sample.hear(read) == Heard("a")
