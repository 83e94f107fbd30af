"""Keys: sealed by browsers, rotated, moved with sharing, erased, and found nowhere in plain."""

from __future__ import annotations

import base64

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from sqlalchemy import select, text

from trunkline.core.secret import Secret
from trunkline.storage.tables import AuditEvent, Base, Credential, DataKey, SealedSecret
from trunkline.vault.root_key import RootKey
from trunkline.vault.sealed_key import encode_info

from .conftest import LocalInstallation, Person
from .upstream import Upstream

KEY = "sk-canary-0123456789abcdefghij-x7Qd"
OPENAI = {"provider": "openai", "model": "gpt-4", "apiKey": KEY}


def seal(installed: LocalInstallation, who: Person, key: str, origin: str = "https://api.openai.com:443") -> str:
    published = installed.services.sealed_keys.publish()
    public = X25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(published.public_key + "="))
    info = encode_info(
        instance=published.instance, kid=published.kid, user=who.id, workspace=who.workspace_id, origin=origin
    )
    sealed = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM).encrypt(key.encode(), public, info)
    return f"tl1.{published.kid}.{base64.urlsafe_b64encode(sealed).rstrip(b'=').decode()}"


async def stored_key(installed: LocalInstallation, who: Person, configuration_id: str) -> str:
    """The key, opened as a call would open it."""
    part = installed.holder.current.parts[who.workspace_id]
    entry = part.configurations[configuration_id]
    stored = next(secret for secret in entry.secrets if secret.field == "apiKey")
    return installed.vault.decrypt(stored, part.data_keys[stored.data_key_id]).reveal()


async def test_a_sealed_key_is_accepted_wherever_a_key_is(installed: LocalInstallation, ann: Person) -> None:
    made = await installed.make(ann, **{**OPENAI, "apiKey": seal(installed, ann, KEY)})
    assert made["apiKey"] == "sk-…x7Qd"
    assert await stored_key(installed, ann, made["id"]) == KEY
    path = f"/api/configurations/{made['id']}"
    other = "sk-canary-second-0123456789-abcd"
    assert (await installed.ask(ann, "PUT", path, {"apiKey": seal(installed, ann, other)})).json()[
        "apiKey"
    ] == "sk-…abcd"
    rotated = await installed.ask(ann, "POST", path + "/rotate-key", {"apiKey": seal(installed, ann, KEY)})
    assert rotated.json()["apiKey"] == "sk-…x7Qd"
    assert await stored_key(installed, ann, made["id"]) == KEY


async def test_a_sealed_key_is_good_for_its_maker_and_place_alone(installed: LocalInstallation, ann: Person) -> None:
    other = await installed.person()
    elsewhere = seal(installed, ann, KEY, "https://evil.example.com:443")
    cut = seal(installed, ann, KEY)[:-3]
    for who, sealed in ((other, seal(installed, ann, KEY)), (ann, elsewhere), (ann, cut)):
        answer = await installed.ask(who, "POST", "/api/configurations", {"name": "n", **OPENAI, "apiKey": sealed})
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == "apiKey"


async def test_rotation_replaces_the_key(installed: LocalInstallation, ann: Person) -> None:
    made = await installed.make(ann, **OPENAI)
    new = "sk-canary-second-0123456789-wxyz"
    answer = await installed.ask(ann, "POST", f"/api/configurations/{made['id']}/rotate-key", {"apiKey": new})
    body = answer.json()
    assert (answer.status_code, body["id"], body["apiKey"]) == (200, made["id"], "sk-…wxyz")
    assert body["rotatedAt"].endswith("Z")
    assert await stored_key(installed, ann, made["id"]) == new


async def test_rotation_without_a_key_encrypts_under_new_key_material(
    installed: LocalInstallation, ann: Person
) -> None:
    made, sibling = await installed.make(ann, **OPENAI), await installed.make(ann, **OPENAI)
    async with installed.database.read() as tx:
        before = {row.credential_id: row.ciphertext for row in await tx.scalars(select(SealedSecret))}
        old = set(await tx.scalars(select(DataKey.id)))
    answer = await installed.ask(ann, "POST", f"/api/configurations/{made['id']}/rotate-key")
    assert (answer.status_code, answer.json()["apiKey"]) == (200, "sk-…x7Qd")
    async with installed.database.read() as tx:
        after = {row.credential_id: row.ciphertext for row in await tx.scalars(select(SealedSecret))}
        new = set(await tx.scalars(select(DataKey.id)))
    assert set(after) == set(before)
    assert all(after[name] != before[name] for name in before)
    assert not old & new
    for configuration in (made, sibling):
        assert await stored_key(installed, ann, configuration["id"]) == KEY
    assert (await installed.services.rotation.count_old()).data_keys == 0


async def test_rotation_needs_a_key(installed: LocalInstallation, ann: Person) -> None:
    made = await installed.make(ann)
    answer = await installed.ask(ann, "POST", f"/api/configurations/{made['id']}/rotate-key")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "apiKey"
    assert (await installed.ask(ann, "POST", "/api/configurations/nope/rotate-key")).status_code == 404
    openai = await installed.make(ann, **OPENAI)
    masked = await installed.ask(ann, "POST", f"/api/configurations/{openai['id']}/rotate-key", {"apiKey": "…"})
    assert masked.status_code == 400


async def test_sharing_moves_the_secret_to_the_workspaces_key(installed: LocalInstallation) -> None:
    member, _ = await installed.team("member", "member")
    made = await installed.make(member, **OPENAI)
    path = f"/api/configurations/{made['id']}"
    for shared, owner in ((True, f"workspace:{member.workspace_id}"), (False, f"user:{member.id}")):
        await installed.ask(member, "PUT", path, {"shared": shared})
        async with installed.database.read() as tx:
            credential = await tx.scalar(select(Credential).where(Credential.workspace_id == member.workspace_id))
        assert credential is not None
        assert credential.owner == owner
        assert await stored_key(installed, member, made["id"]) == KEY


async def test_deleting_erases_the_secrets(installed: LocalInstallation, ann: Person) -> None:
    made = await installed.make(ann, **OPENAI)
    await installed.ask(ann, "DELETE", f"/api/configurations/{made['id']}")
    async with installed.database.read() as tx:
        assert list(await tx.scalars(select(SealedSecret))) == []
        assert list(await tx.scalars(select(Credential))) == []


async def test_taking_the_key_away_erases_it(installed: LocalInstallation, ann: Person) -> None:
    made = await installed.make(ann, provider="custom", model="m", baseUrl="https://a.example.com", apiKey=KEY)
    answer = await installed.ask(ann, "PUT", f"/api/configurations/{made['id']}", {"apiKey": None})
    assert answer.json()["apiKey"] is None
    async with installed.database.read() as tx:
        assert list(await tx.scalars(select(Credential))) == []


async def test_both_levels_rotate_under_traffic(installed: LocalInstallation, ann: Person) -> None:
    from trunkline.control.installation.installation import KEY_STATE, Installation
    from trunkline.storage import facts

    async with installed.database.write() as tx:
        await facts.settle(tx, KEY_STATE, msgspec.json.encode(installed.vault.ring.state).decode())
    assert await Installation(installed.database).read_state() == installed.vault.ring.state
    made = [await installed.make(ann, **OPENAI) for _ in range(3)]
    for turn in range(6):
        if turn % 2:
            await installed.services.rotation.advance()
        else:
            await installed.services.rotation.rotate(f"user:{ann.id}")
        for configuration in made:
            assert await stored_key(installed, ann, configuration["id"]) == KEY
        saved = await installed.ask(ann, "PUT", f"/api/configurations/{made[0]['id']}", {"model": f"gpt-{turn}"})
        assert saved.status_code == 200
    await installed.services.rotation.migrate(RootKey.generate())
    old = await installed.services.rotation.count_old()
    assert (old.data_keys, old.wrappings) == (0, 0)
    assert await stored_key(installed, ann, made[0]["id"]) == KEY


async def test_a_rotation_that_was_cut_off_is_finished_later(installed: LocalInstallation, ann: Person) -> None:
    made = await installed.make(ann, **OPENAI)
    async with installed.database.write() as tx:
        await installed.services.rotation.begin(tx, f"user:{ann.id}")
    assert (await installed.services.rotation.count_old()).data_keys == 1
    assert await stored_key(installed, ann, made["id"]) == KEY
    fresh = await installed.make(ann, **OPENAI)
    await installed.services.rotation.finish()
    assert (await installed.services.rotation.count_old()).data_keys == 0
    for configuration in (made, fresh):
        assert await stored_key(installed, ann, configuration["id"]) == KEY


@pytest.mark.parametrize("column", ["owner", "origins", "ciphertext"])
async def test_a_row_that_was_tampered_with_does_not_open(
    installed: LocalInstallation, ann: Person, column: str
) -> None:
    from trunkline.control.configurations.credentials import Credentials
    from trunkline.core.errors import CannotOpen, Forbidden

    await installed.make(ann, **OPENAI)
    async with installed.database.write() as tx:
        credential = (await tx.scalars(select(Credential))).one()
        secret = (await tx.scalars(select(SealedSecret))).one()
        if column == "owner":
            credential.owner = "user:somebody"
        elif column == "origins":
            secret.origins = ["https://evil.example.com:443"]
        else:
            secret.ciphertext = bytes([secret.ciphertext[0] ^ 1]) + secret.ciphertext[1:]
    async with installed.database.read() as tx:
        with pytest.raises((CannotOpen, Forbidden)):
            await Credentials(installed.vault).open(
                tx, ann.workspace_id, credential.id, origin="https://evil.example.com:443"
            )
        with pytest.raises((CannotOpen, Forbidden)):
            await Credentials(installed.vault).open(tx, ann.workspace_id, credential.id)


async def test_a_canary_is_found_nowhere(
    installed: LocalInstallation, ann: Person, upstream: Upstream, caplog: pytest.LogCaptureFixture
) -> None:
    header = "0123456789canaryheader.value"
    upstream.answer("GET /v1/models", {"error": {"message": f"bad {KEY}"}}, 401)
    made = await installed.make(
        ann,
        provider="custom",
        model="m",
        baseUrl=upstream.url,
        apiKey=KEY,
        configuration={"headers": {"X-Secret": header}},
        shared=True,
    )
    path = f"/api/configurations/{made['id']}"
    texts = [
        (await installed.ask(ann, "POST", path + "/test")).text,
        (await installed.ask(ann, "PUT", path, {"apiKey": KEY + "…"})).text,
        (await installed.ask(ann, "PUT", path, {"configuration": {"token": KEY}})).text,
        (await installed.ask(ann, "PUT", path, {"apiKey": {"a": KEY}})).text,
        (await installed.ask(ann, "POST", path + "/rotate-key", {"apiKey": KEY + "\n" + KEY})).text,
        (await installed.ask(ann, "POST", path + "/rotate-key")).text,
        (await installed.ask(ann, "GET", path + "/revisions")).text,
        (await installed.ask(ann, "GET", path + "/models")).text,
        (
            await installed.ask(
                ann, "POST", "/api/providers/custom/validate", {"baseUrl": upstream.url, "apiKey": KEY, "live": True}
            )
        ).text,
    ]
    sent = [asked.headers.get("x-secret") for asked in upstream.asked]
    assert header in sent
    async with installed.database.read() as tx:
        for table in Base.metadata.sorted_tables:
            rows = (await tx.execute(text(f"SELECT * FROM {table.name}"))).all()
            texts += [repr(row) for row in rows]
    texts.append(caplog.text)
    for found in texts:
        assert "canary" not in found


async def test_every_change_is_audited_without_the_secret(installed: LocalInstallation, ann: Person) -> None:
    made = await installed.make(ann, **OPENAI)
    path = f"/api/configurations/{made['id']}"
    await installed.ask(
        ann, "PUT", path, {"configuration": {"temperature": 1}, "apiKey": "sk-canary-second-012345-abcd"}
    )
    await installed.ask(ann, "DELETE", path)
    stranger = await installed.person()
    kept = await installed.make(ann)
    await installed.ask(stranger, "GET", f"/api/configurations/{kept['id']}")
    async with installed.database.read() as tx:
        events = list(await tx.scalars(select(AuditEvent).order_by(AuditEvent.id)))
    by_action = {event.action: event for event in events if event.target_id == made["id"]}
    created, updated = by_action["configurations.create"], by_action["configurations.update"]
    assert created.before is None
    assert created.after is not None
    fingerprint = made["apiKeyInfo"]["fingerprint"]
    assert created.after["apiKey"] == {"mask": "sk-…x7Qd", "fingerprint": fingerprint}
    assert updated.before == {
        "apiKey": {"mask": "sk-…x7Qd", "fingerprint": fingerprint},
        "configuration.temperature": None,
    }
    assert updated.after is not None
    assert updated.after["configuration.temperature"] == 1
    assert updated.after["apiKey"]["mask"] == "sk-…abcd"
    assert "configurations.delete" in by_action
    refused = [event for event in events if event.outcome == "refused"]
    assert [(event.actor_id, event.target_id) for event in refused] == [(stranger.id, kept["id"])]


def test_the_type_of_a_secret_shows_nothing() -> None:
    assert "canary" not in f"{Secret(KEY)!r} {Secret(KEY)} {Secret(KEY):>80}"
