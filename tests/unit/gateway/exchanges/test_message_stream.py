"""A chat answer as records: what pages show, and nothing of any wire."""

from __future__ import annotations

from typing import cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.core.chat import Media, Usage
from trunkline.core.chat_events import (
    AudioDelta,
    ChatEvent,
    End,
    Failure,
    ImageDelta,
    ReasoningDelta,
    RefusalDelta,
    Start,
    Stop,
    TextDelta,
    ToolCallStart,
    UsageReport,
)
from trunkline.core.price import Price, Rate
from trunkline.gateway.exchanges.message_stream import (
    Broken,
    Finished,
    MessageChat,
    Pictured,
    Record,
    RecordWriter,
    Said,
    Thought,
)
from trunkline.gateway.routing.target import Target
from trunkline.gateway.snapshot import ConfigurationEntry
from trunkline.outbound import Transport
from trunkline.providers.endpoint import make_endpoint
from trunkline.providers.provider import Provider
from trunkline.providers.registry import PROVIDERS

DECODER = msgspec.json.Decoder(Record)


def write(*events: ChatEvent) -> list[Record]:
    writer = RecordWriter()
    return [DECODER.decode(line) for event in events for line in writer.write(event).splitlines()]


def test_a_whole_answer() -> None:
    records = write(
        Start(id="1", model="m"),
        ReasoningDelta("Hm"),
        TextDelta("Hel"),
        TextDelta(""),
        TextDelta("lo"),
        TextDelta("another choice", choice=1),
        ImageDelta(Media(data="aGk=", media_type="image/webp")),
        ImageDelta(Media(file_id="f")),
        AudioDelta(data="xx", transcript=" spoken"),
        ToolCallStart(0, "c", "tool"),
        UsageReport(Usage(1, 2)),
        Stop("length"),
        End(),
        TextDelta("late"),
    )
    assert records == [
        Thought("Hm"),
        Said("Hel"),
        Said("lo"),
        Pictured("data:image/webp;base64,aGk="),
        Said(" spoken"),
        Finished("length"),
    ]


def test_a_failure_is_the_last_word_even_after_a_stop() -> None:
    assert write(TextDelta("a"), Stop("stop"), Failure("broke", "timeout"), End()) == [
        Said("a"),
        Broken("broke", "timeout"),
    ]


@pytest.mark.parametrize(("reason", "told"), [("stop_sequence", "stop"), ("refusal", "content_filter")])
def test_reasons_are_openais(reason: str, told: str) -> None:
    assert write(Stop(reason), End()) == [Finished(told)]  # type: ignore[arg-type] - one of the reasons


def test_a_refusal_with_words_is_text() -> None:
    assert write(RefusalDelta("I won't."), Stop("refusal"), End()) == [Said("I won't."), Finished("stop")]


@given(st.text(min_size=1))
def test_any_text_is_one_line(text: str) -> None:
    line = RecordWriter().write(TextDelta(text))
    assert line.count(b"\n") == 1
    assert len(line.splitlines()) == 1
    assert DECODER.decode(line) == Said(text)


class Prices:
    """A nano-dollar for each token."""

    def find(self, provider: Provider, model: str) -> Price:
        assert (provider.id, model) == ("custom", "m")
        return Price(input=Rate(1_000_000), output=Rate(1_000_000))


def test_what_the_model_has_no_room_for_is_left_out_and_told() -> None:
    provider = PROVIDERS["custom"]
    entry = ConfigurationEntry(id="c", workspace_id="w", owner_id="u", name="n", provider="custom", model="m")
    target = Target(entry, provider, make_endpoint(provider, "http://127.0.0.1:9/v1", None), cast("Transport", None))
    turns = [{"role": role, "content": role * 40} for role in ("user", "assistant", "user")]
    body = msgspec.json.encode({"model": "any", "messages": turns, "max_tokens": 10})

    asked: list[tuple[str, str]] = []

    def window(of: Provider, model: str) -> int | None:
        asked.append((of.id, model))
        return 100

    exchange = MessageChat(body, windows=window, prices=Prices())
    sent = msgspec.json.decode(exchange.prepare(target, "m").request.body)
    assert asked == [("custom", "m")]
    assert (sent["model"], sent["stream"], sent["messages"]) == ("m", True, turns[2:])
    assert exchange.omitted == 2
    # Given up before the provider answered, it has used what was asked, by our own count.
    used = exchange.used()
    assert (used.estimated, used.usage.output) == (True, 0)
    assert used.cost_nanos == used.usage.input > 0
    everything = MessageChat(body)
    assert len(msgspec.json.decode(everything.prepare(target, "m").request.body)["messages"]) == 3
    assert everything.omitted == 0
