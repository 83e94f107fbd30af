"""``/api/workspaces/{id}/counts``: as many as the lists hold, for whoever asks."""

from __future__ import annotations

from typing import Any

from tests.contract.local_installation import LocalInstallation, Person

CONFIGURATION: dict[str, Any] = {"provider": "demo", "model": "demo-chat"}
LISTS = {
    "configurations": "/api/configurations?limit=100",
    "routes": "/api/routes?limit=100",
    "features": "/api/features",
    "runningExperiments": "/api/experiments?limit=100&state=running",
    "openAlerts": "/api/alerts?limit=100&state=open",
}


async def listed(person: Person, workspace_id: str) -> dict[str, int]:
    client = person.at(workspace_id)
    return {name: len((await client.get(path)).json()) for name, path in LISTS.items()}


async def counted(person: Person, workspace_id: str) -> dict[str, int | None]:
    answer = await person.client.get(f"/api/workspaces/{workspace_id}/counts")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_counts_are_those_of_the_lists(installed: LocalInstallation, admin: Person) -> None:
    workspace_id = await admin.make_workspace()
    ben = await installed.add_user(admin, "ben@example.com")
    await installed.join(admin, workspace_id, ben, "member")
    client = admin.at(workspace_id)
    made = {}
    for name, shared in (("Own", False), ("Shared", True), ("Split", True)):
        answer = await client.post("/api/configurations", json={**CONFIGURATION, "name": name, "shared": shared})
        assert answer.status_code == 201, answer.text
        made[name] = answer.json()["id"]
    route = {"name": "front", "strategy": "weighted", "targets": [{"configurationId": made["Shared"]}]}
    answer = await client.post("/api/routes", json=route)
    assert answer.status_code == 201, answer.text
    feature = {"slug": "helper", "name": "Helper", "kind": "chat", "target": "Shared"}
    answer = await client.post("/api/features", json=feature)
    assert answer.status_code == 201, answer.text
    # A feature that every workspace has is counted once, also when it was changed.
    assert (await client.put("/api/features/chat-assistant", json={"temperature": 0.2})).status_code == 200
    for name in ("v1", "v2"):
        version = {"version": name, "provider": "demo", "modelId": "demo-chat", "trafficPercent": 50}
        answer = await client.post(f"/model-configs/{made['Split']}/versions", json=version)
        assert answer.status_code == 201, answer.text

    counts = await counted(admin, workspace_id)
    assert counts == await listed(admin, workspace_id)
    assert counts["configurations"] == 3
    assert (counts["routes"], counts["runningExperiments"]) == (1, 1)
    assert await counted(ben, workspace_id) == await listed(ben, workspace_id)
    assert (await counted(ben, workspace_id))["configurations"] == 2


async def test_a_stranger_counts_nothing(installed: LocalInstallation, admin: Person) -> None:
    workspace_id = await admin.make_workspace()
    stranger = await installed.add_user(admin, "zoe@example.com")
    assert (await stranger.client.get(f"/api/workspaces/{workspace_id}/counts")).status_code == 404
