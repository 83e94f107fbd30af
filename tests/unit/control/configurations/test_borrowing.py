"""Whose credential serves a configuration that has none of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.control.configurations.borrowing import (
    Borrower,
    borrow,
    find_lender,
    find_upstream,
    find_version_upstream,
    read_reaching,
)
from trunkline.storage.tables import Configuration

START = datetime(2026, 1, 1, tzinfo=UTC)
OPENAI = "https://api.openai.com/v1"


def lender(name: str, *, age: int = 0, **fields: Any) -> Configuration:
    base: dict[str, Any] = {
        "id": name,
        "workspace_id": "w",
        "user_id": "ann",
        "provider": "openai",
        "base_url": None,
        "parameters": {},
        "credential_id": f"key of {name}",
        "borrows": False,
        "is_shared": True,
        "is_active": True,
        "created_at": START + timedelta(days=age),
    }
    return Configuration(**{**base, **fields})


def borrower(**fields: Any) -> Borrower:
    base: dict[str, Any] = {"provider": "openai", "base_url": None, "parameters": {}, "user_id": "bob"}
    return Borrower(**{**base, **fields})


def found(asking: Borrower, *rows: Configuration) -> str | None:
    row = find_lender(asking, sorted(rows, key=lambda row: (row.created_at, row.id)))
    return None if row is None else row.id


@pytest.mark.parametrize(
    "fields",
    [
        {"is_shared": False},
        {"is_active": False},
        {"application_id": "a"},
        {"credential_id": None},
        {"provider": "groq"},
        {"base_url": "nonsense"},
        {"provider": "no longer there"},
    ],
)
def test_some_lend_nothing_to_the_workspace(fields: dict[str, Any]) -> None:
    assert found(borrower(), lender("a", **fields)) is None
    assert found(borrower(), lender("a", **fields), lender("b", age=1)) == "b"


def test_the_oldest_that_is_at_the_place_lends() -> None:
    rows = [lender("young", age=3), lender("old", age=1), lender("proxy", base_url="https://proxy.example.com/v1")]
    assert found(borrower(), *rows) == "proxy"
    assert found(borrower(base_url=OPENAI), *rows) == "old"
    assert found(borrower(base_url="https://proxy.example.com/other"), *rows) == "proxy"
    assert found(borrower(base_url="https://elsewhere.example.com"), *rows) is None
    assert found(borrower(base_url="http://api.openai.com/v1"), *rows) is None
    assert found(borrower(base_url="https://api.openai.com:8443/v1"), *rows) is None


@given(st.permutations([lender("c", age=2), lender("a"), lender("b"), lender("d", is_shared=False, age=-1)]))
def test_the_order_of_the_rows_does_not_matter(rows: list[Configuration]) -> None:
    assert found(borrower(), *rows) == "a"


def test_one_that_is_named_is_lent_to_those_who_see_it() -> None:
    private = lender("private", is_shared=False)
    named = borrower(lender_id="key of private")
    assert found(named, private, lender("old", age=-1)) is None
    assert found(borrower(lender_id="key of private", user_id="ann"), private) == "private"
    assert found(borrower(lender_id="gone"), private, lender("old")) is None
    for fields in ({"is_active": False}, {"application_id": "a"}):
        assert found(borrower(lender_id="key of x"), lender("x", **fields)) == "x"
    for fields in ({"provider": "groq"}, {"base_url": "https://proxy.example.com"}):
        asked = borrower(lender_id="key of x", base_url=OPENAI)
        assert found(asked, lender("x", **fields)) is None


def test_what_says_where_comes_with_the_key_and_nothing_else() -> None:
    lending = lender(
        "a", base_url="https://proxy.example.com/v1", parameters={"organizationId": "org-1", "temperature": 1}
    )
    upstream = borrow(borrower(parameters={"topP": 0.5}), lending)
    assert (upstream.credential_id, upstream.base_url) == ("key of a", "https://proxy.example.com/v1")
    assert upstream.parameters == {"topP": 0.5, "organizationId": "org-1"}
    own = borrow(borrower(base_url=OPENAI, parameters={"organizationId": "org-2"}), lending)
    assert (own.base_url, own.parameters) == (OPENAI, {"organizationId": "org-2"})
    assert borrow(borrower(), None).credential_id is None


def test_a_region_is_a_place_too() -> None:
    parameters = {"region": "eu-west-1", "maxTokens": 5}
    assert read_reaching("bedrock", parameters) == {"region": "eu-west-1"}
    lending = lender("a", provider="bedrock", parameters=parameters)
    assert found(borrower(provider="bedrock"), lending) == "a"
    assert found(borrower(provider="bedrock", parameters={"region": "us-east-1"}), lending) is None


def test_an_own_credential_wins_and_who_does_not_borrow_gets_none() -> None:
    lending = lender("a")
    assert find_upstream(lender("own", borrows=True), [lending]).credential_id == "key of own"
    assert find_upstream(lender("b", credential_id=None, borrows=True), [lending]).credential_id == "key of a"
    assert find_upstream(lender("c", credential_id=None), [lending]).credential_id is None


def test_a_version_is_reached_as_its_configuration_or_by_the_shared_key_of_its_provider() -> None:
    parent = lender("p", base_url=OPENAI, parameters={"organizationId": "org-1", "temperature": 1})
    upstream = find_upstream(parent, [])
    same = find_version_upstream("openai", {"topP": 1}, parent, upstream, [])
    assert (same.credential_id, same.base_url) == ("key of p", OPENAI)
    assert same.parameters == {"organizationId": "org-1", "topP": 1}
    groq = lender("g", provider="groq", base_url="https://proxy.example.com")
    other = find_version_upstream("groq", {"topP": 1}, parent, upstream, [parent, groq])
    assert (other.credential_id, other.base_url, other.parameters) == (
        "key of g",
        "https://proxy.example.com",
        {"topP": 1},
    )
    assert find_version_upstream("groq", {}, parent, upstream, [parent]).credential_id is None
