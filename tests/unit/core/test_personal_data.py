"""Personal data: what is found, what only looks like it, and that no text takes long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iban, luhn

from trunkline.core.national_id import COUNTRIES, has_national_id
from trunkline.core.personal_data import find_kinds, has_card, has_email, has_iban, has_phone

PROSE = st.text(alphabet="abc xyz.,\n", max_size=30)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ada@example.com", True),
        ("<ada.lovelace+news@mail.example.co.uk>", True),
        ("mailto:o'neil@exa-mple.com.", True),
        ("@ada and @bob", False),
        ("a@b", False),
        ("user@host", False),
        ("foo@@example.com", False),
        ("x = a @ b.c", False),
        ("@" * 10_000, False),
    ],
)
def test_email(text: str, found: bool) -> None:
    assert has_email(text) is found


@pytest.mark.parametrize(
    ("text", "countries", "found"),
    [
        ("call +49 30 901820", (), True),
        ("call +1 (650) 253-0000 now", (), True),
        ("call 030 901820", (), False),
        ("call 030 901820", ("DE",), True),
        ("call 650-253-0000", ("DE", "US"), True),
        ("version 1.2.3 of 2024-01-02", ("DE", "US"), False),
        ("12345", ("DE",), False),
    ],
)
def test_phone(text: str, countries: tuple[str, ...], found: bool) -> None:
    assert has_phone(text, countries) is found


@given(PROSE, PROSE, st.integers(10_000_000, 99_999_999), st.integers(0, 9_999_999_999), st.booleans())
def test_iban(before: str, behind: str, bank: int, account: int, spaced: bool) -> None:
    number = f"{bank:08d}{account:010d}"
    check = 98 - int(f"{number}131400") % 97
    text = f"DE{check:02d}{number}"
    assert iban.is_valid(text)
    wrong = f"DE{(check + 1) % 97:02d}{number}"
    written = iban.format(text) if spaced else text
    assert has_iban(f"{before} {written} {behind}")
    assert not has_iban(f"{wrong}")


@given(st.integers(0, 10**14 - 1), st.sampled_from(["", " ", "-"]), PROSE)
def test_card(account: int, gap: str, around: str) -> None:
    digits = f"4{account:014d}"
    number = digits + luhn.calc_check_digit(digits)
    written = gap.join(number[at : at + 4] for at in range(0, 16, 4))
    assert has_card(f"{around} {written}")
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert not has_card(wrong)
    assert not has_card("1" + number)  # a longer number is another one


@pytest.mark.parametrize(
    "text", ["4111 1111 1111 1111", "5555555555554444", "378282246310005", "6011-1111-1111-1117", "2223003122003222"]
)
def test_cards_of_networks(text: str) -> None:
    assert has_card(f"card: {text}.")


@pytest.mark.parametrize(
    ("country", "text"),
    [
        ("BR", "111.444.777-35"),
        ("CN", "360426199101010071"),
        ("DE", "36 574 261 809"),
        ("ES", "54362315K"),
        ("ES", "X-2482300W"),
        ("FR", "2 95 10 99 126 111 93"),
        ("GB", "943-476-5870"),
        ("IN", "2341 2341 2346"),
        ("IT", "RCCMNL83S18D969H"),
        ("NL", "1112.22.333"),
        ("PL", "44051401359"),
        ("SE", "880320-0016"),
        ("US", "536-90-4399"),
    ],
)
def test_national_ids(country: str, text: str) -> None:
    assert has_national_id(f"It is {text}, she said.", [country])
    assert not has_national_id(f"It is 9{text}, she said.", [country])
    assert not has_national_id(text, COUNTRIES - {country, "PL", "NL", "DE", "GB", "IN", "BR", "CN"})
    assert not has_national_id(text, ["AQ"])


def test_kinds_come_in_the_order_asked() -> None:
    texts = ("nothing", "ada@example.com", "+49 30 901820")
    assert find_kinds(texts, ("phone", "iban", "email"), ()) == ("phone", "email")
    assert find_kinds((), ("phone",), ()) == ()


@pytest.mark.parametrize("piece", ["a" * 64, "@a.", "DE89", "4111 ", "1-", "+1 ", "12-34 56 "])
def test_hostile_texts_end(piece: str) -> None:
    """What makes a backtracking search explode: the suite's time limit is far above what these take."""
    text = piece * (100_000 // len(piece))
    find_kinds((text,), ("email", "phone", "iban", "creditCard", "nationalId"), ("DE", "US"))
