"""Sealed keys: a browser that follows the RFC alone is understood, and nobody else's sealing is."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import string

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from trunkline.core.errors import InvalidInput
from trunkline.core.secret import Secret
from trunkline.vault.key_ring import KeyRing
from trunkline.vault.root_key import RootKey
from trunkline.vault.sealed_key import (
    AEAD_ID,
    KDF_ID,
    KEM_ID,
    SUITE,
    EncryptionKey,
    SealedKeys,
    encode_info,
    looks_sealed,
)

KEY = "sk-canary-0123456789abcdefghijklmnop"
WHO = {"user": "u1", "workspace": "w1", "origin": "https://api.openai.com:443"}

URL_SAFE = string.ascii_letters + string.digits + "-_"

# DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, base mode, of the vectors that accompany RFC 9180
# (https://github.com/cfrg/draft-irtf-cfrg-hpke, test-vectors.json).
INFO = bytes.fromhex("4f6465206f6e2061204772656369616e2055726e")
RECIPIENT = bytes.fromhex("497b4502664cfea5d5af0b39934dac72242a74f8480451e1aee7d6a53320333d")
EPHEMERAL = bytes.fromhex("179d4b53b6365c45b600c4163b61d95cbc2f4d9e36f1695558dce265ab8bab11")
ENC = bytes.fromhex("6c93e09869df3402d7bf231bf540fadd35cd56be14f97178f0954db94b7fc256")
SCHEDULED_KEY = bytes.fromhex("f50b0609186798729ed0564b36ef2ef8044f1f9d05636874d1f46c819c7a669f")
BASE_NONCE = bytes.fromhex("151d9929e2449747889bc923")
PLAIN = bytes.fromhex("4265617574792069732074727574682c20747275746820626561757479")
CIPHERTEXT_COUNT_0 = bytes.fromhex(
    "e5d84cd531cfb583096e7cfa9641bd3079cf3a91cda813c52deb5f512be9931980a41de125a925cdad859d5b7a"
)


def set_up(public: bytes, info: bytes, ephemeral: bytes) -> tuple[bytes, bytes, bytes]:
    """``enc``, key and base nonce of a sender, written from the text of RFC 9180, 4.1 and 5.1, with no HPKE library."""

    def extract(suite: bytes, salt: bytes, label: bytes, ikm: bytes) -> bytes:
        return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + ikm, hashlib.sha256)

    def expand(suite: bytes, prk: bytes, label: bytes, context: bytes, length: int) -> bytes:
        labelled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + context
        return hmac.digest(prk, labelled + b"\x01", hashlib.sha256)[:length]

    private = X25519PrivateKey.from_private_bytes(ephemeral)
    enc = private.public_key().public_bytes_raw()
    kem = b"KEM" + (0x20).to_bytes(2, "big")
    eae_prk = extract(kem, b"", b"eae_prk", private.exchange(X25519PublicKey.from_public_bytes(public)))
    shared = expand(kem, eae_prk, b"shared_secret", enc + public, 32)
    suite = b"HPKE" + b"".join(number.to_bytes(2, "big") for number in (0x20, 0x01, 0x02))
    context = b"\0" + extract(suite, b"", b"psk_id_hash", b"") + extract(suite, b"", b"info_hash", info)
    secret = extract(suite, shared, b"secret", b"")
    return enc, expand(suite, secret, b"key", context, 32), expand(suite, secret, b"base_nonce", context, 12)


def seal(published: EncryptionKey, text: str, *, user: str, workspace: str, origin: str) -> str:
    """What a browser does, from the JSON that it is given and the words of the documentation."""
    answer = json.loads(msgspec.json.encode(published))
    info = json.dumps(
        ["trunkline/1", answer["instance"], answer["kid"], user, workspace, origin],
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()
    public = base64.urlsafe_b64decode(answer["publicKey"] + "=")
    enc, key, nonce = set_up(public, info, X25519PrivateKey.generate().private_bytes_raw())
    sealed = enc + AESGCM(key).encrypt(nonce, text.encode(), b"")
    return f"tl1.{answer['kid']}.{base64.urlsafe_b64encode(sealed).rstrip(b'=').decode()}"


def test_the_suite_agrees_with_the_vectors_of_the_rfc() -> None:
    recipient = X25519PrivateKey.from_private_bytes(RECIPIENT)
    enc, key, nonce = set_up(recipient.public_key().public_bytes_raw(), INFO, EPHEMERAL)
    assert (enc, key, nonce) == (ENC, SCHEDULED_KEY, BASE_NONCE)
    assert AESGCM(key).encrypt(nonce, PLAIN, b"Count-0") == CIPHERTEXT_COUNT_0
    # The vectors carry additional data, which sealed keys do not: the same key and nonce without it.
    assert SUITE.decrypt(ENC + AESGCM(SCHEDULED_KEY).encrypt(BASE_NONCE, PLAIN, b""), recipient, INFO) == PLAIN


def test_what_is_published_has_the_documented_fields(ring: KeyRing) -> None:
    answer = json.loads(msgspec.json.encode(SealedKeys(ring).publish()))
    assert set(answer) == {"kid", "kem", "kdf", "aead", "publicKey", "instance"}
    assert (answer["kem"], answer["kdf"], answer["aead"]) == (32, 1, 2) == (KEM_ID, KDF_ID, AEAD_ID)
    assert len(base64.urlsafe_b64decode(answer["publicKey"] + "=")) == 32
    assert "." not in answer["kid"]
    assert answer["instance"] == ring.instance


@pytest.mark.parametrize("text", ["x", KEY, "schlüssel", json.dumps({"private_key": "x" * 3000})])
def test_opens_what_a_browser_sealed(ring: KeyRing, text: str) -> None:
    sealed = seal(SealedKeys(ring).publish(), text, **WHO)
    assert looks_sealed(sealed)
    assert SealedKeys(ring).open_sealed(sealed, **WHO) == Secret(text)
    assert SealedKeys(ring).open_sealed(f"  {sealed}\n", **WHO) == Secret(text)


@pytest.mark.parametrize("name", ["user", "workspace", "origin"])
def test_it_is_for_one_user_workspace_and_place(ring: KeyRing, name: str) -> None:
    sealed = seal(SealedKeys(ring).publish(), KEY, **WHO)
    with pytest.raises(InvalidInput, match="/api/encryption-key") as caught:
        SealedKeys(ring).open_sealed(sealed, **(WHO | {name: "another"}), field="models[0].apiKeyEncrypted")
    assert [error.field for error in caught.value.fields] == ["models[0].apiKeyEncrypted"]
    assert caught.value.code == "sealed_key"


def test_another_installation_says_that_it_is_not_for_it(ring: KeyRing) -> None:
    stranger = KeyRing.create(RootKey.generate())
    with pytest.raises(InvalidInput, match="does not have"):
        SealedKeys(stranger).open_sealed(seal(SealedKeys(ring).publish(), KEY, **WHO), **WHO)


def test_every_character_counts(ring: KeyRing) -> None:
    keys = SealedKeys(ring)
    sealed = seal(keys.publish(), KEY, **WHO)
    for place in range(len(sealed)):
        other = "A" if sealed[place] != "A" else "Q"
        with pytest.raises(InvalidInput):
            keys.open_sealed(sealed[:place] + other + sealed[place + 1 :], **WHO)
    for length in range(len(sealed)):
        with pytest.raises(InvalidInput):
            keys.open_sealed(sealed[:length], **WHO)


def test_there_is_one_way_to_write_it(ring: KeyRing) -> None:
    """Base64 may carry bits that decoders ignore: two texts for one key would be two ciphertexts to compare."""
    keys = SealedKeys(ring)
    for text in ("x", "xy", "xyz"):
        sealed = seal(keys.publish(), text, **WHO)
        opened = [last for last in URL_SAFE if opens(keys, sealed[:-1] + last)]
        assert opened == [sealed[-1]]
        assert not opens(keys, sealed + "=")
        assert not opens(keys, sealed + "==")


def opens(keys: SealedKeys, sealed: str) -> bool:
    try:
        keys.open_sealed(sealed, **WHO)
    except InvalidInput:
        return False
    return True


@given(text=st.text(max_size=200))
def test_nothing_else_opens_or_crashes(ring: KeyRing, text: str) -> None:
    kid = SealedKeys(ring).publish().kid
    for attempt in (text, f"tl1.{text}", f"tl1.{kid}.{text}"):
        with pytest.raises(InvalidInput):
            SealedKeys(ring).open_sealed(attempt, **WHO)


@pytest.mark.parametrize("point", [bytes(32), b"\x01" + bytes(31), (2**255 - 19).to_bytes(32, "little")])
def test_points_of_low_order_are_refused(ring: KeyRing, point: bytes) -> None:
    """RFC 9180, 7.1.4: a shared secret of zeros is known to everybody."""
    kid = SealedKeys(ring).publish().kid
    body = base64.urlsafe_b64encode(point + bytes(32)).rstrip(b"=").decode()
    with pytest.raises(InvalidInput):
        SealedKeys(ring).open_sealed(f"tl1.{kid}.{body}", **WHO)


def test_an_overlong_one_is_refused_before_work(ring: KeyRing) -> None:
    with pytest.raises(InvalidInput, match="at most"):
        SealedKeys(ring).open_sealed("tl1." + "x" * 40_000, **WHO)


def test_a_new_key_pair_is_published_and_the_old_one_still_opens(ring: KeyRing) -> None:
    old = SealedKeys(ring).publish()
    sealed = seal(old, KEY, **WHO)
    turned = SealedKeys(ring.advance_sealing())
    new = turned.publish()
    assert new.kid != old.kid
    assert new.public_key != old.public_key
    assert turned.open_sealed(sealed, **WHO) == Secret(KEY)
    # A replica that has not read the new state yet already opens what was sealed for the new pair.
    assert SealedKeys(ring).open_sealed(seal(new, KEY, **WHO), **WHO) == Secret(KEY)
    far_ahead = seal(SealedKeys(ring.advance_sealing().advance_sealing()).publish(), KEY, **WHO)
    with pytest.raises(InvalidInput, match="does not have"):
        SealedKeys(ring).open_sealed(far_ahead, **WHO)


def test_replicas_agree_and_a_new_root_key_changes_nothing(root: RootKey, ring: KeyRing) -> None:
    assert SealedKeys(KeyRing([root], ring.state)).publish() == SealedKeys(ring).publish()
    assert SealedKeys(ring.migrate(RootKey.generate())).publish() == SealedKeys(ring).publish()


def test_info_is_what_json_stringify_gives() -> None:
    info = encode_info(instance="i", kid="k1-x", user='u"\\|,\n\x1f\u2028ü', workspace="w", origin="https://a:443")
    # The right side is the output of JSON.stringify for the same texts.
    assert info.decode() == '["trunkline/1","i","k1-x","u\\"\\\\|,\\n\\u001f\u2028ü","w","https://a:443"]'


@pytest.mark.parametrize("text", ["", "tl-abc", "sk-abc", "tl1", "TL1.k.x"])
def test_other_texts_do_not_look_sealed(text: str) -> None:
    assert not looks_sealed(text)
