"""Many at once: no change is lost, no name doubled, and keys open whatever is turned meanwhile."""

from __future__ import annotations

import asyncio

from trunkline.control.configurations.credentials import Credentials

from .conftest import LocalInstallation, Person

KEY = "sk-canary-0123456789abcdefghij-x7Qd"


async def test_changes_at_once_are_all_kept(installed: LocalInstallation, ann: Person) -> None:
    made = await installed.make(
        ann, provider="custom", model="m", baseUrl="https://a.example.com", configuration={"parameters": {}}
    )
    path = f"/api/configurations/{made['id']}"
    changes = [
        {"configuration": {"temperature": 0.5}},
        {"configuration": {"topP": 0.5}},
        {"model": "n"},
        {"isActive": False},
    ]
    answers = await asyncio.gather(*(installed.ask(ann, "PUT", path, change) for change in changes))
    assert [answer.status_code for answer in answers] == [200] * 4
    final = (await installed.ask(ann, "GET", path)).json()
    assert (final["revision"], final["model"], final["isActive"]) == (5, "n", False)
    assert (final["configuration"]["temperature"], final["configuration"]["topP"]) == (0.5, 0.5)
    listed = (await installed.ask(ann, "GET", path + "/revisions")).json()
    assert [row["number"] for row in listed] == [5, 4, 3, 2, 1]


async def test_of_changes_from_one_state_one_wins(installed: LocalInstallation, ann: Person) -> None:
    made = await installed.make(ann)
    path = f"/api/configurations/{made['id']}"
    answers = await asyncio.gather(
        *(installed.ask(ann, "PUT", path, {"name": f"{made['id']} {number}"}, if_match='"1"') for number in range(5))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412]


async def test_a_name_is_given_once(installed: LocalInstallation, ann: Person) -> None:
    body = {"name": "one", "provider": "demo", "model": "demo-chat"}
    answers = await asyncio.gather(*(installed.ask(ann, "POST", "/api/configurations", body) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]


async def test_the_first_secrets_of_an_owner_share_one_data_key(installed: LocalInstallation, ann: Person) -> None:
    made = await asyncio.gather(*(installed.make(ann, provider="openai", model="gpt-4", apiKey=KEY) for _ in range(5)))
    part = installed.holder.current.parts[ann.workspace_id]
    keys = {part.configurations[row["id"]].secrets[0].data_key_id for row in made}
    assert len(keys) == 1


async def test_keys_open_while_they_are_saved_and_turned(installed: LocalInstallation, ann: Person) -> None:
    made = [await installed.make(ann, provider="openai", model="gpt-4", apiKey=KEY) for _ in range(3)]
    opened: list[str] = []
    credentials = Credentials(installed.vault)

    async def turn() -> None:
        for _ in range(3):
            await installed.services.rotation.rotate(f"user:{ann.id}")

    async def save(number: int) -> None:
        for turn in range(3):
            body = {"apiKey": f"sk-canary-{number}-{turn}-0123456789abcdef"}
            answer = await installed.ask(ann, "PUT", f"/api/configurations/{made[number]['id']}", body)
            assert answer.status_code == 200, answer.text

    async def read() -> None:
        for _ in range(10):
            async with installed.database.read() as tx:
                part = installed.holder.current.parts[ann.workspace_id]
                for row in made:
                    credential_id = part.configurations[row["id"]].credential_id
                    assert credential_id is not None
                    secrets = await credentials.open(tx, ann.workspace_id, credential_id)
                    opened.append(secrets["apiKey"].reveal())

    await asyncio.gather(turn(), turn(), save(0), save(1), read())
    await installed.services.rotation.finish()
    assert (await installed.services.rotation.count_old()).data_keys == 0
    assert len(opened) == 30
    part = installed.holder.current.parts[ann.workspace_id]
    for number, suffix in ((0, "-0-2-"), (1, "-1-2-"), (2, KEY)):
        entry = part.configurations[made[number]["id"]]
        stored = entry.secrets[0]
        assert suffix in installed.vault.decrypt(stored, part.data_keys[stored.data_key_id]).reveal()
