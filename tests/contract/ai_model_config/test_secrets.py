"""Keys are nowhere in plain, and ciphertexts are found by their user alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.contract.live_server import LiveServer
from trunkline.storage.database import Database
from trunkline.storage.tables import Credential, SealedSecret

from .conftest import CREATE, GET, KEY, UPDATE, Program, document, model, program_of

FOREIGN = "canary-ciphertext-0123456789-abcdefghij"


def read_all(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file())


async def test_a_key_is_nowhere_in_plain(live: LiveServer, caplog: pytest.LogCaptureFixture) -> None:
    program = await program_of(await live.admin())
    sealed = await program.seal()
    await program.create(
        model("OpenAI", "gpt-4", apiKeyEncrypted=sealed), model("Nobody", "n", apiKeyEncrypted=FOREIGN)
    )
    answers = [
        await program.client.post(CREATE, json=document(model("OpenAI", "gpt-4", apiKeyEncrypted=KEY))),
        await program.client.put(UPDATE, json=document(model("OpenAI", "gpt-4", apiKeyEncrypted=KEY))),
        await program.client.put(UPDATE, json=document(model("OpenAI", "gpt-4", type="x", apiKeyEncrypted=KEY))),
        await program.client.put(UPDATE, json=document(model("OpenAI", "gpt-4", apiKeyEncrypted=sealed[:-2]))),
        await program.client.get(GET),
        await program.client.get(GET, params={"includeEncryptedKeys": "true"}),
        await program.client.get("/api/configurations"),
        await program.client.get("/api/audit"),
    ]
    assert [answer.status_code for answer in answers] == [400, 400, 400, 400, 200, 200, 200, 200]
    kept = read_all(live.settings.data_dir)
    assert len(kept) > 10_000
    for plain in (KEY, sealed, FOREIGN):
        assert plain.encode() not in kept
        assert plain not in caplog.text
    for answer in answers:
        assert KEY not in answer.text
        assert (sealed in answer.text) == (FOREIGN in answer.text) == ("includeEncryptedKeys" in str(answer.url))


async def test_what_is_replaced_is_erased(
    program_on_each: Program, live_on_each: LiveServer, database_url: str
) -> None:
    program, database = program_on_each, Database(database_url)
    sealed = await program.seal()

    async def count() -> tuple[int, int]:
        async with database.read() as tx:
            return (
                await tx.scalar(select(func.count()).select_from(Credential)) or 0,
                await tx.scalar(select(func.count()).select_from(SealedSecret)) or 0,
            )

    await program.create(
        model("OpenAI", "gpt-4", apiKeyEncrypted=sealed), model("Nobody", "n", apiKeyEncrypted=FOREIGN)
    )
    assert await count() == (3, 3)
    await program.update(model("OpenAI", "gpt-4"), model("Nobody", "n", apiKeyEncrypted=FOREIGN + "2"))
    assert await count() == (3, 3)
    await program.update(model("OpenAI", "gpt-4", apiKeyEncrypted=None), model("Nobody", "n", apiKeyEncrypted=None))
    assert await count() == (0, 0)
    await database.close()


async def test_rotation_takes_ciphertexts_along(program: Program) -> None:
    sealed = await program.seal()
    body = await program.create(
        model("OpenAI", "gpt-4", apiKeyEncrypted=sealed), model("Nobody", "n", apiKeyEncrypted=FOREIGN)
    )
    path = f"/api/configurations/{body['models'][0]['configurationId']}/rotate-key"
    turned = await program.client.post(path)
    assert turned.status_code == 200, turned.text
    keyed = await program.get(keys=True)
    assert [each["apiKeyEncrypted"] for each in keyed["models"]] == [sealed, FOREIGN]


async def test_a_sealed_key_of_another_user_is_of_no_use(live: LiveServer) -> None:
    admin = await live.admin()
    other = await live.add_user(admin, "other@example.com")
    stolen = await (await program_of(admin)).seal()
    answer = await other.client.post(CREATE, json=document(model("OpenAI", "gpt-4", apiKeyEncrypted=stolen)))
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "models[0].apiKeyEncrypted"
