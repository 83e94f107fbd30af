"""Who the claims of a provider are of."""

from __future__ import annotations

from typing import Any

import pytest

from trunkline.control.sign_on.claims import lacks_claims, read_person
from trunkline.core.errors import Forbidden


def read(**claims: Any) -> Any:
    return read_person({"sub": "ann", **claims}, "groups")


@pytest.mark.parametrize(("told", "verified"), [(True, True), ("true", True), (False, False), ("false", False)])
def test_whether_an_address_is_verified(told: object, verified: bool) -> None:
    assert read(email="Ann@X.example", email_verified=told).email_verified is verified


def test_a_user_name_may_be_an_address_of_which_nothing_is_verified() -> None:
    person = read(preferred_username="ann@x.example", email_verified=True)
    assert (person.email, person.email_verified) == ("ann@x.example", None)
    assert read(preferred_username="ann").email is None


@pytest.mark.parametrize(
    ("told", "groups"),
    [(["a", "b", 1, None], {"a", "b"}), ("a", {"a"}), (None, set()), ({"a": 1}, set()), (7, set())],
)
def test_groups_are_texts(told: object, groups: set[str]) -> None:
    assert read(groups=told).groups == groups


def test_groups_that_are_elsewhere_are_not_none() -> None:
    with pytest.raises(Forbidden) as refused:
        read(_claim_names={"groups": "src1"})
    assert refused.value.code == "sign_on_too_many_groups"


def test_a_name_can_be_shown() -> None:
    assert read(name="Ann").name == "Ann"
    assert read(name="A\nn").name == ""
    assert read(name={"first": "Ann"}).name == ""
    assert len(read(name="x" * 1_000).name) == 255


def test_what_is_not_in_the_token_is_asked_for() -> None:
    told = {"email": "x", "name": "y", "roles": []}
    assert not lacks_claims(told, "roles")
    assert lacks_claims(told, "groups")
