"""``/api/ratings``: what people thought of answers, each of their own workspace's."""

from __future__ import annotations

from typing import Any

import httpx2

from tests.contract.live_server import LiveServer
from tests.contract.local_installation import Person


async def ask(live: LiveServer, person: Person, **key: Any) -> str:
    """The id of a request that was answered."""
    made = await person.make_key(**key)
    call = {"model": "Try", "messages": [{"role": "user", "content": "Hello"}]}
    answer = await live.client(made["key"]).post("/v1/chat/completions", json=call)
    assert answer.status_code == 200, answer.text
    return answer.headers["x-request-id"]


async def set_up(live: LiveServer) -> Person:
    admin = await live.admin()
    body = {"name": "Try", "provider": "demo", "model": "demo-chat", "shared": True}
    assert (await admin.client.post("/api/configurations", json=body)).status_code == 201
    return admin


async def rate(client: httpx2.AsyncClient, request_id: str, rating: Any) -> httpx2.Response:
    return await client.post("/api/ratings", json={"requestId": request_id, "rating": rating})


async def test_a_rating_right_after_the_answer_is_kept_and_a_second_one_replaces_it(live_on_each: LiveServer) -> None:
    admin = await set_up(live_on_each)
    request_id = await ask(live_on_each, admin)
    first = await rate(admin.client, request_id, 4)
    assert (first.status_code, first.json()) == (201, {"requestId": request_id, "rating": 4})
    second = await rate(admin.client, request_id, 2)
    assert (second.status_code, second.json()["rating"]) == (200, 2)
    log = (await admin.client.get("/api/audit", params={"action": "ratings.create"})).json()
    assert [(event["before"], event["after"]) for event in log] == [
        ({"rating": 4}, {"rating": 2}),
        (None, {"rating": 4}),
    ]


async def test_a_key_that_may_only_call_rates_too(live: LiveServer) -> None:
    admin = await set_up(live)
    request_id = await ask(live, admin)
    key = await admin.make_key(scope="call")
    assert (await rate(live.client(key["key"]), request_id, 5)).status_code == 201


async def test_another_workspaces_request_is_like_none(live_on_each: LiveServer) -> None:
    admin = await set_up(live_on_each)
    request_id = await ask(live_on_each, admin)
    stranger = await live_on_each.add_user(admin, "stranger@example.com")
    theirs = await rate(stranger.client, request_id, 1)
    nobodys = await rate(stranger.client, "no-such-request", 1)
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.json()["message"] == nobodys.json()["message"]
    assert "x-request-id" in theirs.json()["message"]
    log = (await stranger.client.get("/api/audit", params={"action": "ratings.create"})).json()
    assert [event["outcome"] for event in log] == ["refused"], "what was hidden is noted, a slip of the pen is not"


async def test_the_key_of_an_application_rates_that_applications_answers(live: LiveServer) -> None:
    admin = await set_up(live)
    made = [await admin.client.post("/api/applications", json={"name": name}) for name in ("a", "b")]
    one, other = (answer.json()["id"] for answer in made)
    request_id = await ask(live, admin, applicationId=one)
    own, others = [await admin.make_key(applicationId=application) for application in (one, other)]
    assert (await rate(live.client(others["key"]), request_id, 3)).status_code == 404
    assert (await rate(live.client(own["key"]), request_id, 3)).status_code == 201


async def test_a_rating_is_from_one_to_five(live: LiveServer) -> None:
    admin = await set_up(live)
    for rating in (0, 6, 4.5, "5", None, True):
        answer = await rate(admin.client, "any", rating)
        assert answer.status_code == 400
        assert [error["field"] for error in answer.json()["errors"]] == ["rating"]


async def test_a_viewer_does_not_rate(live: LiveServer) -> None:
    admin = await set_up(live)
    team = await admin.make_workspace()
    viewer = await live.add_user(admin, "viewer@example.com")
    await live.join(admin, team, viewer, "viewer")
    assert (await rate(viewer.at(team), "any", 3)).status_code == 403


async def test_one_rates_ones_own_requests_and_an_admin_any_of_the_workspace(live: LiveServer) -> None:
    """What ships is decided by ratings too, so nobody rates in another's name."""
    admin = await live.admin()
    workspace_id = await admin.make_workspace()
    body = {"name": "Try", "provider": "demo", "model": "demo-chat", "shared": True}
    assert (await admin.at(workspace_id).post("/api/configurations", json=body)).status_code == 201
    people = [await live.add_user(admin, f"{name}@example.com") for name in ("one", "two", "chief")]
    for person, role in zip(people, ("member", "member", "admin"), strict=True):
        await live.join(admin, workspace_id, person, role)
    one, two, chief = people
    key = await one.make_key(workspace_id)
    call = {"model": "Try", "messages": [{"role": "user", "content": "Hello"}]}
    answer = await live.client(key["key"]).post("/v1/chat/completions", json=call)
    request_id = answer.headers["x-request-id"]
    assert (await rate(two.at(workspace_id), request_id, 1)).status_code == 404
    assert (await rate(one.at(workspace_id), request_id, 4)).status_code == 201
    assert (await rate(chief.at(workspace_id), request_id, 3)).status_code == 201
