"""MCP servers: the use cases of those who register them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Final

import msgspec
from msgspec import UNSET

from trunkline.control.audit import Audit, changes
from trunkline.control.callable_url import Judge, read_callable_url
from trunkline.control.configurations.credentials import HEADER_PREFIX, Credentials, name_owner
from trunkline.control.mcp_servers.probe import ProbeRecord, probe
from trunkline.control.mcp_servers.server import (
    MOST,
    SERVER,
    McpServerDraft,
    McpServerRecord,
    check_headers,
    read_grants,
    read_name,
    write_grants,
    write_state,
)
from trunkline.control.mcp_servers.upstream import CLIENT_SECRET, Upstreams
from trunkline.control.page import Page, PageRequest, encode_cursor
from trunkline.control.rate_limit import RateLimit
from trunkline.control.record import read_record
from trunkline.control.revision import require_revision
from trunkline.control.scope import require_whole_workspace
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.errors import Conflict, InvalidInput, NotFound
from trunkline.core.secret import Secret, is_mask
from trunkline.outbound import Url
from trunkline.outbound.origin import write_origin
from trunkline.storage import credentials, keys
from trunkline.storage import mcp_servers as rows
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import McpServerRow
from trunkline.vault.sealed_key import SealedKeys

_PROVIDER: Final = "MCP server"
"""What a credential calls whom it is for."""


class McpServers:
    """The servers of the actor's workspace. A secret goes in and never comes out again."""

    def __init__(
        self,
        database: Database,
        credentials: Credentials,
        audit: Audit,
        judge: Judge,
        upstreams: Upstreams,
        tests: RateLimit,
        sealed_keys: SealedKeys,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._credentials = credentials
        self._audit = audit
        self._judge = judge
        self._upstreams = upstreams
        self._tests = tests
        self._sealed_keys = sealed_keys
        self._now = now

    async def list(self, actor: Actor, page: PageRequest) -> Page[McpServerRecord]:
        """All of them, the newest first."""
        access.check(actor, "mcp_servers.read")
        async with self._database.read() as tx:
            found = await rows.find_page(tx, actor.workspace_id, limit=page.limit + 1, after=page.after)
            kept = found[: page.limit]
            records = await _show(tx, kept)
        return Page(records, encode_cursor(kept[-1].id) if len(found) > page.limit else None)

    async def get(self, actor: Actor, server_id: str) -> McpServerRecord:
        """One of them. Raises NotFound."""
        access.check(actor, "mcp_servers.read")
        async with self._database.read() as tx:
            (record,) = await _show(tx, [await _find(tx, actor, server_id)])
        return record

    async def create(self, actor: Actor, draft: McpServerDraft) -> McpServerRecord:
        """A new one. Raises InvalidInput, which names what is wrong, and Conflict for a name that is taken."""
        _require_admin(actor)
        row = McpServerRow(
            workspace_id=actor.workspace_id, auth="none", is_enabled=True, revision=1, created_by=actor.user_id
        )
        async with self._database.write() as tx:
            if await rows.count(tx, actor.workspace_id) >= MOST:
                raise Conflict(f"There are {MOST} MCP servers, which is the most. Delete one that is not needed.")
            await self._lay_over(tx, actor, row, draft)
            await _save(tx, row, new=True)
            await self._audit.record(tx, actor, "mcp_servers.create", target=(SERVER, row.id), after=write_state(row))
            (record,) = await _show(tx, [row])
        return record

    async def update(
        self, actor: Actor, server_id: str, draft: McpServerDraft, *, if_revision: int | None = None
    ) -> McpServerRecord:
        """Lay ``draft`` over it. Where it is to lead elsewhere, its secrets must be given again."""
        _require_admin(actor)
        async with self._database.write() as tx:
            row = await _find(tx, actor, server_id, lock=True, if_revision=if_revision)
            before = write_state(row)
            sealed = await self._lay_over(tx, actor, row, draft)
            was, became = changes(before, write_state(row) | ({"secret": "changed"} if sealed else {}))
            if was or became:
                row.revision += 1
                row.updated_at = self._now()
                await _save(tx, row, new=False)
                await self._audit.record(
                    tx, actor, "mcp_servers.update", target=(SERVER, row.id), before=was, after=became
                )
            (record,) = await _show(tx, [row])
        return record

    async def delete(self, actor: Actor, server_id: str, *, if_revision: int | None = None) -> None:
        """Delete it: nobody reaches it here any more."""
        _require_admin(actor)
        async with self._database.write() as tx:
            row = await _find(tx, actor, server_id, lock=True, if_revision=if_revision)
            before, credential_id = write_state(row), row.credential_id
            await rows.remove(tx, row)
            if credential_id is not None:
                await self._credentials.erase(tx, actor.workspace_id, credential_id)
            await self._audit.record(tx, actor, "mcp_servers.delete", target=(SERVER, server_id), before=before)

    async def test(self, actor: Actor, server_id: str) -> ProbeRecord:
        """Ask it for its tools, now. What goes wrong is in the record. Raises NotFound and TooMany."""
        _require_admin(actor)
        async with self._database.read() as tx:
            row = await _find(tx, actor, server_id)
        self._tests.take(actor.user_id)
        record = await probe(self._upstreams, row)
        async with self._database.write() as tx:
            outcome = "ok" if record.ok else "failed"
            await self._audit.record(tx, actor, "mcp_servers.test", target=(SERVER, row.id), outcome=outcome)
        return record

    async def _lay_over(self, tx: Transaction, actor: Actor, row: McpServerRow, draft: McpServerDraft) -> bool:
        """Whether secrets were sealed."""
        _require(row.name, draft.name, "name")
        _require(row.url, draft.url, "url")
        # Looked up before anything is changed, because a look-up stores what was changed before it.
        if draft.name is not UNSET and draft.name != row.name:
            await _refuse_taken(tx, actor, read_name(draft.name))
        for number, grant in enumerate(draft.keys or ()):
            if await keys.find(tx, actor.workspace_id, grant.key_id) is None:
                raise InvalidInput.of(f"keys[{number}].keyId", "is no API key of this workspace.")
        stored = await _find_stored(tx, row)
        old_auth, old_place = row.auth, row.url if row.auth == "headers" else row.token_url
        if draft.name is not UNSET:
            row.name = draft.name
        if draft.url is not UNSET:
            row.url = str(await read_callable_url(draft.url, "url", self._judge))
        if draft.auth is not UNSET:
            row.auth = draft.auth
        _refuse_foreign(row.auth, draft)
        if draft.token_url is not UNSET:
            row.token_url = str(await read_callable_url(draft.token_url, "tokenUrl", self._judge))
        if draft.client_id is not UNSET:
            row.client_id = draft.client_id
        if draft.scope is not UNSET:
            row.scope = draft.scope
        if row.auth != "oauth":
            row.token_url = row.client_id = row.scope = None
        if draft.tools is not UNSET:
            row.tools = None if draft.tools is None else list(dict.fromkeys(draft.tools))
        if draft.keys is not UNSET:
            row.keys = None if draft.keys is None else write_grants(draft.keys)
        if draft.is_enabled is not UNSET:
            row.is_enabled = draft.is_enabled
        place = row.url if row.auth == "headers" else row.token_url
        if old_auth != row.auth or (place is not None and _moved(old_place, place)):
            stored = frozenset[str]()
        put, kept = _read_secrets(row, self._open(actor, place, draft), stored)
        return await self._seal(tx, actor, row, place, put, kept)

    def _open(self, actor: Actor, place: str | None, draft: McpServerDraft) -> McpServerDraft:
        """``draft`` with its secrets in plain. They were sealed for the origin of ``place``, if they were."""
        if place is None:
            return draft
        read = partial(
            self._sealed_keys.read,
            user=actor.user_id,
            workspace=actor.workspace_id,
            origin=write_origin(Url.parse(place).origin),
        )
        headers, secret = draft.headers, draft.client_secret
        if headers is not UNSET:
            headers = {name: read(value, field=f"headers.{name}") for name, value in headers.items()}
        if secret is not UNSET:
            secret = read(secret, field="clientSecret")
        return msgspec.structs.replace(draft, headers=headers, client_secret=secret)

    async def _seal(
        self,
        tx: Transaction,
        actor: Actor,
        row: McpServerRow,
        place: str | None,
        put: dict[str, Secret],
        kept: frozenset[str],
    ) -> bool:
        """Have the credential hold ``put`` and those that are ``kept``, for the origin of ``place``."""
        old = row.credential_id
        if old is not None and not kept:
            row.credential_id = None
            await rows.save(tx, row)
            await self._credentials.erase(tx, actor.workspace_id, old)
        if not put and not kept:
            return False
        assert place is not None
        origins = [str(Url.parse(place).origin)]
        if kept:
            assert old is not None
            dropped = await _find_stored(tx, row) - kept - put.keys()
            await self._credentials.update(
                tx,
                actor.workspace_id,
                old,
                provider=_PROVIDER,
                changed_by=actor.user_id,
                put=put,
                drop=dropped,
                origins=origins,
            )
            return bool(put or dropped)
        row.credential_id = await self._credentials.seal(
            tx,
            workspace_id=actor.workspace_id,
            owner=name_owner(workspace_id=actor.workspace_id, user_id=actor.user_id, shared=True),
            provider=_PROVIDER,
            created_by=actor.user_id,
            fields=put,
            origins=origins,
        )
        return True


def _require_admin(actor: Actor) -> None:
    access.check(actor, "mcp_servers.change")
    require_whole_workspace(actor)


def _require(stored: str | None, given: object, field: str) -> None:
    if stored is None and given is UNSET:
        raise InvalidInput.of(field, "is required.")


def _read_secrets(
    row: McpServerRow, draft: McpServerDraft, stored: frozenset[str]
) -> tuple[dict[str, Secret], frozenset[str]]:
    """The fields of the credential that are new, and those of ``stored`` that stay. A mask stands for what it shows."""
    if row.auth == "oauth":
        _require(row.token_url, draft.token_url, "tokenUrl")
        _require(row.client_id, draft.client_id, "clientId")
        if draft.client_secret is not UNSET:
            return {CLIENT_SECRET: draft.client_secret}, frozenset()
        if not stored:
            raise InvalidInput.of("clientSecret", "is needed, also again where tokenUrl leads to another server.")
        return {}, stored
    if row.auth == "none":
        return {}, frozenset()
    if draft.headers is UNSET:
        if not stored:
            raise InvalidInput.of("headers", "is needed, also again where the URL leads to another server.")
        return {}, stored
    put = {f"{HEADER_PREFIX}{name}": value for name, value in draft.headers.items() if not is_mask(value.reveal())}
    kept = frozenset(f"{HEADER_PREFIX}{name}" for name in draft.headers) - put.keys()
    if lost := sorted(kept - stored):
        raise InvalidInput.of(lost[0].replace(HEADER_PREFIX, "headers.", 1), "is a mask. Send the value itself.")
    shown = Secret("shown")
    check_headers({name: shown if is_mask(value.reveal()) else value for name, value in draft.headers.items()})
    return put, kept


async def _find_stored(tx: Transaction, row: McpServerRow) -> frozenset[str]:
    """The fields of its credential."""
    if row.credential_id is None:
        return frozenset()
    return frozenset((await credentials.read_masks(tx, [row.credential_id])).get(row.credential_id, ()))


async def _refuse_taken(tx: Transaction, actor: Actor, name: str) -> None:
    if await rows.find_named(tx, actor.workspace_id, name) is not None:
        raise Conflict(f"There is an MCP server named {name!r} in this workspace. Choose another name.")


def _refuse_foreign(auth: str, draft: McpServerDraft) -> None:
    own = {"none": (), "headers": ("headers",), "oauth": ("token_url", "client_id", "client_secret", "scope")}[auth]
    for name, wire in _OF_AUTH.items():
        if name not in own and getattr(draft, name) not in (UNSET, None):
            raise InvalidInput.of(wire, f"is not for the auth {auth!r}: leave it out.")


_OF_AUTH: Final = {
    "headers": "headers",
    "token_url": "tokenUrl",
    "client_id": "clientId",
    "client_secret": "clientSecret",
    "scope": "scope",
}


def _moved(before: str | None, now: str) -> bool:
    return before is None or Url.parse(before).origin != Url.parse(now).origin


async def _save(tx: Transaction, row: McpServerRow, *, new: bool) -> None:
    if new:
        await rows.insert(tx, row)
    else:
        await rows.save(tx, row)


async def _find(
    tx: Transaction, actor: Actor, server_id: str, *, lock: bool = False, if_revision: int | None = None
) -> McpServerRow:
    row = await rows.find(tx, actor.workspace_id, server_id, lock=lock)
    if row is None:
        raise NotFound("There is no such MCP server in this workspace.", code="mcp_server_not_found")
    require_revision("MCP server", row.revision, if_revision)
    return row


async def _show(tx: Transaction, found: Sequence[McpServerRow]) -> list[McpServerRecord]:
    masks = await credentials.read_masks(tx, [row.credential_id for row in found if row.credential_id is not None])
    return [
        read_record(
            McpServerRecord,
            row,
            headers={
                name.removeprefix(HEADER_PREFIX): mask
                for name, mask in masks.get(row.credential_id or "", {}).items()
                if name.startswith(HEADER_PREFIX)
            },
            secret_mask=masks.get(row.credential_id or "", {}).get(CLIENT_SECRET),
            keys=read_grants(row),
        )
        for row in found
    ]
