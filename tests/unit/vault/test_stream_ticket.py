from __future__ import annotations

import msgspec
import pytest

from trunkline.core.errors import Unauthenticated
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.root_key import RootKey
from trunkline.vault.stream_ticket import StreamTickets, TicketClaims

CLAIMS = TicketClaims(id="t", user_id="u", workspace_id="w", conversation_id="c", expires_at=160, key_id="k")


@pytest.fixture(scope="module")
def tickets() -> StreamTickets:
    return StreamTickets(KeyRing.create(RootKey.generate()))


def test_a_ticket_states_what_was_issued(tickets: StreamTickets) -> None:
    assert tickets.verify(tickets.issue(CLAIMS), "c", 159.9) == CLAIMS


def test_a_ticket_ends(tickets: StreamTickets) -> None:
    with pytest.raises(Unauthenticated, match="has expired"):
        tickets.verify(tickets.issue(CLAIMS), "c", 160)


def test_a_ticket_is_for_its_conversation(tickets: StreamTickets) -> None:
    with pytest.raises(Unauthenticated, match="not for this conversation"):
        tickets.verify(tickets.issue(CLAIMS), "d", 100)


def test_only_ours_is_taken(tickets: StreamTickets) -> None:
    good = tickets.issue(CLAIMS)
    other = tickets.issue(msgspec.structs.replace(CLAIMS, user_id="x"))
    mixed = f"{other.partition('.')[0]}.{good.partition('.')[2]}"
    elsewhere = StreamTickets(KeyRing.create(RootKey.generate())).issue(CLAIMS)
    for wrong in ("", ".", good[:-2], mixed, elsewhere, "ü.ü", "a" * 5000, good.partition(".")[0]):
        with pytest.raises(Unauthenticated):
            tickets.verify(wrong, "c", 100)
