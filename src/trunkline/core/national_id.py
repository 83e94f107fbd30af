"""Numbers that countries give to persons, found in a text. Their check digits are known to ``python-stdnum``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

import msgspec
from stdnum.br import cpf
from stdnum.cn import ric
from stdnum.de import idnr
from stdnum.es import dni, nie
from stdnum.fr import nir
from stdnum.gb import nhs
from stdnum.in_ import aadhaar
from stdnum.it import codicefiscale
from stdnum.nl import bsn
from stdnum.pl import pesel
from stdnum.se import personnummer
from stdnum.us import ssn


class _Form(msgspec.Struct, frozen=True):
    """How a number is written, and whether one that is written so is one."""

    written: re.Pattern[str]
    is_valid: Callable[[str], bool]


def _form(written: str, is_valid: Callable[[str], bool]) -> _Form:
    return _Form(re.compile(rf"(?<![0-9A-Za-z])(?:{written})(?![0-9A-Za-z])", re.ASCII), is_valid)


def _is_spanish(text: str) -> bool:
    return dni.is_valid(text) or nie.is_valid(text)


_FORMS: Final[Mapping[str, _Form]] = {
    "BR": _form(r"\d{3}\.?\d{3}\.?\d{3}-?\d{2}", cpf.is_valid),
    "CN": _form(r"\d{17}[\dXx]", ric.is_valid),
    "DE": _form(r"\d{2} ?\d{3} ?\d{3} ?\d{3}", idnr.is_valid),
    "ES": _form(r"[XYZxyz]?-?\d{7,8}-?[A-Za-z]", _is_spanish),
    "FR": _form(r"[12] ?\d{2} ?\d{2} ?\d[\dABab] ?\d{3} ?\d{3} ?\d{2}", nir.is_valid),
    "GB": _form(r"\d{3}[ -]?\d{3}[ -]?\d{4}", nhs.is_valid),
    "IN": _form(r"\d{4}[ -]?\d{4}[ -]?\d{4}", aadhaar.is_valid),
    "IT": _form(r"[A-Za-z]{6}\d{2}[A-Za-z]\d{2}[A-Za-z]\d{3}[A-Za-z]", codicefiscale.is_valid),
    "NL": _form(r"\d{4}[. ]?\d{2}[. ]?\d{3}|\d{3}[. ]?\d{3}[. ]?\d{3}", bsn.is_valid),
    "PL": _form(r"\d{11}", pesel.is_valid),
    "SE": _form(r"\d{6}(?:\d{2})?[-+]\d{4}", personnummer.is_valid),
    # Nine digits in a row are anything; the dashes are what makes a social security number of them.
    "US": _form(r"\d{3}-\d{2}-\d{4}", ssn.is_valid),
}

COUNTRIES: Final = frozenset(_FORMS)
"""The countries whose numbers are known, by ISO 3166."""


def has_national_id(text: str, countries: Iterable[str]) -> bool:
    """Whether ``text`` holds a valid number of one of ``countries``; those that are not known have none."""
    return next(find_national_ids(text, countries), None) is not None


def find_national_ids(text: str, countries: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Where they stand: begin and end of each."""
    for country in countries:
        form = _FORMS.get(country)
        if form is not None:
            yield from (found.span() for found in form.written.finditer(text) if form.is_valid(found[0]))
