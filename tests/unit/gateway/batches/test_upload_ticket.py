from __future__ import annotations

import pytest

from trunkline.core.actor import Actor
from trunkline.core.errors import NotFound
from trunkline.gateway.batches.upload_ticket import UploadTicket, UploadTickets
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.root_key import RootKey

ACTOR = Actor(user_id="u", workspace_id="w", role="member", scope="call", key_id="k")


@pytest.fixture(scope="module")
def tickets() -> UploadTickets:
    return UploadTickets(KeyRing.create(RootKey.generate()))


def test_a_ticket_says_whose_upload_it_is(tickets: UploadTickets) -> None:
    assert tickets.read(tickets.write(ACTOR, "file-1", 9)) == UploadTicket("file-1", 9, "u", "w", None, "k")


def test_only_ours_is_taken(tickets: UploadTickets) -> None:
    good = tickets.write(ACTOR, "file-1", 9)
    elsewhere = UploadTickets(KeyRing.create(RootKey.generate())).write(ACTOR, "file-1", 9)
    for wrong in ("", "ü", good[:-2], f"A{good[1:]}" if good[0] != "A" else f"B{good[1:]}", elsewhere, "a" * 5000):
        with pytest.raises(NotFound, match="no such upload"):
            tickets.read(wrong)
