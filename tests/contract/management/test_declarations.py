"""``/api/workspaces/{id}/declared``: what files declare of a workspace."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.local_installation import LocalInstallation, Person
from trunkline.cli.declared.kinds import SECTIONS
from trunkline.control.workspaces.declarations import MOST_SOURCES, Section


def thing(number: int, revision: str = "1") -> dict[str, str]:
    return {"section": "routes", "id": f"route-{number}", "revision": revision}


@pytest.fixture
async def path(admin: Person) -> str:
    return f"/api/workspaces/{await admin.personal()}/declared"


async def put(who: Person, path: str, source: str, *objects: dict[str, str]) -> list[dict[str, Any]]:
    answer = await who.client.put(path, json={"source": source, "objects": list(objects)})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_each_file_declares_its_own(admin: Person, path: str) -> None:
    assert (await admin.client.get(path)).json() == []
    first = await put(admin, path, "trunkline.yaml", thing(1), thing(2))
    assert [(one["source"], one["objects"], one["declaredBy"]) for one in first] == [
        ("trunkline.yaml", [thing(1), thing(2)], admin.id)
    ]
    both = await put(admin, path, "limits.yaml", thing(3))
    assert {one["source"] for one in both} == {"trunkline.yaml", "limits.yaml"}
    changed = await put(admin, path, "trunkline.yaml", thing(1, "2"))
    assert [one["source"] for one in changed] == ["limits.yaml", "trunkline.yaml"]
    assert changed[1]["objects"] == [thing(1, "2")]
    assert (await admin.client.get(path)).json() == changed
    assert [one["source"] for one in await put(admin, path, "trunkline.yaml")] == ["limits.yaml"]


async def test_what_changes_nothing_is_no_event(admin: Person, path: str) -> None:
    first = await put(admin, path, "trunkline.yaml", thing(1))
    assert await put(admin, path, "trunkline.yaml", thing(1)) == first
    assert await put(admin, path, "nothing.yaml") == first
    log = (await admin.client.get("/api/audit?action=workspaces.declare")).json()
    assert [event["after"] for event in log] == [{"source": "trunkline.yaml", "objects": 1}]


async def test_there_are_only_so_many_files(admin: Person, path: str) -> None:
    for number in range(MOST_SOURCES):
        await put(admin, path, f"{number}.yaml", thing(number))
    answer = await admin.client.put(path, json={"source": "more.yaml", "objects": [thing(1)]})
    assert answer.status_code == 409
    assert "Send one of them without objects" in answer.json()["message"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"objects": []}, "source"),
        ({"source": "a.yaml"}, "objects"),
        ({"source": "a.yaml", "objects": [{**thing(1), "section": "keys"}]}, "objects[0].section"),
        ({"source": "a.yaml", "objects": [{**thing(1), "revision": 1}]}, "objects[0].revision"),
    ],
)
async def test_what_is_wrong_is_named(admin: Person, path: str, body: dict[str, Any], field: str) -> None:
    answer = await admin.client.put(path, json=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)


async def test_members_see_it_and_admins_say_it(installed: LocalInstallation, admin: Person) -> None:
    team = await admin.make_workspace()
    ann = await installed.add_user(admin, "ann@example.com")
    await installed.join(admin, team, ann, "member")
    path = f"/api/workspaces/{team}/declared"
    assert (await ann.client.put(path, json={"source": "a.yaml", "objects": []})).status_code == 403
    await put(admin, path, "a.yaml", thing(1))
    assert len((await ann.client.get(path)).json()) == 1
    stranger = await installed.add_user(admin, "ben@example.com")
    assert (await stranger.client.get(path)).status_code == 404


def test_its_sections_are_those_of_the_file() -> None:
    assert set(Section.__args__) == set(SECTIONS)
