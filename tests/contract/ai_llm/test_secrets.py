"""A secret that comes in by this API is encrypted, told to nobody, and gone when its entry is."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select, text

from tests.contract.configurations.upstream import Upstream
from tests.contract.live_server import LiveServer
from trunkline.storage.tables import Base, Credential, SealedSecret

from .scene import SECRET, database_of, done, entry, failed, make

KEY = "key-canary-0123456789-abcd"


async def test_a_canary_is_found_nowhere(
    live_on_each: LiveServer, upstream: Upstream, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    admin = await live_on_each.admin()
    home = await admin.personal()
    upstream.answer("GET /v1/models", {"error": {"message": f"bad key {SECRET}"}}, 401)
    made = await make(admin.client, home, aiType="OTHER", endpoint=upstream.url, key=KEY)
    client, path = admin.client, f"/ai/llm/{made}"
    answers = [
        await client.get("/ai/llm"),
        await client.get("/ai/llm/available"),
        await client.get("/ai/llm/stats"),
        await client.post(f"{path}/validate"),
        await client.put(path, json={"secret": SECRET, "key": KEY}),
        await client.put(path, json={"secret": f"{SECRET} {SECRET}"}),
        await client.put(path, json={"secret": [SECRET], "key": {"a": KEY}}),
        await client.put(path, json={"key": KEY * 300}),
        await client.post("/ai/llm", json=entry(home, endpoint="https://user:" + SECRET + "@api.openai.com")),
        await client.post("/ai/llm", json=entry("nowhere")),
        await client.get(f"/api/configurations/{made}"),
        await client.get(f"/api/configurations/{made}/revisions"),
        await client.get("/api/audit"),
    ]
    texts = [answer.text for answer in answers]
    assert upstream.asked[-1].headers["authorization"] == f"Bearer {SECRET}"
    async with database_of(live_on_each) as database, database.read() as tx:
        for table in Base.metadata.sorted_tables:
            texts += [repr(row) for row in (await tx.execute(text(f"SELECT * FROM {table.name}"))).all()]
    texts.append(caplog.text)
    for found in texts:
        assert "canary-0123456789" not in found
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert b"canary-0123456789" not in file.read_bytes(), file


async def test_credentials_are_erased_with_their_entry(live_on_each: LiveServer) -> None:
    admin = await live_on_each.admin()
    team = await admin.make_workspace()
    made = await make(admin.client, team, key=KEY)

    async def stored() -> tuple[list[str], list[str]]:
        async with database_of(live_on_each) as database, database.read() as tx:
            credentials = select(Credential).where(Credential.workspace_id == team)
            rows = list(await tx.scalars(credentials))
            ids = [row.id for row in rows]
            fields = await tx.scalars(select(SealedSecret.field).where(SealedSecret.credential_id.in_(ids)))
            return [row.owner for row in rows], sorted(fields)

    # Sealed for the workspace, whose it is, and not for the one who entered it.
    assert await stored() == ([f"workspace:{team}"], ["accessKey", "apiKey"])
    async with database_of(live_on_each) as database, database.read() as tx:
        before = len(list(await tx.scalars(select(SealedSecret))))
    done(await admin.client.delete(f"/ai/llm/{made}"))
    assert await stored() == ([], [])
    async with database_of(live_on_each) as database, database.read() as tx:
        assert len(list(await tx.scalars(select(SealedSecret)))) == before - 2


async def test_every_change_is_in_the_log_without_a_secret(live: LiveServer) -> None:
    admin = await live.admin()
    team = await admin.make_workspace()
    made = await make(admin.client, team, key=KEY)
    done(await admin.client.put(f"/ai/llm/{made}", json={"name": "Renamed", "key": None}))
    failed(await admin.client.put(f"/ai/llm/{made}", json={"endpoint": "https://evil.example.com"}), 400)
    done(await admin.client.delete(f"/ai/llm/{made}"))
    log = (await admin.at(team).get("/api/audit")).json()
    events = [event for event in reversed(log) if event["targetId"] == made]
    assert [event["action"] for event in events] == [
        "configurations.create",
        "configurations.update",
        "configurations.delete",
    ]
    assert events[0]["after"]["apiKey"]["mask"] == "sk-proj-…x7Qd"
    assert events[0]["after"]["accessKey"]["mask"] == "key-…abcd"
    assert events[1]["after"] == {"name": "Renamed", "accessKey": None}


async def test_history_goes_back_without_the_access_key(live: LiveServer) -> None:
    admin = await live.admin()
    made = await make(admin.client, await admin.personal(), key=KEY)
    done(await admin.client.put(f"/ai/llm/{made}", json={"name": "Renamed"}))
    back = await admin.client.post(f"/api/configurations/{made}/revisions/1/revert")
    assert back.status_code == 200, back.text
    assert (await admin.client.get("/ai/llm")).json()["aiLlms"][0]["name"] == "Production OpenAI"
    assert (await admin.client.get("/ai/llm")).json()["aiLlms"][0]["key"] == "key-…abcd"
