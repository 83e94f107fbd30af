"""A stream in another dialect: what the client gets and when, and what stands in the books."""

from __future__ import annotations

import msgspec
import pytest

from trunkline.core.chat import ChatRequest, Message, Text
from trunkline.core.errors import Unavailable, UpstreamError
from trunkline.dialects import anthropic_messages, openai_chat
from trunkline.gateway.estimate import Estimate, find_family
from trunkline.gateway.relays.translated_relay import TranslatedRelay

from .fakes import Body, Books, open_call


def event(kind: str, **fields: object) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (kind.encode(), msgspec.json.encode({"type": kind, **fields}))


def words(text: str) -> bytes:
    return event("content_block_delta", index=0, delta={"type": "text_delta", "text": text})


START = event("message_start", message={"id": "msg_1", "model": "claude", "usage": {"input_tokens": 21}})
STOP = event("message_delta", delta={"stop_reason": "end_turn"}, usage={"output_tokens": 9})
END = event("message_stop")


@pytest.fixture
def books() -> Books:
    return Books()


def translate(books: Books, body: Body, kept: list[Message] | None = None) -> TranslatedRelay:
    async def keep(message: Message) -> None:
        assert books.events
        assert kept is not None
        kept.append(message)

    request = ChatRequest(model="m", messages=(Message("user", (Text("hi"),)),), stream=True, stream_usage=True)
    return TranslatedRelay(
        open_call(books),
        body,  # type: ignore[arg-type] - all of it that is used
        Estimate(find_family("claude"), lambda: 5),
        reader=anthropic_messages.DIALECT.stream_reader(),
        writer=openai_chat.DIALECT.stream_writer(request),
        keep=None if kept is None else keep,
    )


def said(data: bytes) -> str:
    """The text in chunks of OpenAI's."""
    chunks = [line.removeprefix(b"data: ") for line in data.split(b"\n\n") if line.startswith(b"data: {")]
    choices = [choice for chunk in chunks for choice in msgspec.json.decode(chunk).get("choices", ())]
    return "".join(choice["delta"].get("content") or "" for choice in choices)


async def test_words_go_on_and_the_end_waits_for_the_books(books: Books) -> None:
    relay = translate(books, Body([START, words("a"), words("b"), STOP, END]))
    await relay.start()
    assert said(await relay.next()) == "a"
    assert said(await relay.next()) == "b"
    assert books.events == []
    last = await relay.next()
    assert b'"finish_reason":"stop"' in last
    assert last.endswith(b"data: [DONE]\n\n")
    used = books.events[0].usage
    assert (used.input, used.output, books.events[0].outcome) == (21, 9, "ok")
    assert await relay.next() == b""


async def test_what_comes_while_one_waits_is_written_at_once_as_long_as_that_can_be_done(books: Books) -> None:
    relay = translate(books, Body([START + words("a"), words("b"), words("c"), words("d"), STOP, END]))
    await relay.start()
    written: list[bytes] = []

    def write(piece: bytes) -> bool:
        if said(piece) == "d":
            return False
        written.append(piece)
        return True

    assert said(await relay.next(write)) == "a"
    assert said(await relay.next(write)) == "d"
    assert [said(piece) for piece in written] == ["b", "c"]
    assert b"[DONE]" in await relay.next(write)
    assert await relay.next(write) == b""


async def test_a_failure_that_flows_in_ends_the_stream(books: Books) -> None:
    error = event("error", error={"type": "overloaded_error", "message": "busy"})
    relay = translate(books, Body([START + words("a"), words("b"), error, words("c")]))
    await relay.start()
    await relay.next()
    written: list[bytes] = []
    last = await relay.next(lambda piece: written.append(piece) is None)
    assert [said(piece) for piece in written] == ["b"]
    assert b"busy" in last
    assert (books.events[0].outcome, books.events[0].error) == ("error", "overloaded")


async def test_a_failure_before_anything_is_an_error(books: Books) -> None:
    body = Body([START, event("error", error={"type": "overloaded_error", "message": "busy"})])
    with pytest.raises(UpstreamError) as raised:
        await translate(books, body).start()
    assert (raised.value.kind, body.aborted, books.events) == ("overloaded", True, [])


async def test_the_whole_answer_is_kept_before_its_end_leaves(books: Books) -> None:
    kept: list[Message] = []
    relay = translate(books, Body([START + words("a"), words("b"), STOP + END]), kept)
    await relay.start()
    await relay.next()
    await relay.next()
    assert kept == []
    assert b"[DONE]" in await relay.next()
    assert kept == [Message("assistant", (Text("ab"),))]


async def test_books_that_cannot_be_closed_leave_no_whole_answer(books: Books) -> None:
    books.fault = Unavailable("The disk is full.")
    relay = translate(books, Body([START + words("a"), STOP + END]))
    await relay.start()
    await relay.next()
    last = await relay.next()
    assert b"The disk is full." in last
    assert b"finish_reason" not in last


async def test_what_was_not_told_is_counted_and_told(books: Books) -> None:
    relay = translate(books, Body([event("message_start", message={}) + words("a"), event("message_stop")]))
    await relay.start()
    await relay.next()
    assert b'"prompt_tokens":5' in await relay.next()
    assert books.events[0].usage_estimated


async def test_a_server_that_stops_says_so(books: Books) -> None:
    relay = translate(books, Body([START + words("a"), words("b")]))
    await relay.start()
    assert b"restarted" in await relay.interrupt()
    assert await relay.interrupt() == b""
    assert books.events[0].status == 503
