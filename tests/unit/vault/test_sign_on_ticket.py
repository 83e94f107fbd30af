"""What a browser keeps while it is away at a provider."""

from __future__ import annotations

import pytest

from trunkline.core.errors import Forbidden
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.sign_on_ticket import SignOnClaims, SignOnTickets

CLAIMS = SignOnClaims("provider", "state", "nonce", "verifier", "/chat", 1_000)


def test_opens_what_it_sealed_until_it_is_too_old(ring: KeyRing) -> None:
    tickets = SignOnTickets(ring)
    ticket = tickets.seal(CLAIMS)
    assert tickets.open(ticket, 999.0) == CLAIMS
    with pytest.raises(Forbidden) as late:
        tickets.open(ticket, 1_000.0)
    assert late.value.code == "sign_on_expired"


def test_shows_nothing(ring: KeyRing) -> None:
    assert "verifier" not in SignOnTickets(ring).seal(CLAIMS)


@pytest.mark.parametrize("ticket", ["", "x", "é", "A" * 5_000, "AAAA" * 20, "not base64!"])
def test_refuses_what_is_not_ours(ring: KeyRing, ticket: str) -> None:
    with pytest.raises(Forbidden):
        SignOnTickets(ring).open(ticket, 0.0)


def test_refuses_one_with_a_bit_changed(ring: KeyRing) -> None:
    ticket = SignOnTickets(ring).seal(CLAIMS)
    changed = ("B" if ticket[0] == "A" else "A") + ticket[1:]
    with pytest.raises(Forbidden):
        SignOnTickets(ring).open(changed, 0.0)
