"""``/api/capture``: content of requests, for the admins of the workspace that asked for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.bookkeeping import RING, make_audit
from tests.contract.live_server import LiveServer, eventually
from tests.contract.local_installation import LocalInstallation, Person
from trunkline.control.capture.captured_content import ContentSeal, SealedContent
from trunkline.control.capture.captures import Captures
from trunkline.control.capture.content import Content
from trunkline.core.errors import CannotOpen

SECRET = "the owls are not what they seem"


async def ask(live: LiveServer, admin: Person, request_id: str, *, stream: bool = False) -> None:
    key = await admin.make_key()
    body = {"model": "demo/demo-chat", "messages": [{"role": "user", "content": SECRET}], "stream": stream}
    answer = await live.client(key["key"], **{"x-request-id": request_id}).post("/v1/chat/completions", json=body)
    assert answer.status_code == 200


async def find(admin: Person, request_id: str) -> dict[str, Any]:
    async def look() -> dict[str, Any] | None:
        found = await admin.client.get(f"/api/requests/{request_id}")
        return found.json() if found.status_code == 200 and found.json()["content"] else None

    return await eventually(look)


async def test_it_is_off_until_an_admin_turns_it_on(live: LiveServer) -> None:
    admin = await live.admin()
    shown = (await admin.client.get("/api/capture")).json()
    assert shown == {
        "enabled": False, "rate": 0.0, "redactPersonalData": False, "countries": [], "keepDays": 7, "kept": 0,
    }  # fmt: skip
    await ask(live, admin, "before")
    rule = {"enabled": True, "redactPersonalData": True, "countries": ["DE"], "keepDays": 3}
    changed = await admin.client.put("/api/capture", json=rule)
    assert changed.status_code == 200, changed.text
    assert changed.json() == {**rule, "rate": 1.0, "kept": 0}
    for stream in (False, True):
        await ask(live, admin, f"after-{stream}", stream=stream)
        content = (await find(admin, f"after-{stream}"))["content"]
        assert SECRET in content["request"]
        assert '"role":"assistant"' in content["answer"]
        assert not content["cut"]
    assert (await admin.client.get("/api/requests/before")).json()["content"] is None
    assert (await admin.client.get("/api/capture")).json()["kept"] == 2
    log = (await admin.client.get("/api/audit")).json()
    assert {"capture.change", "capture.read"} <= {event["action"] for event in log}
    assert SECRET not in str(log)
    for path in live.settings.data_dir.rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes(), path
    assert (await admin.client.delete("/api/capture")).json() == {"erased": 2}
    assert (await admin.client.get("/api/requests/after-True")).json()["content"] is None
    off = await admin.client.put("/api/capture", json={"enabled": False})
    assert off.json()["enabled"] is False
    await ask(live, admin, "later")
    assert (await admin.client.get("/api/capture")).json()["kept"] == 0


@pytest.mark.parametrize(
    ("field", "rule"),
    [
        ("rate", {"enabled": True, "rate": 0}),
        ("rate", {"enabled": True, "rate": 1.5}),
        ("rate", {"enabled": False, "rate": 0.5}),
        ("keepDays", {"enabled": True, "keepDays": 0}),
        ("keepDays", {"enabled": True, "keepDays": 366}),
        ("countries[0]", {"enabled": True, "redactPersonalData": True, "countries": ["de"]}),
        ("countries", {"enabled": True, "countries": ["DE"]}),
        ("enabled", {}),
        ("enabled", {"enabled": "yes"}),
    ],
)
async def test_bad_input_names_the_field(admin: Person, field: str, rule: dict[str, Any]) -> None:
    answer = await admin.client.put("/api/capture", json=rule)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


CONTENT = Content("{}", None, 2, 0, cut=False)


def test_content_opens_for_its_own_call_and_workspace_alone() -> None:
    seal = ContentSeal(RING)
    sealed = seal.seal(CONTENT, "w-1", "c-1")
    assert seal.open(sealed, "w-1", "c-1") == CONTENT
    for workspace_id, call_id in (("w-2", "c-1"), ("w-1", "c-2")):
        with pytest.raises(CannotOpen):
            seal.open(sealed, workspace_id, call_id)
    with pytest.raises(CannotOpen):
        seal.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), "w-1", "c-1")


async def test_it_ends_with_its_time_and_with_its_workspace(installed: LocalInstallation, admin: Person) -> None:
    made = (await admin.client.post("/api/workspaces", json={"name": "Shared"})).json()
    there = {"X-Trunkline-Workspace": made["id"]}
    answer = await admin.client.put("/api/capture", json={"enabled": True}, headers=there)
    assert answer.status_code == 200, answer.text
    seal, now = ContentSeal(installed.ring), datetime.now(UTC)
    captures = Captures(installed.database, make_audit(installed.database), seal, clock=lambda: now)
    at = int(now.timestamp() * 1e6)
    for call_id, until in (("c-old", at - 1), ("c-new", at + 10**9)):
        await captures.keep(SealedContent(call_id, made["id"], seal.seal(CONTENT, made["id"], call_id), at, until))
    assert await captures.prune() == 1
    assert (await admin.client.get("/api/capture", headers=there)).json()["kept"] == 1
    deleted = await admin.client.delete(f"/api/workspaces/{made['id']}")
    assert deleted.status_code in {200, 204}, deleted.text
    await captures.keep(SealedContent("c-late", made["id"], b"x", at, at + 10**9))
    now += timedelta(days=400)
    assert await captures.prune() == 0, "it went with its workspace, and none came after"
