"""The key ring: versions come and go, what was wrapped stays open, and a wrong root key opens nothing."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import msgspec
import pytest

from trunkline.core.errors import CannotOpen
from trunkline.vault.associated_data import encode_fields
from trunkline.vault.box import Box
from trunkline.vault.data_key import WrappedDataKey
from trunkline.vault.key_ring import KeyRing, KeyState
from trunkline.vault.root_key import RootKey
from trunkline.vault.subkey import Purpose

replace = msgspec.structs.replace


def test_the_state_survives_storage_and_gives_the_same_ring(root: RootKey, ring: KeyRing) -> None:
    stored = msgspec.json.decode(msgspec.json.encode(ring.state), type=KeyState)
    again = KeyRing([root], stored)
    data_key = ring.new_data_key("user:1")
    assert again.open_data_key(data_key) == ring.open_data_key(data_key)
    assert again.instance == ring.instance
    assert all(again.derive(purpose) == ring.derive(purpose) for purpose in Purpose)


def test_data_keys_are_random_and_say_whose_they_are(ring: KeyRing) -> None:
    keys = [ring.new_data_key("workspace:w") for _ in range(100)]
    assert len({ring.open_data_key(key) for key in keys}) == len({key.id for key in keys}) == 100
    assert {key.owner for key in keys} == {"workspace:w"}
    assert all(len(key.wrapped) == 60 and key.kek_version == 1 for key in keys)


def test_a_wrong_root_key_is_told_at_once_with_the_remedy(ring: KeyRing) -> None:
    with pytest.raises(CannotOpen, match="TRUNKLINE_ROOT_KEY_FILE") as caught:
        KeyRing([RootKey.generate()], ring.state)
    assert caught.value.code == "wrong_root_key"
    with pytest.raises(CannotOpen):
        KeyRing([], ring.state)


def test_a_wrong_root_key_opens_nothing_even_with_a_forged_check_value(ring: KeyRing) -> None:
    other = KeyRing.create(RootKey.generate())
    with pytest.raises(CannotOpen):
        KeyRing([RootKey(bytes(range(32)))], replace(ring.state, instance_key=other.state.instance_key))
    with pytest.raises(CannotOpen):
        other.open_data_key(ring.new_data_key("user:1"))


def test_every_bit_of_a_wrapped_key_counts(ring: KeyRing) -> None:
    data_key = ring.new_data_key("user:1")
    for bit in range(len(data_key.wrapped) * 8):
        changed = bytearray(data_key.wrapped)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(CannotOpen):
            ring.open_data_key(replace(data_key, wrapped=bytes(changed)))


@pytest.mark.parametrize("change", [{"owner": "user:2"}, {"id": "another"}, {"kek_version": 2}, {"kek_version": 0}])
def test_a_wrapped_key_is_bound_to_its_row(ring: KeyRing, change: dict[str, str | int]) -> None:
    with pytest.raises(CannotOpen):
        ring.open_data_key(replace(ring.new_data_key("user:1"), **change))


def test_a_new_version_wraps_and_the_old_ones_still_open(ring: KeyRing) -> None:
    old_key = ring.new_data_key("user:1")
    newer = ring.advance()
    assert newer.state.kek_version == 2
    new_key = newer.new_data_key("user:1")
    assert new_key.kek_version == 2
    assert newer.open_data_key(old_key) == ring.open_data_key(old_key)
    # A process that has not read the new state yet opens what a faster one has wrapped.
    assert ring.open_data_key(new_key) == newer.open_data_key(new_key)


def test_every_version_is_a_key_of_its_own(root: RootKey, ring: KeyRing) -> None:
    wrapped = ring.advance().new_data_key("user:1")
    bound_to = encode_fields("trunkline/1 data key", "user:1", wrapped.id, 2)
    assert Box(root.derive(Purpose.KEY_ENCRYPTION, 2)).open(wrapped.wrapped, bound_to) == ring.open_data_key(wrapped)


def test_rewrapping_keeps_the_key_and_its_row(ring: KeyRing) -> None:
    old_key = ring.new_data_key("user:1")
    newer = ring.advance()
    moved = newer.rewrap(old_key)
    assert (moved.id, moved.owner, moved.created_at) == (old_key.id, old_key.owner, old_key.created_at)
    assert moved.kek_version == 2
    assert newer.open_data_key(moved) == ring.open_data_key(old_key)
    assert newer.rewrap(moved) is moved
    assert ring.rewrap(moved) is moved, "a slower process does not take it back"


def test_subkeys_and_instance_survive_every_rotation(root: RootKey, ring: KeyRing) -> None:
    newest = ring.advance().migrate(RootKey.generate()).advance().advance_sealing()
    assert newest.instance == ring.instance
    assert all(newest.derive(purpose) == ring.derive(purpose) for purpose in Purpose)
    assert newest.state.kek_version == 4
    assert newest.state.sealing_version == 2


def test_a_new_root_key_takes_over_and_the_old_one_can_go(root: RootKey, ring: KeyRing) -> None:
    new_root = RootKey.generate()
    old_key = ring.new_data_key("user:1")
    plain = ring.open_data_key(old_key)

    # Before: every process has both; the state still names the old one, in whatever order they are given.
    both = KeyRing([new_root, root], ring.state)
    assert both.uses(root)
    assert not both.uses(new_root)
    assert both.open_data_key(old_key) == plain

    migrated = both.migrate(new_root)
    assert migrated.uses(new_root)
    assert migrated.open_data_key(old_key) == plain, "not re-wrapped yet"
    moved = migrated.rewrap(old_key)
    assert both.open_data_key(moved) == plain, "a slower process that has both follows"

    alone = KeyRing([new_root], migrated.state)
    assert alone.open_data_key(moved) == plain
    with pytest.raises(CannotOpen):
        alone.open_data_key(old_key)
    with pytest.raises(CannotOpen):
        KeyRing([root], migrated.state)


def test_any_order_of_rotations_loses_no_key() -> None:
    dice = random.Random(7)
    ring = KeyRing.create(RootKey.generate())
    keys: list[WrappedDataKey] = []
    plain: dict[str, bytes] = {}
    for _ in range(300):
        match dice.randrange(4):
            case 0:
                keys.append(ring.new_data_key("user:1"))
                plain[keys[-1].id] = ring.open_data_key(keys[-1])
            case 1:
                ring = ring.advance() if dice.random() < 0.8 else ring.migrate(RootKey.generate())
            case 2 if keys:
                chosen = dice.randrange(len(keys))
                keys[chosen] = ring.rewrap(keys[chosen])
            case _:
                for key in dice.sample(keys, min(3, len(keys))):
                    assert ring.open_data_key(key) == plain[key.id]
    assert all(ring.open_data_key(key) == plain[key.id] for key in keys)
    assert all(ring.rewrap(key).kek_version == ring.state.kek_version for key in keys)


def test_times_are_utc(ring: KeyRing) -> None:
    assert ring.new_data_key("user:1").created_at.tzinfo is UTC
    assert abs(ring.new_data_key("user:1").created_at - datetime.now(UTC)).total_seconds() < 60


def test_a_ring_shows_nothing(ring: KeyRing) -> None:
    assert repr(ring) == f"KeyRing(instance='{ring.instance}', kek_version=1)"
