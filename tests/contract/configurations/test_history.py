"""Revisions: every saved state is listed with what it changed, and can be gone back to."""

from __future__ import annotations

from .conftest import LocalInstallation, Person

KEY = "sk-canary-0123456789abcdefghij-x7Qd"


async def test_every_change_makes_a_revision(installed: LocalInstallation, ann: Person) -> None:
    made = await installed.make(ann, name="one", provider="openai", model="gpt-4", apiKey=KEY, reason="first")
    path = f"/api/configurations/{made['id']}"
    await installed.ask(ann, "PUT", path, {"configuration": {"temperature": 0.5}}, x_change_reason="calmer")
    await installed.ask(ann, "PUT", path, {"name": "one"})
    listed = (await installed.ask(ann, "GET", path + "/revisions")).json()
    assert [(row["number"], row["reason"], row["author"], row["authorId"]) for row in listed] == [
        (2, "calmer", "Ann", ann.id),
        (1, "first", "Ann", ann.id),
    ]
    assert listed[0]["diff"] == [{"path": "configuration.temperature", "before": None, "after": 0.5}]
    created = {part["path"]: part["after"] for part in listed[1]["diff"]}
    assert created["model"] == "gpt-4"
    assert created["apiKey"]["mask"] == "sk-…x7Qd"
    assert listed[0]["time"].endswith("Z")


async def test_revisions_are_paged(installed: LocalInstallation, ann: Person) -> None:
    made = await installed.make(ann)
    path = f"/api/configurations/{made['id']}"
    for number in range(3):
        await installed.ask(ann, "PUT", path, {"name": f"{made['id']} {number}"})
    first = await installed.ask(ann, "GET", path + "/revisions?limit=3")
    assert [row["number"] for row in first.json()] == [4, 3, 2]
    rest = await installed.ask(ann, "GET", first.headers["link"].partition("<")[2].partition(">")[0])
    assert [row["number"] for row in rest.json()] == [1]
    assert first.json()[-1]["diff"][0]["path"] == "name"


async def test_reverting_is_a_new_revision(installed: LocalInstallation, ann: Person) -> None:
    made = await installed.make(
        ann, provider="openai", model="gpt-4", apiKey=KEY, configuration={"temperature": 0.2, "topP": 0.9}
    )
    path = f"/api/configurations/{made['id']}"
    new_key = "sk-canary-second-0123456789-abcd"
    await installed.ask(
        ann, "PUT", path, {"model": "gpt-4o", "apiKey": new_key, "configuration": {"topP": None, "maxTokens": 5}}
    )
    answer = await installed.ask(ann, "POST", path + "/revisions/1/revert")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["model"], body["configuration"], body["revision"]) == (
        "gpt-4",
        {"temperature": 0.2, "topP": 0.9},
        3,
    )
    assert body["apiKey"] == "sk-…abcd"
    listed = (await installed.ask(ann, "GET", path + "/revisions")).json()
    assert listed[0]["reason"] == "Reverted to revision 1"


async def test_reverting_to_another_origin_needs_the_key(installed: LocalInstallation, ann: Person) -> None:
    made = await installed.make(ann, provider="custom", model="m", baseUrl="https://one.example.com", apiKey=KEY)
    path = f"/api/configurations/{made['id']}"
    await installed.ask(ann, "PUT", path, {"baseUrl": "https://two.example.com", "apiKey": KEY})
    refused = await installed.ask(ann, "POST", path + "/revisions/1/revert")
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == "apiKey"
    done = await installed.ask(ann, "POST", path + "/revisions/1/revert", {"apiKey": KEY, "reason": "back"})
    assert done.json()["baseUrl"] == "https://one.example.com"


async def test_reverting_never_brings_back_a_key(installed: LocalInstallation, ann: Person) -> None:
    made = await installed.make(ann, provider="custom", model="m", baseUrl="https://one.example.com", apiKey=KEY)
    path = f"/api/configurations/{made['id']}"
    await installed.ask(ann, "PUT", path, {"apiKey": None, "model": "n"})
    done = await installed.ask(ann, "POST", path + "/revisions/1/revert")
    assert (done.json()["model"], done.json()["apiKey"]) == ("m", None)


async def test_reverts_are_guarded(installed: LocalInstallation) -> None:
    owner, member = await installed.team("owner", "member")
    made = await installed.make(owner, shared=True)
    path = f"/api/configurations/{made['id']}"
    assert (await installed.ask(owner, "POST", path + "/revisions/9/revert")).status_code == 404
    assert (await installed.ask(owner, "POST", path + "/revisions/0/revert")).status_code == 400
    assert (await installed.ask(member, "POST", path + "/revisions/1/revert")).status_code == 403
    assert (await installed.ask(owner, "POST", path + "/revisions/1/revert", if_match='"7"')).status_code == 412
    (stranger,) = await installed.team("owner")
    assert (await installed.ask(stranger, "GET", path + "/revisions")).status_code == 404
    assert (await installed.ask(stranger, "POST", path + "/revisions/1/revert")).status_code == 404
