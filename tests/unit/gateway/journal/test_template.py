"""Short records tell with their template what whole ones would tell by themselves."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.plain_end import write_end

from trunkline.core.chat import Usage
from trunkline.core.ids import id_bytes, new_id
from trunkline.core.usage_event import UsageEvent
from trunkline.gateway.journal.frame import Kind, Record, read_frames
from trunkline.gateway.journal.template import RecordTemplate, TemplateReader

COMMON = UsageEvent(
    id="",
    opened_at=0,
    request_id="",
    operation="chat",
    workspace_id="w",
    user_id="u",
    key_id="k",
    configuration_id="c",
    version_id="v",
    tags=("a", "b"),
    revision=3,
    provider="openai",
    model="gpt-4o-mini",
    requested_model="mini",
)
COUNTS = st.integers(0, 2**40)


def reader_of(*templates: RecordTemplate) -> TemplateReader:
    reader = TemplateReader()
    for template in templates:
        (record,) = read_frames(template.frame)
        assert isinstance(record, Record)
        assert record.kind is Kind.TEMPLATE
        reader.learn(record.payload, record.event_id)
    return reader


@given(
    usage=st.builds(Usage, input=COUNTS, output=COUNTS, cached=COUNTS, tier=st.none() | st.text(max_size=9)),
    cost=st.none() | COUNTS,
    source=st.none() | st.text(max_size=9),
    missing=st.lists(st.text(max_size=9), max_size=2).map(tuple),
    at=COUNTS,
    took=COUNTS,
    request_id=st.text(max_size=40),
    answered=st.none() | st.text(min_size=1, max_size=9),
    held=st.none() | COUNTS,
    trace=st.none() | st.text(min_size=1, max_size=55),
)
def test_an_end_is_told_whole(
    usage: Usage,
    cost: int | None,
    source: str | None,
    missing: tuple[str, ...],
    at: int,
    took: int,
    request_id: str,
    answered: str | None,
    held: int | None,
    trace: str | None,
) -> None:
    other, template = RecordTemplate(msgspec.structs.replace(COMMON, model="other")), RecordTemplate(COMMON)
    event = msgspec.structs.replace(
        COMMON,
        id=new_id(),
        opened_at=at,
        request_id=request_id,
        usage=usage,
        cost_nanos=cost,
        price_source=source,
        price_missing=missing,
        duration_us=took,
        answered=answered,
        held_nanos=held,
        trace=trace,
    )
    assert reader_of(other, template).read_end(write_end(template, event), id_bytes(event.id)) == event


def test_a_beginning_is_told_whole() -> None:
    template, name = RecordTemplate(COMMON), new_id()
    told = reader_of(template).read_opened(template.write_opened(17, "r-1"), id_bytes(name))
    assert told == msgspec.structs.replace(COMMON, id=name, opened_at=17, request_id="r-1")


def test_a_beginning_tells_what_is_held_under_the_leases_of_its_template() -> None:
    common = msgspec.structs.replace(COMMON, leases={"b": "lease"})
    template, name = RecordTemplate(common), new_id()
    told = reader_of(template).read_opened(template.write_opened(17, "r-1", 5_000, "00-trace"), id_bytes(name))
    assert told == msgspec.structs.replace(
        common, id=name, opened_at=17, request_id="r-1", held_nanos=5_000, trace="00-trace"
    )


def test_what_was_written_before_anything_was_held_is_read() -> None:
    template, name = RecordTemplate(COMMON), new_id()
    old = msgspec.msgpack.encode((template.number, 17, "r-1", 900, Usage(input=3), 4, None, (), None))
    told = reader_of(template).read_end(old, id_bytes(name))
    assert (told.cost_nanos, told.held_nanos, told.trace) == (4, None, None)


def test_a_record_whose_template_is_lost_is_not_taken_for_another() -> None:
    lost, known = RecordTemplate(COMMON), RecordTemplate(COMMON)
    reader = reader_of(known)
    with pytest.raises(LookupError):
        reader.read_opened(lost.write_opened(1, "r"), bytes(16))
    with pytest.raises(msgspec.MsgspecError):
        reader.read_end(b"\x91\x01", bytes(16))
