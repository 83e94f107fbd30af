from __future__ import annotations

from trunkline.faces.strangers import Strangers


class Caller:
    def __init__(self) -> None:
        self.dropped = False

    def drop(self) -> None:
        self.dropped = True


def test_the_oldest_of_an_address_makes_room() -> None:
    strangers = Strangers(per_address=2, total=100)
    callers = [Caller() for _ in range(3)]
    neighbour = Caller()
    strangers.add(neighbour, "b")
    for caller in callers:
        strangers.add(caller, "a")
    assert [caller.dropped for caller in (*callers, neighbour)] == [True, False, False, False]


def test_the_oldest_of_all_makes_room() -> None:
    strangers = Strangers(per_address=2, total=3)
    callers = [Caller() for _ in range(4)]
    for number, caller in enumerate(callers):
        strangers.add(caller, str(number))
    assert [caller.dropped for caller in callers] == [True, False, False, False]
    assert len(strangers) == 3


def test_who_is_known_counts_no_more() -> None:
    strangers = Strangers(per_address=1, total=1)
    known, new = Caller(), Caller()
    strangers.add(known, "a")
    strangers.forget(known)
    strangers.forget(known)
    strangers.add(new, "a")
    assert not known.dropped
    assert not new.dropped
