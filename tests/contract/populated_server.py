"""An installation with one of everything in it, and everybody who might want it."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import update

from tests.contract.live_server import LiveServer, open_live_server
from tests.contract.local_installation import PASSWORD, Person
from trunkline.core.ids import is_id, new_id
from trunkline.storage import alerts, identity_providers, jobs
from trunkline.storage.database import Database
from trunkline.storage.tables import AlertRow, ApiKey, IdentityProvider, Job, now

CANARY = "Canary-7c0e"
"""Stands in the name of each record."""

PIXEL = b"\x89PNG\r\n\x1a\n" + CANARY.encode()


@dataclass
class PopulatedServer:
    """A workspace of ``owner``'s with a record for each parameter of a path: ``ids`` has them by the parameter's name.

    ``clients`` are by who sends: people in that workspace by their role, keys of the owner's by what they may, and
    others.
    """

    live: LiveServer
    owner: Person
    workspace_id: str
    ids: dict[str, str]
    clients: dict[str, httpx2.AsyncClient] = field(default_factory=dict[str, httpx2.AsyncClient])

    def write_path(self, template: str) -> str:
        """A path of the description with the ids of what is there."""
        for name, value in self.ids.items():
            template = template.replace(f"{{{name}}}", value).replace(f"{{{name}:path}}", value)
        assert "{" not in template, f"there is no record for {template}"
        # It would not end.
        return (
            f"{template}?seconds=0"
            if template in {"/api/alerts/stream", "/api/requests/stream", "/api/status/stream"}
            else template
        )

    def put_ids(self, body: Any) -> Any:
        """An example of the description with the ids of what is there, by the names of its fields."""
        if isinstance(body, list):
            return [self.put_ids(item) for item in body]
        if not isinstance(body, dict):
            return body
        return {
            name: self.ids[IDS_IN_BODIES[name]] if isinstance(value, str) and is_id(value) else self.put_ids(value)
            for name, value in body.items()
        }

    async def make(self, what: str, client: httpx2.AsyncClient | None = None) -> str:
        """Another record for the parameter ``what``, made by ``client`` (the owner). Gives its id."""
        return await MAKERS[what](self, client or self.clients["owner"])


IDS_IN_BODIES = {
    "_id": "version_id",
    "applicationId": "application_id",
    "configurationId": "configuration_id",
    "defaultConfigurationId": "configuration_id",
    "messageId": "message_id",
    "requestId": "request_id",
    "versionId": "version_id",
    "workspaceId": "workspace_id",
}
"""Which record a field of a body names."""


async def _send(client: httpx2.AsyncClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await client.post(path, json=body)
    assert answer.status_code in {200, 201}, (path, answer.text)
    return answer.json()


def _maker(
    path: str, id_field: str = "id", **body: Any
) -> Callable[[PopulatedServer, httpx2.AsyncClient], Awaitable[str]]:
    """One that posts ``body`` with a name that nobody has."""

    async def make(populated: PopulatedServer, client: httpx2.AsyncClient) -> str:
        name = body.get("name", "{}").format(f"{CANARY} {new_id()}" if "name" in populated.ids else CANARY)
        asked = {"name": name, **{key: populated.put_ids(value) for key, value in body.items() if key != "name"}}
        found: Any = await _send(client, populated.write_path(path), populated.put_ids({"_": asked})["_"])
        for part in id_field.split("."):
            found = found[part]
        return found

    return make


async def _make_version(populated: PopulatedServer, client: httpx2.AsyncClient) -> str:
    body = {"version": new_id(), "label": CANARY}
    return (await _send(client, f"/model-configs/{populated.ids['config_id']}/versions", body))["_id"]


async def _make_user(populated: PopulatedServer, client: httpx2.AsyncClient) -> str:
    """A member of the workspace."""
    person = await populated.live.add_user(await populated.live.admin(), f"{new_id()}@example.com")
    await populated.live.join(populated.owner, populated.workspace_id, person, "viewer")
    return person.id


async def _make_session(populated: PopulatedServer, client: httpx2.AsyncClient) -> str:
    """Another one of the owner's."""
    await _send(client, "/api/auth/login", {"email": "the-owner@example.com", "password": PASSWORD})
    return (await client.get("/api/auth/sessions")).json()[0]["id"]


async def _make_workspace(populated: PopulatedServer, client: httpx2.AsyncClient) -> str:
    return await populated.owner.make_workspace(CANARY)


async def _make_invitation(populated: PopulatedServer, client: httpx2.AsyncClient) -> str:
    path = f"/api/workspaces/{populated.workspace_id}/invitations"
    return (await _send(client, path, {"email": f"{new_id()}@example.com"}))["id"]


async def _make_conversation(populated: PopulatedServer, client: httpx2.AsyncClient) -> str:
    return (await _send(client, "/api/conversations", {"model": populated.ids["configuration_id"]}))["id"]


async def _make_feature(populated: PopulatedServer, client: httpx2.AsyncClient) -> str:
    body = {"slug": f"canary-{new_id()}", "name": CANARY, "target": CANARY}
    return (await _send(client, "/api/features", body))["slug"]


async def _make_picture(populated: PopulatedServer, client: httpx2.AsyncClient) -> str:
    answer = await client.post("/api/pictures", content=PIXEL, headers={"content-type": "image/png"})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def _make_limit(populated: PopulatedServer, client: httpx2.AsyncClient) -> str:
    body = {"subject": "key", "subjectId": await populated.make("key_id"), "measure": "requests", "amount": 10**9}
    return (await _send(client, "/api/limits", body))["id"]


async def _make_alert(populated: PopulatedServer, client: httpx2.AsyncClient) -> str:
    """One that is over: what rules do not find would be over at the next look."""
    alert = AlertRow(
        workspace_id=populated.workspace_id,
        rule_id=new_id(),
        rule_name=CANARY,
        kind="down",
        severity="critical",
        subject="configuration",
        subject_id=new_id(),
        subject_name=CANARY,
        is_for_admins=False,
        state="resolved",
        summary=CANARY,
        started_at=now(),
        fired_at=now(),
        resolved_at=now(),
        changed_at=0,
    )
    database = Database(populated.live.settings.effective_database_url)
    async with database.write() as tx:
        await alerts.insert(tx, alert)
    await database.close()
    return alert.id


async def _make_mcp_server(populated: PopulatedServer, client: httpx2.AsyncClient) -> str:
    body = {"name": f"canary-{new_id()}", "url": f"https://mcp.example.com/{CANARY}"}
    return (await _send(client, "/api/mcp-servers", body))["id"]


async def _make_price(populated: PopulatedServer, client: httpx2.AsyncClient) -> str:
    body = {"provider": "openai", "model": "gpt-4o-mini", "prices": {"input": 0.1}, "note": CANARY}
    return (await _send(client, "/api/prices", body))["id"]


async def _make_identity_provider(populated: PopulatedServer, client: httpx2.AsyncClient) -> str:
    """One of the administrator's. It is in no use: nothing listens at its issuer, which would be asked first."""
    root = await populated.live.admin()
    provider = IdentityProvider(
        workspace_id=await root.personal(),
        slug=new_id(),
        name="Corp",
        issuer="https://login.example.com",
        client_id="x",
        scopes=["openid"],
        groups_claim="groups",
        group_roles=[],
        links_by_email=False,
        is_enabled=False,
        scim_digest=new_id(),
        scim_mask="tls-…mask",
        created_by=root.id,
    )
    database = Database(populated.live.settings.effective_database_url)
    async with database.write() as tx:
        await identity_providers.insert(tx, provider)
    await database.close()
    return provider.id


async def _make_file(populated: PopulatedServer, client: httpx2.AsyncClient) -> str:
    body = {"model": populated.ids["configuration_id"], "messages": [{"role": "user", "content": CANARY}]}
    line = {"custom_id": CANARY, "method": "POST", "url": "/v1/chat/completions", "body": body}
    answer = await client.post(
        "/v1/files", data={"purpose": "batch"}, files={"file": (f"{CANARY}.jsonl", json.dumps(line).encode())}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["id"]


async def _make_batch(populated: PopulatedServer, client: httpx2.AsyncClient) -> str:
    file_id = await populated.make("file_id", client)
    order = {"input_file_id": file_id, "endpoint": "/v1/chat/completions", "completion_window": "24h"}
    answer = await client.post("/v1/batches", json=order)
    assert answer.status_code == 200, answer.text
    return answer.json()["id"]


async def _make_message_batch(populated: PopulatedServer, client: httpx2.AsyncClient) -> str:
    body = {"model": populated.ids["configuration_id"], "max_tokens": 9}
    params = {**body, "messages": [{"role": "user", "content": CANARY}]}
    answer = await client.post("/v1/messages/batches", json={"requests": [{"custom_id": CANARY, "params": params}]})
    assert answer.status_code == 200, answer.text
    return answer.json()["id"]


async def _make_gemini_batch(populated: PopulatedServer, client: httpx2.AsyncClient) -> str:
    contents = [{"role": "user", "parts": [{"text": CANARY}]}]
    requests = {"requests": [{"request": {"contents": contents}}]}
    answer = await client.post(
        f"/v1beta/models/{populated.ids['configuration_id']}:batchGenerateContent",
        json={"batch": {"displayName": CANARY, "inputConfig": {"requests": requests}}},
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["name"].removeprefix("batches/")


async def _make_gemini_file(populated: PopulatedServer, client: httpx2.AsyncClient) -> str:
    return (await _make_file(populated, client)).removeprefix("file-")


_DEMO = {"provider": "demo", "model": "demo-chat", "shared": True}

MAKERS: dict[str, Callable[[PopulatedServer, httpx2.AsyncClient], Awaitable[str]]] = {
    "application_id": _maker("/api/applications"),
    "configuration_id": _maker("/api/configurations", **_DEMO),
    "config_id": _maker("/api/configurations", **_DEMO),
    "ai_llm_id": _maker("/api/configurations", **_DEMO),
    "keyed": _maker("/api/configurations", provider="openai", model="gpt-4o", apiKey="sk-x", shared=True),
    "version_id": _make_version,
    "budget_id": _maker("/api/budgets", name="budget {}", amount="1000000", period="month"),
    "alert_id": _make_alert,
    "rule_id": _maker("/api/alerts/rules", kind="down"),
    "channel_id": _maker("/api/alerts/channels", kind="webhook", url="https://hooks.example.com/trunkline"),
    "mcp_server_id": _make_mcp_server,
    "route_id": _maker("/api/routes", name="route {}", targets=[{"configurationId": new_id()}]),
    "key_id": _maker("/api/keys"),
    "limit_id": _make_limit,
    "invitation_id": _make_invitation,
    "template_id": _maker("/api/providers/openai/templates", configuration={"temperature": 0.5}),
    "price_id": _make_price,
    "identity_provider_id": _make_identity_provider,
    "policy_id": _maker("/policy", "policy.id", content="x", riskType="LOW", actionType=0, workspaceId=new_id()),
    "conversation_id": _make_conversation,
    "slug": _make_feature,
    "picture_id": _make_picture,
    "file_id": _make_file,
    "batch_id": _make_batch,
    "message_batch_id": _make_message_batch,
    "gemini_batch_id": _make_gemini_batch,
    "gemini_file_id": _make_gemini_file,
    "user_id": _make_user,
    "workspace_id": _make_workspace,
    "session_id": _make_session,
}


def replace_names(value: Any, ids: Mapping[str, str]) -> Any:
    """``value`` with the ids in the places of their names: ``{workspace_id}``."""
    if isinstance(value, str):
        return re.sub(r"\{(\w+)\}", lambda found: ids[found[1]], value)
    if isinstance(value, list):
        return [replace_names(item, ids) for item in value]
    return {name: replace_names(item, ids) for name, item in value.items()} if isinstance(value, dict) else value


@asynccontextmanager
async def open_populated_server(directory: Path, url: str | None = None) -> AsyncIterator[PopulatedServer]:
    """One on the database at ``url`` (default: SQLite in ``directory``), which counts nobody's requests."""
    limits: dict[str, Any] = {"writes_per_minute": 1_000_000, "tests_per_minute": 1_000_000}
    limits["login_attempts_per_minute"] = 1_000_000
    async with open_live_server(directory, url, local_upstreams="none", **limits) as live:
        root = await live.admin()
        roles = ("owner", "admin", "member", "viewer")
        people = {name: await live.add_user(root, f"the-{name}@example.com") for name in (*roles, "stranger")}
        owner = people["owner"]
        workspace_id = await owner.make_workspace(CANARY)
        for role in roles[1:]:
            await live.join(owner, workspace_id, people[role], role)
        clients = {role: people[role].at(workspace_id) for role in roles}
        populated = PopulatedServer(live, owner, workspace_id, {"user_id": owner.id}, clients)
        await fill(populated)
        clients["administrator"] = root.client
        clients["viewer at home"] = people["viewer"].client
        clients["stranger"] = people["stranger"].client
        clients["stranger there"] = people["stranger"].at(workspace_id)
        await _add_keys(populated)
        yield populated


async def fill(populated: PopulatedServer) -> None:
    there = populated.clients["owner"]
    ids = populated.ids
    ids["configuration_id"] = await populated.make("configuration_id")
    ids.update(workspace_id=populated.workspace_id, name="openai", number="1", model_id="openai/gpt-4o-mini")
    ids["local_model"] = "demo-chat"
    ids.update(config_id=ids["configuration_id"], ai_llm_id=ids["configuration_id"])
    for what in MAKERS:
        if what not in ids:
            ids[what] = await populated.make(what)
    said = {"content": "Hello", "stream": False}
    answer = await there.post(f"/api/conversations/{ids['conversation_id']}/messages", json=said)
    assert answer.status_code == 200, answer.text
    ids["message_id"], ids["request_id"] = answer.json()["id"], answer.json()["requestId"]
    document = {"models": [{"provider": "openai", "type": "chat", "model": CANARY, "isPaid": True}]}
    await _send(there, "/api/v1/create/ai-model-config", document)
    job = Job(
        workspace_id=populated.workspace_id, created_by=populated.owner.id, kind="pull", subject={"model": CANARY}
    )
    job.state, job.finished_at = "succeeded", now()
    database = Database(populated.live.settings.effective_database_url)
    async with database.write() as tx:
        await jobs.insert(tx, job)
    await database.close()
    ids["job_id"] = job.id
    # Nobody has it: what is there depends on a call that was kept.
    ids["id"] = "resp_tl_none"


async def _add_keys(populated: PopulatedServer) -> None:
    """Keys of the owner's, and credentials that are no good."""
    live, owner, workspace_id = populated.live, populated.owner, populated.workspace_id
    populated.clients["anonymous"] = live.client()
    for name, fields in KEYS.items():
        key = await owner.make_key(workspace_id, **replace_names(fields, populated.ids))
        populated.clients[name] = live.client(key["key"])
        populated.ids[name] = key["key"]
        if name == "revoked key":
            assert (await populated.clients["owner"].delete(f"/api/keys/{key['id']}")).status_code == 200
        if name == "expired key":
            await _expire(populated, key["id"])


KEYS: dict[str, dict[str, Any]] = {
    "call key": {"scope": "call"},
    "manage key": {"scope": "manage"},
    "application's key": {"scope": "manage", "applicationId": "{application_id}"},
    "revoked key": {"scope": "manage"},
    "expired key": {"scope": "manage"},
}
"""By name, what each is made with."""


async def _expire(populated: PopulatedServer, key_id: str) -> None:
    database = Database(populated.live.settings.effective_database_url)
    async with database.write() as tx:
        await tx.execute(update(ApiKey).where(ApiKey.id == key_id).values(expires_at=now() - timedelta(seconds=1)))
    await database.close()
    # A change in the workspace has what calls know of it compiled anew.
    renamed = await populated.clients["owner"].patch(
        f"/api/workspaces/{populated.workspace_id}", json={"name": f"{CANARY} team"}
    )
    assert renamed.status_code == 200
