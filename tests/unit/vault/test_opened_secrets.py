"""The cache of opened secrets is bounded in number and time."""

from __future__ import annotations

from trunkline.core.secret import Secret
from trunkline.vault.opened_secrets import CACHE_SECONDS, OpenedSecrets
from trunkline.vault.stored_secret import StoredSecret


def row(number: int, credential_id: str = "c") -> StoredSecret:
    return StoredSecret(
        credential_id=credential_id,
        owner="user:1",
        field="apiKey",
        data_key_id="d",
        origins=(),
        ciphertext=number.to_bytes(4, "big"),
    )


def test_never_more_than_its_capacity_and_the_oldest_leave() -> None:
    cache = OpenedSecrets(capacity=3)
    for number in range(5):
        cache.keep(row(number), Secret(str(number)), 0.0)
    assert len(cache) == 3
    assert [cache.find(row(number), 0.0) for number in range(5)] == [None, None, Secret("2"), Secret("3"), Secret("4")]


def test_old_secrets_leave_memory_not_only_sight() -> None:
    cache = OpenedSecrets()
    cache.keep(row(1), Secret("1"), 0.0)
    cache.keep(row(2), Secret("2"), 100.0)
    assert cache.find(row(1), CACHE_SECONDS) is None
    cache.expire(CACHE_SECONDS)
    assert len(cache) == 1
    cache.keep(row(3), Secret("3"), 100.0 + CACHE_SECONDS)
    assert len(cache) == 1


def test_keeping_again_starts_the_time_anew() -> None:
    cache = OpenedSecrets()
    cache.keep(row(1), Secret("old"), 0.0)
    cache.keep(row(2), Secret("2"), 1.0)
    cache.keep(row(1), Secret("new"), 200.0)
    assert cache.find(row(1), 400.0) == Secret("new")
    cache.expire(400.0)
    assert len(cache) == 1


def test_forgetting_takes_every_field_of_a_credential_and_no_other() -> None:
    cache = OpenedSecrets()
    cache.keep(row(1, "a"), Secret("1"), 0.0)
    cache.keep(row(2, "a"), Secret("2"), 0.0)
    cache.keep(row(3, "b"), Secret("3"), 0.0)
    cache.forget("a")
    assert len(cache) == 1
    assert cache.find(row(3, "b"), 0.0) == Secret("3")
    cache.forget("unknown")
    cache.clear()
    assert len(cache) == 0
