"""Answers that pass as they come: what the client gets, and what stands in the books, however they end."""

from __future__ import annotations

import msgspec
import pytest

from trunkline.core.errors import Unavailable, UpstreamError
from trunkline.core.price import Price, Rate
from trunkline.dialects.openai_chat.passthrough import StreamTap
from trunkline.dialects.openai_operations.tap import SoundTap, TypedEventTap
from trunkline.dialects.passthrough import Tap
from trunkline.gateway.answer import CutOff
from trunkline.gateway.estimate import Estimate, find_family
from trunkline.gateway.relays.raw_relay import RawRelay

from .fakes import PRICE, Body, Books, open_call

FREE = Price(input=Rate(0), output=Rate(0), source="local")
DELTA = b'data: {"type":"transcript.text.delta","delta":"a"}\n\n'
END = b'data: {"type":"transcript.text.done","usage":{"input_tokens":21,"output_tokens":9}}\n\n'
CHUNK = b'data: {"choices":[{"index":0,"text":"a","finish_reason":null}]}\n\n'
STOP = b'data: {"choices":[{"index":0,"text":"","finish_reason":"stop"}]}\n\n'
DONE = b"data: [DONE]\n\n"


@pytest.fixture
def books() -> Books:
    return Books()


def pipe(books: Books, tap: Tap, body: Body, **options: bool) -> RawRelay:
    sound = isinstance(tap, SoundTap)
    return RawRelay(
        open_call(books, FREE if options.pop("free", False) else PRICE),
        body,  # type: ignore[arg-type] - all of it that is used
        tap,
        Estimate(find_family("gpt-4o"), lambda: 5),
        unmetered=None if options.get("marked", False) else "audioOutput",
        in_band=not sound,
        marked=options.get("marked", False),
        tells=options.get("tells", False),
    )


async def drain(relay: RawRelay) -> list[bytes]:
    await relay.start()
    pieces: list[bytes] = []
    while piece := await relay.next():
        pieces.append(piece)
    return pieces


async def test_events_pass_and_the_end_waits_for_the_books(books: Books) -> None:
    relay = pipe(books, TypedEventTap(), Body([DELTA, DELTA[:9], DELTA[9:] + END]))
    await relay.start()
    assert await relay.next() == DELTA
    assert await relay.next() == DELTA
    assert books.events == []
    assert await relay.next() == END
    event = books.events[0]
    assert (event.outcome, event.usage.input, event.usage.output, event.cost_nanos) == ("ok", 21, 9, 114_000)
    assert await relay.next() == b""


async def test_a_missing_mark_of_the_end_is_added(books: Books) -> None:
    assert b"".join(await drain(pipe(books, StreamTap(), Body([CHUNK, STOP]), marked=True))) == CHUNK + STOP + DONE
    assert books.events[0].outcome == "ok"
    assert books.events[0].cost_nanos == 5 * 2_000 + 8_000, "our own count is billed where tokens are what is billed"


async def test_who_asks_is_told_what_was_counted_here(books: Books) -> None:
    told = b"".join(await drain(pipe(books, StreamTap(), Body([CHUNK, STOP, DONE]), marked=True, tells=True)))
    assert told.startswith(CHUNK + STOP)
    assert told.endswith(DONE)
    usage = msgspec.json.decode(told[len(CHUNK + STOP) : -len(DONE)].removeprefix(b"data: "))["usage"]
    assert (usage["prompt_tokens"], usage["completion_tokens"], usage["estimated"]) == (5, 1, True)


async def test_the_mark_is_not_doubled(books: Books) -> None:
    whole = [CHUNK, STOP, DONE]
    assert b"".join(await drain(pipe(books, StreamTap(), Body(whole), marked=True))) == b"".join(whole)


async def test_sound_has_no_price_by_our_count(books: Books) -> None:
    assert await drain(pipe(books, SoundTap(), Body([b"a", b"b"]))) == [b"a", b"b"]
    event = books.events[0]
    assert (event.usage.input, event.usage_estimated, event.cost_nanos, event.price_source) == (5, True, None, None)


async def test_what_is_free_is_free(books: Books) -> None:
    await drain(pipe(books, SoundTap(), Body([b"a"]), free=True))
    assert (books.events[0].cost_nanos, books.events[0].price_source) == (0, "local")


async def test_a_break_on_the_way(books: Books) -> None:
    error = UpstreamError("It closed early.", kind="unreachable")
    pieces = await drain(pipe(books, TypedEventTap(), Body([DELTA], error)))
    assert pieces[0] == DELTA
    assert b"It closed early." in pieces[1]
    with pytest.raises(CutOff):
        await drain(pipe(books, SoundTap(), Body([b"a"], error)))
    assert [(event.outcome, event.error) for event in books.events] == [("error", "unreachable")] * 2


async def test_a_break_before_anything_is_an_error(books: Books) -> None:
    body = Body([b'data: {"error":{"message":"no","code":"rate_limit_exceeded"}}\n\n'])
    with pytest.raises(UpstreamError) as raised:
        await pipe(books, TypedEventTap(), body).start()
    assert (raised.value.kind, body.aborted, books.events) == ("rate_limit", True, [])


async def test_books_that_cannot_be_closed_leave_no_whole_answer(books: Books) -> None:
    books.fault = Unavailable("The disk is full.")
    told = b"".join(await drain(pipe(books, TypedEventTap(), Body([DELTA, END]))))
    assert END not in told
    assert b"The disk is full." in told
    with pytest.raises(CutOff):
        await drain(pipe(books, SoundTap(), Body([b"a"])))


async def test_a_client_that_goes_away(books: Books) -> None:
    body = Body([DELTA, DELTA])
    relay = pipe(books, TypedEventTap(), body)
    await relay.start()
    await relay.next()
    await relay.abandon()
    await relay.abandon()
    assert body.aborted
    assert [(event.outcome, event.status, event.usage_estimated) for event in books.events] == [
        ("cancelled", 499, True)
    ]


async def test_a_server_that_stops(books: Books) -> None:
    relay = pipe(books, TypedEventTap(), Body([DELTA, DELTA]))
    await relay.start()
    assert b"restarted" in await relay.interrupt()
    assert await relay.interrupt() == b""
    sound = pipe(books, SoundTap(), Body([b"a", b"b"]))
    await sound.start()
    with pytest.raises(CutOff):
        await sound.interrupt()
    assert [(event.outcome, event.status) for event in books.events] == [("error", 503)] * 2
