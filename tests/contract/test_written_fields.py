"""Who may write which field: each body of the description, with fields that nobody may set, and with others' ids."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from sqlalchemy.engine import make_url

from tests.contract.populated_server import PopulatedServer, fill, open_populated_server, replace_names
from trunkline.app.pages import describe_api
from trunkline.core.ids import new_id

pytestmark = pytest.mark.asyncio(loop_scope="module")

MARK = new_id()
"""An id that nothing has: it is found nowhere afterwards."""

LONG_AGO = "2001-02-03T04:05:06Z"

SET_BY_THE_SERVER: dict[str, Any] = {
    "id": MARK,
    "_id": MARK,
    "workspaceId": MARK,
    "workspace_id": MARK,
    "userId": MARK,
    "user_id": MARK,
    "ownerId": MARK,
    "owner_id": MARK,
    "createdBy": MARK,
    "created_by": MARK,
    "createdAt": LONG_AGO,
    "created_at": LONG_AGO,
    "updatedAt": LONG_AGO,
    "lastUsedAt": LONG_AGO,
    "role": "owner",
    "isAdmin": True,
    "is_admin": True,
    "admin": True,
    "scopes": ["manage"],
    "dataKeyId": MARK,
    "secretMask": MARK,
    "keyMask": MARK,
    "digest": MARK,
    "passwordHash": MARK,
    "revision": 999999999,
    "spent": "-1000000",
    "costNanos": 0,
    "__class__": MARK,
    "__proto__": {"isAdmin": True},
}
"""What a mass assignment would set. Where the description has a field of that name, it is none of these."""


@dataclass(frozen=True)
class Written:
    """An operation with a body: a body that works, and the names of its fields, those inside as ``targets.[].id``."""

    method: str
    path: str
    example: Any
    fields: frozenset[str]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def find_written() -> Iterator[Written]:
    document = describe_api()
    schemas = document["components"]["schemas"]

    def walk(schema: Any, seen: frozenset[str], before: str) -> Iterator[str]:
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            if name not in seen:
                yield from walk(schemas[name], seen | {name}, before)
            return
        for kind in ("anyOf", "oneOf", "allOf"):
            for option in schema.get(kind, ()):
                yield from walk(option, seen, before)
        for name, field in schema.get("properties", {}).items():
            yield before + name
            yield from walk(field, seen, f"{before}{name}.")
        if "items" in schema:
            yield from walk(schema["items"], seen, f"{before}[].")

    for path, operations in document["paths"].items():
        for method in operations.keys() & {"post", "put", "patch"}:
            content = operations[method].get("requestBody", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema", {})
            if not schema or path.startswith(("/v1", "/scim", "/ollama", "/mcp")):
                continue  # bodies of other vendors' formats, which reach no record
            example = None
            for option in (schema, *schema.get("anyOf", ())):
                named = schemas.get(option.get("$ref", "").rpartition("/")[2], option)
                example = named.get("examples", [example])[0] if example is None else example
            yield Written(method.upper(), path, example, frozenset(walk(schema, frozenset(), "")))


WRITTEN = sorted(find_written(), key=str)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def populated(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PopulatedServer]:
    async with open_populated_server(tmp_path_factory.mktemp("filled")) as opened:
        yield opened


def read_database(populated: PopulatedServer) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every row, with the name of its table."""
    path = make_url(populated.live.settings.effective_database_url).database
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in connection.execute(f'SELECT * FROM "{table}"'):
                yield table, dict(row)


def read_rights(populated: PopulatedServer) -> set[tuple[Any, ...]]:
    """Who may do what: users, members, keys."""
    wanted = {
        "users": ("id", "role"),
        "memberships": ("workspace_id", "user_id", "role"),
        "api_keys": ("id", "workspace_id", "user_id", "scope"),
    }
    return {
        (table, *(row[name] for name in wanted[table])) for table, row in read_database(populated) if table in wanted
    }


def is_named(name: str, answer: httpx2.Response) -> bool:
    """Whether it was refused for that field."""
    told: Any = answer.json() if answer.status_code == 400 else {}
    return name in {error["field"] for error in told.get("errors", ())} or told.get("message", "").startswith(name)


def rename(body: Any) -> Any:
    """With a name that nothing has yet."""
    return {**body, **{name: f"n-{new_id()}" for name in ("name", "slug", "version") if name in body}}


@pytest.mark.parametrize("who", ["owner", "member", "manage key"])
@pytest.mark.parametrize("written", WRITTEN, ids=str)
async def test_what_the_server_sets_nobody_else_does(populated: PopulatedServer, written: Written, who: str) -> None:
    """Each field is refused by its name, or has no effect: clients may send a record back as it came."""
    if not isinstance(written.example, dict):
        pytest.skip("a list, whose items have no such fields")
    client, path = populated.clients[who], populated.write_path(written.path)
    before = read_rights(populated)
    body = populated.put_ids(written.example)
    if str(written) == "PUT /ai/llm/{ai_llm_id}":
        body = {"name": "L"}  # what is there takes no secret
    left = {name: value for name, value in SET_BY_THE_SERVER.items() if name not in written.fields}
    answer = await client.request(written.method, path, json={**rename(body), **left})
    if answer.status_code in {401, 403, 404}:
        return  # not theirs, or with a token of its own
    for name in [each for each in left if not is_named(each, answer)]:
        alone = await client.request(written.method, path, json={**rename(body), name: left[name]})
        assert alone.is_success or alone.status_code in UNRELATED or is_named(name, alone), (name, alone.text)
        assert not find_taken(alone.text), (name, alone.text)
    assert not before - read_rights(populated)
    assert not [(table, row) for table, row in read_database(populated) if find_taken(repr(row))]


UNRELATED = {403, 404, 409, 502}
"""Refused for another reason: the record is not theirs, there is one already, or nobody answers here."""


def find_taken(text: str) -> bool:
    """Whether one of the values stands in it."""
    return MARK in text or LONG_AGO[:10] in text or "999999999" in text or "-1000000" in text


OTHERS_IDS: dict[str, tuple[dict[str, Any], ...]] = {
    "applicationId": ({"applicationId": "{application_id}"},),
    "channelIds": ({"channelIds": ["{channel_id}"]},),
    "configurationId": ({"configurationId": "{configuration_id}"},),
    "configurationIds": ({"configurationIds": ["{configuration_id}"]},),
    "content.[].pictureId": ({"content": [{"type": "image", "pictureId": "{picture_id}"}]},),
    "controlVersionId": ({"controlVersionId": "{version_id}"},),
    "defaultConfigurationId": ({"defaultConfigurationId": "{configuration_id}"},),
    "defaultRole.workspaceId": ({"defaultRole": {"workspaceId": "{workspace_id}", "role": "viewer"}},),
    "groupRoles.[].workspaceId": ({"groupRoles": [{"group": "g", "workspaceId": "{workspace_id}", "role": "viewer"}]},),
    "keyId": ({"keyId": "{key_id}"},),
    "keys.[].keyId": ({"keys": [{"keyId": "{key_id}"}]},),
    "leafId": ({"leafId": "{message_id}"},),
    "messageId": ({"messageId": "{message_id}"},),
    "otherwiseId": ({"otherwiseId": "{configuration_id}"},),
    "parentId": ({"parentId": "{message_id}"},),
    "ramp.versionId": ({"ramp": {"versionId": "{version_id}", "steps": [{"percent": 50, "hours": 1}]}},),
    "repoId": ({"repoId": "{application_id}"},),
    "requestId": ({"requestId": "{request_id}"},),
    "subjectId": (
        {"subject": "key", "subjectId": "{key_id}"},
        {"subject": "application", "subjectId": "{application_id}"},
        {"subject": "configuration", "subjectId": "{configuration_id}"},
        {"subject": "user", "subjectId": "{user_id}"},
    ),
    "targets.[].configurationId": ({"targets": [{"configurationId": "{configuration_id}"}]},),
    "userId": ({"userId": "{user_id}"},),
    "versionId": ({"versionId": "{version_id}"},),
    "workspaceId": ({"workspaceId": "{workspace_id}"},),
}
"""What each field is set to that names a record: one of another tenant."""

NO_RECORDS = {"clientId", "content.[].fileId", "credentialId", "modelId", "orgId", "_id", "[]._id"}
"""Ids of other systems, and those that a record has itself: the test above writes these."""


def find_naming() -> Iterator[tuple[Written, dict[str, Any]]]:
    for written in WRITTEN:
        for field in sorted(written.fields):
            if re.search(r"Ids?$|_id$", field) and field not in NO_RECORDS:
                for change in OTHERS_IDS[field]:
                    yield written, change


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def own(populated: PopulatedServer) -> PopulatedServer:
    """What another tenant has, one of everything."""
    stranger = await populated.live.log_in("the-stranger@example.com")
    workspace_id = await stranger.make_workspace("Theirs")
    theirs = PopulatedServer(
        populated.live, stranger, workspace_id, {"user_id": stranger.id}, {"owner": stranger.at(workspace_id)}
    )
    await fill(theirs)
    return theirs


@pytest.mark.parametrize(("written", "change"), list(find_naming()), ids=str)
async def test_no_body_reaches_a_record_of_another_tenant(
    populated: PopulatedServer, own: PopulatedServer, written: Written, change: dict[str, Any]
) -> None:
    client, path = own.clients["owner"], own.write_path(written.path)
    body = {**rename(own.put_ids(written.example)), **replace_names(change, populated.ids)}
    answer = await client.request(written.method, path, json=body)
    if str(written) == "POST /policy/preview" and answer.is_success:
        assert answer.json()["calls"] == 0  # they are filters of one's own calls
    else:
        assert 400 <= answer.status_code < 500, answer.text
