"""Data of persons taken out of texts."""

from __future__ import annotations

import pytest

from trunkline.core.personal_redaction import redact_personal_data


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Write to ada.l+x@example.co.uk, please", "Write to [redacted], please"),
        ("a@example.com,b@example.com", "[redacted],[redacted]"),
        ("Call +49 30 901820 today", "Call [redacted] today"),
        ("Card 4111 1111 1111 1111.", "Card [redacted]."),
        ("DE89 3704 0044 0532 0130 00", "[redacted]"),
        ("Nothing here: 12345, a @ b, v1.2.3", "Nothing here: 12345, a @ b, v1.2.3"),
        ("", ""),
    ],
)
def test_each_kind_is_found_wherever_it_stands(text: str, clean: str) -> None:
    assert redact_personal_data(text) == clean


def test_national_ids_are_those_of_the_countries_asked_for() -> None:
    assert redact_personal_data("SSN 536-90-4399") == "SSN 536-90-4399"
    assert redact_personal_data("SSN 536-90-4399", ["US"]) == "SSN [redacted]"
    assert redact_personal_data("Ruf 030 901820 an", ["DE"]) == "Ruf [redacted] an"
