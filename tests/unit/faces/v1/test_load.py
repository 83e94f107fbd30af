"""What a process serves at a time, within bounds."""

from __future__ import annotations

import pytest

from trunkline.core.errors import Unavailable
from trunkline.faces.v1.load import Load, Seat


def test_there_are_so_many_seats() -> None:
    load = Load(most_calls=2)
    first = Seat(load)
    Seat(load)
    assert not load.try_enter(0)
    with pytest.raises(Unavailable, match="2 requests under way") as told:
        Seat(load)
    assert told.value.code == "overloaded"
    assert load.calls == 2
    first.leave()
    assert load.try_enter(0)
    load.leave(0)
    Seat(load)


def test_a_call_that_was_sent_already_is_never_refused() -> None:
    load = Load(most_calls=1)
    Seat(load)
    Seat(load, sent=True)
    assert load.calls == 2


def test_bodies_together_have_so_many_bytes() -> None:
    load = Load(most_bytes=100)
    first, second = Seat(load), Seat(load)
    first.take(60)
    second.take(40)
    assert not load.try_enter(1)
    with pytest.raises(Unavailable, match="TRUNKLINE_MAX_BODIES_MB"):
        second.take(1)
    second.leave()
    assert (load.calls, load.bytes) == (1, 60)
    assert load.try_enter(40)
    load.leave(40)


def test_a_body_that_is_alone_is_let_in_however_large() -> None:
    load = Load(most_bytes=100)
    assert load.try_enter(500)
    load.leave(500)
    alone, other = Seat(load), Seat(load)
    alone.take(60)
    alone.take(440)
    with pytest.raises(Unavailable):
        other.take(1)
    alone.leave()
    other.leave()
    assert (load.calls, load.bytes) == (0, 0)
