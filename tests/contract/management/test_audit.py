"""``/api/audit``, and that no secret is anywhere it should not be."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from tests.contract.local_installation import PASSWORD, LocalInstallation, Person
from trunkline.storage.tables import Base


async def test_changes_are_listed_newest_first_with_who_and_what(installed: LocalInstallation, admin: Person) -> None:
    made = await admin.client.post("/api/applications", json={"name": "Shop"}, headers={"x-request-id": "req-1"})
    path = f"/api/applications/{made.json()['id']}"
    await admin.client.put(path, json={"name": "Store"})
    await admin.client.put(path, json={"name": "Store"})
    events = (await admin.client.get(f"/api/audit?targetId={made.json()['id']}")).json()
    assert [event["action"] for event in events] == ["applications.change", "applications.create"]
    assert events[0]["before"] == {"name": "Shop"}
    assert events[0]["after"] == {"name": "Store"}
    assert events[1]["requestId"] == "req-1"
    assert (events[1]["actorKind"], events[1]["actorId"], events[1]["outcome"]) == ("user", admin.id, "ok")
    assert events[1]["address"] == "127.0.0.1"
    assert [(event["actorName"], event["targetName"], event["keyName"]) for event in events] == [
        (admin.email, "Store", None)
    ] * 2


async def test_names_stand_beside_ids(installed: LocalInstallation, admin: Person) -> None:
    made = (await admin.client.post("/api/applications", json={"name": "Shop"})).json()
    await admin.client.delete(f"/api/applications/{made['id']}")
    events = (await admin.client.get(f"/api/audit?targetId={made['id']}")).json()
    assert {event["targetName"] for event in events} == {"Shop"}, "what is deleted keeps the name of its event"
    key = await admin.make_key(name="ci", scope="manage")
    await installed.client(key["key"]).post("/api/applications", json={"name": "By key"})
    (event,) = (await admin.client.get("/api/audit?action=applications.create&limit=1")).json()
    assert (event["actorName"], event["keyName"], event["targetName"]) == (admin.email, "ci", "By key")


async def test_a_misspelt_filter_is_refused_by_name(admin: Person) -> None:
    answer = await admin.client.get("/api/audit?targetid=x&foo=1")
    assert answer.status_code == 400
    assert "targetid: is no query parameter of this request. Did you mean targetId?" in answer.json()["message"]
    assert "foo: is no query parameter of this request. It takes action, actorId," in answer.json()["message"]
    answer = await admin.client.get(f"/api/workspaces/{await admin.personal()}?verbose=1")
    assert answer.json()["message"].endswith("verbose: is no query parameter of this request. It takes none.")


async def test_the_log_is_filtered_and_paged(installed: LocalInstallation, admin: Person) -> None:
    for number in range(3):
        await admin.make_key(name=f"Key {number}")
    start = datetime(2999, 1, 1, tzinfo=UTC).isoformat().replace("+00:00", "Z")
    assert len((await admin.client.get("/api/audit?action=keys.create")).json()) == 4  # one of the first start
    assert (await admin.client.get(f"/api/audit?from={start}")).json() == []
    assert len((await admin.client.get(f"/api/audit?to={start}&action=keys.create")).json()) == 4
    assert (await admin.client.get("/api/audit?outcome=failed")).json() == []
    page = await admin.client.get(f"/api/audit?action=keys.create&actorId={admin.id}&targetType=key&limit=2")
    assert len(page.json()) == 2
    assert "action=keys.create" in page.headers["link"]
    for query in ("outcome=bad", "from=yesterday", "actorId=me"):
        assert (await admin.client.get(f"/api/audit?{query}")).status_code == 400


async def test_an_export_has_all_events_and_is_one_itself(installed: LocalInstallation, admin: Person) -> None:
    for number in range(60):
        await admin.client.post("/api/applications", json={"name": f"={number}"})
    table = await admin.client.get("/api/audit/export?action=applications.create")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert table.headers["content-disposition"] == 'attachment; filename="audit.csv"'
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert [row["targetName"] for row in rows] == [f"'={number}" for number in reversed(range(60))], "no formulas"
    assert json.loads(rows[0]["after"])["name"] == "=59"
    lines = await admin.client.get("/api/audit/export?action=applications.create&format=json")
    listed = (await admin.client.get("/api/audit?action=applications.create&limit=100")).json()
    assert lines.json() == listed
    events = (await admin.client.get("/api/audit?action=audit.export")).json()
    assert [event["after"] for event in events] == [{"action": "applications.create"}] * 2
    assert (await admin.client.get("/api/audit/export?format=xml")).status_code == 400


async def test_the_log_is_verified(installed: LocalInstallation, admin: Person) -> None:
    await admin.make_key()
    await installed.services.audit_linking.link()
    found = (await admin.client.get("/api/audit/verify")).json()
    assert (found["workspaceId"], found["valid"], found["faults"]) == (await admin.personal(), True, [])
    assert found["events"] == found["lastSequence"] > 0
    async with installed.database.write() as tx:
        await tx.execute(text("UPDATE audit_events SET outcome = 'failed' WHERE action = 'keys.create'"))
    found = (await admin.client.get("/api/audit/verify")).json()
    assert not found["valid"]
    assert {fault["kind"] for fault in found["faults"]} == {"changed"}
    chains = (await admin.client.get("/api/audit/verify/installation")).json()
    assert [chain["valid"] for chain in chains if chain["workspaceId"] == found["workspaceId"]] == [False]


async def test_a_break_is_acknowledged_and_told_ever_after(installed: LocalInstallation, admin: Person) -> None:
    await admin.make_key()
    await installed.services.audit_linking.link()
    refused = await admin.client.post("/api/audit/acknowledge", json={})
    assert (refused.status_code, refused.json()["error"]) == (409, "Conflict")
    async with installed.database.write() as tx:
        await tx.execute(text("UPDATE audit_events SET outcome = 'failed' WHERE action = 'keys.create'"))
    broken = (await admin.client.get("/api/audit/verify")).json()
    found = (await admin.client.post("/api/audit/acknowledge", json={"comment": " Known. "})).json()
    assert (broken["valid"], broken["renewals"], found["valid"], found["faults"]) == (False, [], True, [])
    (renewal,) = found["renewals"]
    assert (renewal["comment"], renewal["actorId"], renewal["faults"]) == ("Known.", admin.id, broken["faults"])
    assert (await admin.client.get("/api/audit/verify")).json()["renewals"] == [renewal]
    (event,) = (await admin.client.get("/api/audit?action=audit.acknowledge")).json()
    assert (event["id"], event["after"]["comment"]) == (renewal["eventId"], "Known.")
    nothing = await admin.client.post("/api/audit/acknowledge/installation", json={})
    assert nothing.status_code == 409, "the logs of workspaces are their owners'"


async def test_a_failed_sign_in_is_noted_for_its_account(installed: LocalInstallation, admin: Person) -> None:
    await installed.client().post("/api/auth/login", json={"email": admin.email, "password": "canary-password"})
    events = (await admin.client.get("/api/audit?action=auth.login&outcome=refused")).json()
    assert [(event["actorKind"], event["targetId"]) for event in events] == [("anonymous", admin.id)]


async def test_a_sign_in_is_its_persons_own_event(installed: LocalInstallation, admin: Person) -> None:
    (event,) = (await admin.client.get("/api/audit?action=auth.login")).json()
    assert (event["actorKind"], event["actorId"], event["targetId"]) == ("user", admin.id, admin.id)


async def test_no_secret_is_in_a_table_a_log_or_an_error(
    installed: LocalInstallation, admin: Person, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Everything that is secret is used, well and badly, and then looked for."""
    assert installed.first.setup_token is not None
    assert installed.first.api_key is not None
    key = await admin.make_key(scope="manage")
    workspace_id = await admin.make_workspace()
    invitation = await admin.client.post(
        f"/api/workspaces/{workspace_id}/invitations", json={"email": "new@example.com"}
    )
    refreshed = await installed.client().post("/api/auth/refresh", json={"refreshToken": admin.refresh_token})
    secrets = {
        "password": PASSWORD,
        "api key": key["key"],
        "first key": installed.first.api_key.reveal(),
        "setup token": installed.first.setup_token.reveal(),
        "invitation": invitation.json()["token"],
        "refresh token": admin.refresh_token,
        "next refresh token": refreshed.json()["refreshToken"],
        "access token": admin.access_token,
    }
    answers: list[str] = []

    async def ask(method: str, path: str, client: httpx2.AsyncClient | None = None, **kinds: Any) -> None:
        answers.append((await (client or installed.client()).request(method, path, **kinds)).text)

    for value in secrets.values():
        await ask("GET", "/api/keys", headers={"Authorization": f"Bearer {value}x"})
        await ask("GET", "/api/keys", headers={"x-api-key": f"{value}'; DROP TABLE users; --"})
        await ask("GET", f"/api/keys/{value}")
        for path in ("login", "refresh", "setup", "signup", "invitations/accept"):
            for body in ({"password": value, "email": value}, {"token": value}, {"refreshToken": value + "x"}):
                await ask("POST", f"/api/auth/{path}", json=body)
    await ask("GET", "/api/audit?limit=100", admin.client)
    await ask("GET", "/api/keys", admin.client)
    rows: list[str] = []
    async with installed.database.read() as tx:
        for table in Base.metadata.tables:
            rows += [str(tuple(row)) for row in await tx.execute(text(f"SELECT * FROM {table}"))]
    logged = "".join(capfd.readouterr()) + caplog.text
    assert len(rows) > 10
    for name, value in secrets.items():
        for place, content in (("a table", "\n".join(rows)), ("an answer", "\n".join(answers)), ("a log", logged)):
            assert value not in content.replace(f"There is nothing at /api/keys/{value}", ""), f"{name} is in {place}"
