"""Everybody's own history: found, named, taken away and deleted by its owner, and hidden from all others."""

from __future__ import annotations

import json

import httpx2
import pytest

from tests.contract.conversations.talk import Talk
from tests.contract.live_server import LiveServer

NASTY = "</script><script>alert(1)</script> ![x](javascript:alert(1)) \u202e\u2028 'quotes\" & %00"


async def titles(client: httpx2.AsyncClient, query: str = "") -> list[str]:
    answer = await client.get(f"/api/conversations{query}")
    assert answer.status_code == 200, answer.text
    return [item["title"] for item in answer.json()]


async def test_the_last_used_comes_first_page_by_page(live_on_each: LiveServer) -> None:
    admin = await live_on_each.admin()
    ids = []
    for number in range(5):
        made = (await admin.client.post("/api/conversations", json={"model": "demo/demo-chat"})).json()
        await admin.client.patch(f"/api/conversations/{made['id']}", json={"title": f"No. {number}"})
        ids.append(made["id"])
    await admin.client.post("/api/configurations", json={"name": "Try", "provider": "demo", "model": "demo-chat"})
    said = await admin.client.post(
        f"/api/conversations/{ids[1]}/messages", json={"content": "Once more", "stream": False}
    )
    assert said.json()["state"] == "complete", said.text
    seen, at = [], "/api/conversations?limit=2"
    while at:
        page = await admin.client.get(at)
        seen += [item["title"] for item in page.json()]
        at = page.headers.get("link", "").partition("<")[2].partition(">")[0]
    assert seen == ["No. 1", "No. 4", "No. 3", "No. 2", "No. 0"]
    wrong = await admin.client.get("/api/conversations?cursor=bm9uc2Vuc2U")
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (400, "cursor")


async def test_search_looks_into_titles_and_messages(talk_on_each: Talk) -> None:
    talk = talk_on_each
    await talk.exchange("Tell me of Whales", " They sing at 100% of depths_")
    for words in ("whales", "SING", "100%", "depths_"):
        assert await titles(talk.client, f"?q={words.replace('%', '%25')}") == ["Tell me of Whales"], words
    # What patterns would match is not what was said.
    for words in ("100_", "s%ng", "fish"):
        assert await titles(talk.client, f"?q={words.replace('%', '%25')}") == [], words
    await talk.client.patch(talk.path, json={"title": "Sea"})
    assert await titles(talk.client, "?q=sea") == ["Sea"]


async def test_a_title_of_ones_own_stays(talk: Talk) -> None:
    assert (await talk.see())["titledBy"] == "none"
    changed = await talk.client.patch(talk.path, json={"title": "  My own  "})
    assert (changed.json()["title"], changed.json()["titledBy"]) == ("My own", "user")
    await talk.exchange("Hello there", " Hi")
    assert (await talk.see())["title"] == "My own"
    assert (await talk.client.patch(talk.path, json={"title": " "})).status_code == 400


async def test_going_on_with_another_model(talk: Talk) -> None:
    await talk.client.post("/api/configurations", json={"name": "Try", "provider": "demo", "model": "demo-chat"})
    await talk.exchange("Hello", " Hi")
    changed = await talk.client.patch(talk.path, json={"model": "Try"})
    assert (changed.json()["model"], changed.json()["feature"]) == ("Try", None)
    said = await talk.client.post(f"{talk.path}/messages", json={"content": "And?", "stream": False})
    assert said.json()["model"] == "demo-chat"
    assert (await talk.client.patch(talk.path, json={"model": "a", "feature": "b"})).status_code == 400
    for body in ({}, {"model": "a", "feature": "b"}, {"model": ""}, {"feature": "No Slug"}):
        assert (await talk.client.post("/api/conversations", json=body)).status_code == 400


async def test_nobody_else_sees_any_of_it(talk_on_each: Talk) -> None:
    talk = talk_on_each
    live, admin = talk.live, talk.admin
    workspace_id = await admin.make_workspace("Shared")
    member = await live.add_user(admin, "member@example.com")
    await live.join(admin, workspace_id, member, "admin")
    there = member.at(workspace_id)
    made = await there.post("/api/conversations", json={"model": "demo/demo-chat"})
    path = f"/api/conversations/{made.json()['id']}"
    picture = await there.post("/api/pictures", content=b"\x89PNG\r\n\x1a\n1", headers={"content-type": "image/png"})
    assert picture.status_code == 201, picture.text
    message = "019a5f0e-7c1b-7d9a-9a53-0f4c8a1b2c3d"
    key = await member.make_key(workspace_id)
    # Not its own administrator, not the maker elsewhere, nobody.
    for client in (admin.at(workspace_id), admin.client, member.client):
        assert await titles(client, "?q=hello") == []
        assert made.json()["id"] not in (await client.get("/api/conversations")).text
        for method, at, body in (
            ("GET", path, None),
            ("PATCH", path, {"title": "mine"}),
            ("GET", f"{path}/export", None),
            ("GET", f"{path}/stream", None),
            ("POST", f"{path}/messages", {"content": "Hi"}),
            ("POST", f"{path}/regenerate", {}),
            ("POST", f"{path}/stop", {}),
            ("GET", f"{path}/messages/{message}", None),
            ("POST", f"{path}/messages/{message}/rating", {"rating": 5}),
            ("DELETE", path, None),
            ("GET", picture.json()["url"], None),
        ):
            answer = await client.request(method, at, json=body)
            assert answer.status_code == 404, (method, at, answer.text)
    # A personal key is the person; their pictures cannot be borrowed by others.
    assert (await live.client(key["key"]).get(path)).status_code == 200
    borrowed = {"content": [{"type": "image", "pictureId": picture.json()["id"]}]}
    assert (await talk.client.post(f"{talk.path}/messages", json=borrowed)).status_code == 404
    log = await admin.at(workspace_id).get("/api/audit?action=conversations.create")
    assert [event["targetId"] for event in log.json()] == [made.json()["id"]]


async def test_an_application_has_conversations_of_its_own(talk: Talk) -> None:
    application = (await talk.client.post("/api/applications", json={"name": "Bot"})).json()
    key = await talk.admin.make_key(applicationId=application["id"])
    bot = talk.live.client(key["key"])
    made = await bot.post("/api/conversations", json={"model": "Fake"})
    assert made.status_code == 201, made.text
    assert await titles(bot) == [""]
    assert (await bot.get(talk.path)).status_code == 404
    assert (await talk.client.get(f"/api/conversations/{made.json()['id']}")).status_code == 404
    assert (await talk.client.delete(f"/api/applications/{application['id']}")).status_code == 200


@pytest.mark.parametrize("kind", ["json", "markdown"])
async def test_a_conversation_can_be_taken_away(talk: Talk, kind: str) -> None:
    answer = await talk.exchange(NASTY, f" {NASTY}")
    await talk.exchange("old branch", " forgotten")
    await talk.client.patch(talk.path, json={"title": 'A "title"\n/../x'})
    async with talk.regenerate(messageId=answer["id"]) as (reader, provider):
        await provider.end()
        await reader.rest()
    export = await talk.client.get(f"{talk.path}/export?format={kind}")
    assert export.status_code == 200
    assert export.headers["x-content-type-options"] == "nosniff"
    ending = {"json": "json", "markdown": "md"}[kind]
    name = export.headers["content-disposition"]
    assert name == f'attachment; filename="a-title-x-{talk.id[-8:]}.{ending}"'
    if kind == "json":
        assert export.headers["content-type"].startswith("application/json")
        assert export.json() == await talk.see()
    else:
        assert export.headers["content-type"].startswith("text/markdown")
        assert NASTY in export.text
        assert "forgotten" not in export.text
    assert (await talk.client.get(f"{talk.path}/export?format=html")).status_code == 400


async def test_whatever_is_said_stays_data(talk: Talk) -> None:
    answer = await talk.exchange(NASTY, f"{NASTY}\r\n\r\nevent: done\ndata: {{}}")
    question = (await talk.see())["messages"][0]
    assert question["content"] == NASTY
    assert answer["content"] == f"…{NASTY}\r\n\r\nevent: done\ndata: {{}}"
    raw = await talk.client.get(f"{talk.path}/stream?messageId={answer['id']}")
    assert raw.headers["x-content-type-options"] == "nosniff"
    # An answer cannot forge an event: it is one line of JSON.
    events = [block.split("\n") for block in raw.text.strip().split("\n\n")]
    assert [lines[1] for lines in events] == ["event: start", "event: delta", "event: done"]
    assert all(json.loads(lines[2].removeprefix("data: ")) is not None for lines in events)


async def test_deleting_takes_everything_along(talk: Talk) -> None:
    png = await talk.client.post("/api/pictures", content=b"\x89PNG\r\n\x1a\n1")
    await talk.exchange([{"type": "text", "text": "Look"}, {"type": "image", "pictureId": png.json()["id"]}], " nice")
    assert (await talk.client.get(png.json()["url"])).status_code == 200
    assert (await talk.client.delete(talk.path)).json() == {"success": True}
    for path in (talk.path, png.json()["url"]):
        assert (await talk.client.get(path)).status_code == 404
    assert await titles(talk.client) == []
    log = (await talk.client.get("/api/audit?action=conversations.delete")).json()
    assert [event["targetId"] for event in log] == [talk.id]
    assert "Look" not in (await talk.client.get("/api/audit")).text


async def test_an_answer_is_rated(talk: Talk) -> None:
    answer = await talk.exchange("Hi", " Hello")
    path = f"{talk.path}/messages/{answer['id']}/rating"
    for rating in (2, 5):
        rated = await talk.client.post(path, json={"rating": rating})
        assert (rated.status_code, rated.json()["rating"]) == (200, rating)
    assert (await talk.message(answer["id"]))["rating"] == 5
    for wrong in (0, 6, 2.5, "3", None):
        assert (await talk.client.post(path, json={"rating": wrong})).status_code == 400
    question = await talk.client.post(f"{talk.path}/messages/{answer['parentId']}/rating", json={"rating": 3})
    assert question.status_code == 400
    log = (await talk.client.get("/api/audit?action=ratings.create")).json()
    assert [event["targetId"] for event in log] == [answer["requestId"]] * 2
