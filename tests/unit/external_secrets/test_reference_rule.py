"""What the operator allows: nothing but what is named, and a key only where it may go."""

from __future__ import annotations

import pytest

from trunkline.core.errors import InvalidInput
from trunkline.external_secrets.reference_rule import ReferenceRule


def test_unset_allows_nothing() -> None:
    assert ReferenceRule.parse_all(None) == ReferenceRule.parse_all("none") == ReferenceRule.parse_all(" ") == ()


def test_entries_name_references_and_origins() -> None:
    first, second = ReferenceRule.parse_all(
        "env:A for https://a.example https://b.example:8443, vault:secret/data/ai/*"
    )
    assert first.allows("env:A")
    assert not first.allows("env:AB")
    assert not first.allows("env:a")
    assert first.allows_at("https://a.example:443")
    assert first.allows_at("https://b.example:8443")
    assert not first.allows_at("https://evil.example:443")
    assert second.allows("vault:secret/data/ai/openai#key")
    assert not second.allows("vault:secret/data/other#key")
    assert second.allows_at("https://anywhere.example:443")


def test_signs_of_patterns_stand_for_themselves() -> None:
    (rule,) = ReferenceRule.parse_all("file:/run/secrets/a.key")
    assert not rule.allows("file:/run/secrets/axkey")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("OPENAI_API_KEY", "must begin with env:"),
        ("env:A https://a.example", "must come “for” and origins"),
        ("env:A for", "must come “for” and origins"),
        ("env:A for a.example", "is no origin"),
        ("env:A for https://a.example/v1", "has a path"),
    ],
)
def test_mistakes_are_told(text: str, told: str) -> None:
    with pytest.raises(InvalidInput, match=told) as refused:
        ReferenceRule.parse_all(text)
    assert refused.value.fields[0].field == "TRUNKLINE_SECRET_REFERENCES"
