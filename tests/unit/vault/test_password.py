"""Passwords: length counts, time tells nothing, parameters can grow."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type

from trunkline.core.errors import InvalidInput
from trunkline.vault.password import Passwords, check_password


@pytest.fixture
def passwords() -> Passwords:
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def test_verifies_what_it_hashed_and_nothing_else(passwords: Passwords) -> None:
    stored = passwords.hash("correct horse battery")
    assert passwords.verify(stored, "correct horse battery")
    assert not passwords.verify(stored, "correct horse batterz")
    assert not passwords.verify(stored, "")
    assert passwords.hash("correct horse battery") != stored


def test_composed_and_decomposed_characters_are_the_same(passwords: Passwords) -> None:
    assert passwords.verify(passwords.hash("grüße aus köln"), "gru\u0308ße aus ko\u0308ln")


@pytest.mark.parametrize("stored", ["", "x", "$argon2id$", "$2b$12$abcdefghijklmnopqrstuv"])
def test_what_is_no_hash_matches_nothing(passwords: Passwords, stored: str) -> None:
    assert not passwords.verify(stored, "correct horse battery")


@pytest.mark.parametrize(
    "password", ["", "short", "1234567", "x" * 257, "password", "PassWord1", "aaaaaaaaaaaa", "abababababab"]
)
def test_refuses_with_the_field_and_without_the_password(password: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_password(password, field="newPassword")
    assert [error.field for error in caught.value.fields] == ["newPassword"]
    assert not password or password not in caught.value.message


@pytest.mark.parametrize(
    "password", ["violet-3", "x3" + "yz" * 127, "ein paar wörter", "пароль из слов", "🐎🔋📎🐎🔋📎✅🧲"]
)
def test_accepts_any_8_to_256_characters(password: str) -> None:
    check_password(password)


def test_an_overlong_attempt_costs_nothing() -> None:
    class Untouchable(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # noqa: A002 - the library's name
            raise AssertionError("it must not come to this")

    assert not Passwords(Untouchable()).verify("$argon2id$", "x" * 257)


def test_an_unknown_account_costs_as_much_work_as_a_known_one() -> None:
    """The dummy has the same parameters, so the same memory is filled the same number of times."""
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    assert passwords.verify_dummy("the password of nobody") is False
    assert passwords._dummy is not None
    assert extract_parameters(passwords._dummy) == extract_parameters(passwords.hash("correct horse battery"))


def test_production_parameters_are_those_of_rfc_9106() -> None:
    stored = Passwords().hash("correct horse battery")
    parameters = extract_parameters(stored)
    assert (parameters.type, parameters.time_cost, parameters.memory_cost, parameters.parallelism) == (
        Type.ID,
        3,
        65536,
        4,
    )
    assert not Passwords().needs_rehash(stored)


def test_weaker_hashes_ask_to_be_renewed(passwords: Passwords) -> None:
    assert Passwords().needs_rehash(passwords.hash("correct horse battery"))
