"""The vault: a secret opens in its own row and nowhere else, and stays readable while keys turn."""

from __future__ import annotations

import random

import msgspec
import pytest

from trunkline.core.errors import CannotOpen, Forbidden
from trunkline.core.secret import Secret
from trunkline.vault.data_key import WrappedDataKey
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.root_key import RootKey
from trunkline.vault.stored_secret import StoredSecret
from trunkline.vault.vault import Vault

replace = msgspec.structs.replace

ORIGIN = "https://api.openai.com:443"
KEY = "sk-canary-0123456789abcdefghijklmnop"


def encrypt(vault: Vault, data_key: WrappedDataKey, *, credential_id: str = "c1", text: str = KEY) -> StoredSecret:
    return vault.encrypt(
        Secret(text),
        owner=data_key.owner,
        credential_id=credential_id,
        field="apiKey",
        origins=[ORIGIN],
        data_key=data_key,
    )


@pytest.fixture
def data_key(vault: Vault) -> WrappedDataKey:
    return vault.new_data_key("user:1")


@pytest.mark.parametrize("text", ["", "x", KEY, "schlüssel…", "{}" * 5000])
def test_what_was_encrypted_comes_back_also_through_storage(vault: Vault, data_key: WrappedDataKey, text: str) -> None:
    stored = encrypt(vault, data_key, text=text)
    assert vault.decrypt(stored, data_key) == Secret(text)
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(stored), type=StoredSecret)
    key_again = msgspec.json.decode(msgspec.json.encode(data_key), type=WrappedDataKey)
    assert vault.decrypt(again, key_again) == Secret(text)


def test_the_row_does_not_show_the_secret(vault: Vault, data_key: WrappedDataKey) -> None:
    stored = encrypt(vault, data_key)
    row = msgspec.msgpack.encode(stored) + msgspec.json.encode(stored) + repr(stored).encode()
    assert KEY.encode() not in row
    assert encrypt(vault, data_key).ciphertext != stored.ciphertext


def test_origins_are_a_set(vault: Vault, data_key: WrappedDataKey) -> None:
    stored = vault.encrypt(
        Secret(KEY),
        owner="user:1",
        credential_id="c1",
        field="apiKey",
        origins=["https://b:443", "https://a:443", "https://b:443"],
        data_key=data_key,
    )
    assert stored.origins == ("https://a:443", "https://b:443")
    assert stored.allows("https://a:443")
    assert not stored.allows("https://a:4430")
    assert not stored.allows("https://a")


def test_10_000_bit_flips_are_all_rejected(vault: Vault, data_key: WrappedDataKey) -> None:
    """A bit of any byte of the row or of its wrapped data key."""
    dice = random.Random(1)
    stored = encrypt(vault, data_key)
    for _ in range(10_000):
        flipped, key = stored, data_key
        match dice.randrange(7):
            case 0:
                flipped = replace(stored, ciphertext=flip(dice, stored.ciphertext))
            case 1:
                flipped = replace(stored, owner=flip_text(dice, stored.owner))
            case 2:
                flipped = replace(stored, credential_id=flip_text(dice, stored.credential_id))
            case 3:
                flipped = replace(stored, field=flip_text(dice, stored.field))
            case 4:
                flipped = replace(stored, origins=(flip_text(dice, stored.origins[0]),))
            case 5:
                key = replace(data_key, wrapped=flip(dice, data_key.wrapped))
            case _:
                # Both halves changed alike, as somebody would who can write to the whole database.
                other = flip_text(dice, data_key.id)
                flipped, key = replace(stored, data_key_id=other), replace(data_key, id=other)
        with pytest.raises(CannotOpen):
            vault.decrypt(flipped, key)
    assert vault.decrypt(stored, data_key) == Secret(KEY)


def test_10_000_swaps_of_row_tenant_and_origin_are_all_rejected(vault: Vault) -> None:
    """Any mixture of the columns of two valid rows that is neither of them."""
    dice = random.Random(2)
    owners = ["user:1", "user:2", "workspace:1", "workspace:2"]
    rows: list[tuple[StoredSecret, WrappedDataKey]] = []
    for owner in owners:
        for _ in range(2):
            data_key = vault.new_data_key(owner)
            for number in range(3):
                for origins in (["https://a:443"], ["https://a:443", "https://b:443"], []):
                    stored = vault.encrypt(
                        Secret(KEY),
                        owner=owner,
                        credential_id=f"{owner}-{number}",
                        field=dice.choice(["apiKey", "headers.X-Token"]),
                        origins=origins,
                        data_key=data_key,
                    )
                    rows.append((stored, data_key))
    assert all(vault.decrypt(*row) == Secret(KEY) for row in rows)
    columns = StoredSecret.__struct_fields__
    swaps = 0
    while swaps < 10_000:
        (one, one_key), (two, two_key) = dice.sample(rows, 2)
        mixed = replace(one, **{name: getattr(dice.choice([one, two]), name) for name in columns})
        key = dice.choice([one_key, two_key])
        if (mixed, key) in ((one, one_key), (two, two_key)):
            continue
        swaps += 1
        with pytest.raises(CannotOpen):
            vault.decrypt(mixed, key)


def test_a_data_key_of_somebody_else_is_refused(vault: Vault, data_key: WrappedDataKey) -> None:
    with pytest.raises(CannotOpen):
        vault.encrypt(Secret(KEY), owner="user:2", credential_id="c1", field="apiKey", origins=[], data_key=data_key)
    with pytest.raises(CannotOpen):
        vault.decrypt(encrypt(vault, data_key), vault.new_data_key("user:1"))


def test_errors_say_nothing_of_the_secret(vault: Vault, data_key: WrappedDataKey) -> None:
    with pytest.raises(CannotOpen) as caught:
        vault.decrypt(replace(encrypt(vault, data_key), owner="user:2"), data_key)
    assert caught.value.message == "A stored secret does not open."


def test_another_installation_opens_nothing(vault: Vault, data_key: WrappedDataKey) -> None:
    stranger = Vault(KeyRing.create(RootKey.generate()))
    with pytest.raises(CannotOpen):
        stranger.decrypt(encrypt(vault, data_key), data_key)


def test_rotating_a_data_key_moves_every_secret(vault: Vault, data_key: WrappedDataKey) -> None:
    secrets = [encrypt(vault, data_key, credential_id=f"c{n}", text=f"key {n}") for n in range(5)]
    new, moved = vault.rotate_data_key("user:1", data_key, secrets)
    assert new.id != data_key.id
    assert [vault.decrypt(one, new) for one in moved] == [Secret(f"key {n}") for n in range(5)]
    assert [(m.credential_id, m.field, m.origins) for m in moved] == [
        (s.credential_id, s.field, s.origins) for s in secrets
    ]
    assert {one.data_key_id for one in moved} == {new.id}
    assert [vault.decrypt(one, data_key) for one in secrets] == [Secret(f"key {n}") for n in range(5)], "old rows open"


def test_rotation_is_refused_for_another_owner_and_for_strange_rows(vault: Vault, data_key: WrappedDataKey) -> None:
    with pytest.raises(CannotOpen):
        vault.rotate_data_key("user:2", data_key, [])
    strange = encrypt(vault, vault.new_data_key("user:1"))
    with pytest.raises(CannotOpen):
        vault.rotate_data_key("user:1", data_key, [encrypt(vault, data_key), strange])


def test_reads_never_fail_while_both_levels_rotate_with_kills_midway() -> None:
    """20 + 20 rotations, each row swapped in alone, with reads between all steps and rotations given up half way.

    ``table`` and ``keys`` play the database, two vaults play two processes; the slower one never reads a new state.
    """
    dice = random.Random(3)
    ring = KeyRing.create(RootKey.generate())
    fast, slow = Vault(ring), Vault(ring)
    first = fast.new_data_key("user:1")
    keys = {first.id: first}
    current = first.id
    table = {f"c{n}": encrypt(fast, first, credential_id=f"c{n}", text=f"key {n}") for n in range(6)}
    expected = {name: name.replace("c", "key ") for name in table}

    def read_all() -> None:
        for name, stored in table.items():
            for vault in (fast, slow):
                assert vault.decrypt(stored, keys[stored.data_key_id]) == Secret(expected[name])

    for turn in range(20):
        # The data key.
        old = keys[current]
        rows = [row for row in table.values() if row.data_key_id == old.id]
        new, moved = fast.rotate_data_key("user:1", old, rows)
        keys[new.id], current = new, new.id
        read_all()
        saved = dice.choice(list(table))
        expected[saved] = f"saved in turn {turn}"
        table[saved] = encrypt(fast, old, credential_id=saved, text=expected[saved])
        killed = dice.random() < 0.3
        for before, after in list(zip(rows, moved, strict=True))[: 3 if killed else None]:
            if table[before.credential_id].ciphertext == before.ciphertext:
                table[before.credential_id] = after
            read_all()
        # The next run finds what is left under old keys, and only then drops them.
        while left := [row for row in table.values() if row.data_key_id != current]:
            for row in left:
                table[row.credential_id] = fast.reencrypt([row], old=keys[row.data_key_id], new=new)[0]
                read_all()
        keys = {current: keys[current]}
        read_all()
        # The key-encryption key, and at times the root key.
        advanced = fast.ring.advance()
        fast.use(advanced)
        for key in list(keys.values()):
            keys[key.id] = fast.rewrap(key)
            read_all()
        assert not [key for key in keys.values() if key.kek_version < advanced.state.kek_version]
    assert fast.ring.state.kek_version == 21


def test_a_changed_row_does_not_open(vault: Vault, data_key: WrappedDataKey) -> None:
    stored = encrypt(vault, data_key)
    assert vault.open(stored, data_key, ORIGIN) == Secret(KEY)
    for change in ({"owner": "user:2"}, {"ciphertext": stored.ciphertext[:-1] + b"x"}):
        with pytest.raises(CannotOpen):
            vault.open(replace(stored, **change), data_key, ORIGIN)
    evil = "https://evil:443"
    with pytest.raises(CannotOpen):
        vault.open(replace(stored, origins=(evil,)), data_key, evil)


def test_a_secret_goes_to_its_origins_alone(vault: Vault, data_key: WrappedDataKey) -> None:
    stored = encrypt(vault, data_key)
    assert vault.open(stored, data_key, ORIGIN) == Secret(KEY)
    for other in ("https://evil.example:443", "http://api.openai.com:443", "https://api.openai.com:8443", ""):
        with pytest.raises(Forbidden):
            vault.open(stored, data_key, other)


def test_fingerprints_tell_keys_apart_within_one_owner(vault: Vault) -> None:
    one = vault.fingerprint(Secret(KEY), owner="user:1")
    assert one == vault.fingerprint(Secret(KEY), owner="user:1")
    assert one != vault.fingerprint(Secret(KEY + "x"), owner="user:1")
    assert one != vault.fingerprint(Secret(KEY), owner="user:2")
    assert len(one) == 16


def flip(dice: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    bit = dice.randrange(len(data) * 8)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def flip_text(dice: random.Random, text: str) -> str:
    changed = bytearray(text.encode("ascii"))
    # The low seven bits, so that it stays text.
    changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(7)
    return changed.decode("ascii")
