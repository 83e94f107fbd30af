"""Data of persons in a text: whether there is any of a kind, never what it is.

Numbers count only when they are valid: phone numbers by the plans of ``phonenumbers``, bank accounts, cards and
national ids by their check digits (``python-stdnum``). No expression here can run longer than its text warrants: each
is bounded and begins at a mark that is searched for first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from phonenumbers import PhoneNumberMatcher
from stdnum import iban, luhn

from trunkline.core.national_id import has_national_id

# https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1: 64 octets before the @, 255 behind it.
_BEFORE_AT: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}\Z")
_BEHIND_AT: Final = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z][A-Za-z0-9-]{1,62}")

_IBAN: Final = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,30}", re.ASCII)
_SHORTEST_IBAN: Final = 15

# First digits and lengths of the large networks (ISO/IEC 7812): of all numbers, a tenth would pass the check digit.
_CARD: Final = re.compile(r"(?<!\d)[2-6](?:[ -]?\d){12,18}(?!\d)", re.ASCII)
_NETWORKS: Final = re.compile(
    r"4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|3(?:0[0-5]|[68]\d)\d{11}|6(?:011|5\d\d|4[4-9]\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14,17}",
    re.ASCII,
)
_SEPARATORS: Final = str.maketrans("", "", " -")


def find_kinds(texts: Iterable[str], kinds: Sequence[str], countries: Sequence[str]) -> tuple[str, ...]:
    """Which of ``kinds`` occur in ``texts``, in their order. ``countries`` are ISO 3166 codes.

    Phone numbers that begin with + are found wherever they are from; those without, of ``countries``.
    """
    finders: Mapping[str, Callable[[str], bool]] = {
        "email": has_email,
        "phone": partial(has_phone, countries=countries),
        "iban": has_iban,
        "creditCard": has_card,
        "nationalId": partial(has_national_id, countries=countries),
    }
    all_texts = tuple(texts)
    return tuple(kind for kind in kinds if any(map(finders[kind], all_texts)))


def has_email(text: str) -> bool:
    """Whether ``text`` holds an address for mail."""
    return next(find_emails(text), None) is not None


def find_emails(text: str) -> Iterator[tuple[int, int]]:
    """Where they stand: begin and end of each. So do the other functions that find."""
    at = text.find("@")
    while at >= 0:
        before = _BEFORE_AT.search(text[max(0, at - 64) : at])
        behind = _BEHIND_AT.match(text, at + 1)
        if before and behind:
            yield at - len(before[0]), behind.end()
        at = text.find("@", at + 1)


def has_phone(text: str, countries: Sequence[str] = ()) -> bool:
    """Whether ``text`` holds a phone number that is possible in its country."""
    return next(find_phones(text, countries), None) is not None


def find_phones(text: str, countries: Sequence[str] = ()) -> Iterator[tuple[int, int]]:
    """Those with a plus wherever they are from, and those that are possible in one of ``countries``."""
    for country in (None, *countries) if "+" in text else countries:
        yield from ((found.start, found.end) for found in PhoneNumberMatcher(text, country))


def has_iban(text: str) -> bool:
    """Whether ``text`` holds the number of a bank account (ISO 13616)."""
    return next(find_ibans(text), None) is not None


def find_ibans(text: str) -> Iterator[tuple[int, int]]:
    """Each with the words behind it that could belong to it."""
    for found in _IBAN.finditer(text):
        # The expression takes in what stands behind a number too, so each length that one may have is tried.
        letters = found[0].translate(_SEPARATORS).upper()
        if any(
            _rest(letters[:end]) == 1 and iban.is_valid(letters[:end])
            for end in range(_SHORTEST_IBAN, len(letters) + 1)
        ):
            yield found.span()


def has_card(text: str) -> bool:
    """Whether ``text`` holds the number of a payment card."""
    return next(find_cards(text), None) is not None


def find_cards(text: str) -> Iterator[tuple[int, int]]:
    """Those of the large networks with a right check digit."""
    for found in _CARD.finditer(text):
        digits = found[0].translate(_SEPARATORS)
        if _NETWORKS.fullmatch(digits) and luhn.is_valid(digits):
            yield found.span()


def _rest(letters: str) -> int:
    """The number's rest by 97, which is 1 for a valid one: quick, before the structure of its country is looked up."""
    return int("".join(str(int(char, 36)) for char in letters[4:] + letters[:4])) % 97
