"""The encryption keys of the installation, rotated over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.local_installation import LocalInstallation, Person

CONFIGURATION = {"provider": "openai", "model": "gpt-4o-mini", "apiKey": "sk-0123456789abcdefghij-x7Qd"}


async def rotate(installed: LocalInstallation, admin: Person, level: str) -> dict[str, Any]:
    """The job, when it is over."""
    started = await admin.client.post("/api/vault/rotate", json={"level": level})
    assert started.status_code == 202
    job_id = started.json()["jobId"]
    assert started.headers["location"] == f"/api/jobs/{job_id}"
    await installed.services.jobs.wait(job_id)
    return (await admin.client.get(f"/api/jobs/{job_id}")).json()


async def test_a_new_key_encryption_key(installed: LocalInstallation, admin: Person) -> None:
    await admin.client.post("/api/configurations", json={"name": "one", **CONFIGURATION})
    before = (await admin.client.get("/api/vault")).json()
    assert (before["oldDataKeys"], before["oldWrappings"]) == (0, 0)
    job = await rotate(installed, admin, "key-encryption-key")
    assert (job["kind"], job["state"], job["subject"]) == (
        "key_rotation",
        "succeeded",
        {"level": "key-encryption-key"},
    )
    assert (await admin.client.get("/api/vault")).json() == {**before, "version": before["version"] + 1}


async def test_new_data_keys_for_everybody(installed: LocalInstallation, admin: Person) -> None:
    ann = await installed.add_user(admin, "ann@example.com")
    for person in (admin, ann):
        made = await person.client.post("/api/configurations", json={"name": "one", **CONFIGURATION})
        assert made.status_code == 201
    job = await rotate(installed, admin, "data-keys")
    assert job["state"] == "succeeded"
    assert job["progress"] == {"completed": 2, "total": 2}
    assert (await admin.client.get("/api/vault")).json()["oldDataKeys"] == 0
    events = (await admin.client.get("/api/audit?action=vault.rotate")).json()
    assert [(event["actorId"], event["after"]) for event in events] == [(admin.id, {"level": "data-keys"})]


@pytest.mark.parametrize("body", [{}, {"level": "root-key"}, {"level": None}])
async def test_an_unknown_level_is_refused_by_name(admin: Person, body: dict[str, Any]) -> None:
    answer = await admin.client.post("/api/vault/rotate", json=body)
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("level: ")


async def test_only_the_administrator_may(installed: LocalInstallation, admin: Person) -> None:
    ann = await installed.add_user(admin, "ann@example.com")
    key = await admin.make_key(name="ci", scope="manage")
    for client in (ann.client, installed.client(key["key"])):
        assert (await client.get("/api/vault")).status_code == 403
        assert (await client.post("/api/vault/rotate", json={"level": "data-keys"})).status_code == 403
