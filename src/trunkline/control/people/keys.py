"""API keys: what programs call with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from trunkline.control.audit import Audit, changes
from trunkline.control.page import Page, PageRequest, encode_cursor
from trunkline.control.record import read_record
from trunkline.core import access
from trunkline.core.actor import Actor, Role, Scope, at_least
from trunkline.core.chat import JsonValue
from trunkline.core.errors import Forbidden, InvalidInput, NotFound
from trunkline.core.secret import Secret
from trunkline.storage import applications, keys, limits, workspaces
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import ApiKey, now
from trunkline.vault.token import TokenKind, Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRequest:
    """The key that is asked for. ``workspace_id`` None: the actor's. ``models`` empty: any."""

    name: str
    scope: Scope = "call"
    workspace_id: str | None = None
    application_id: str | None = None
    models: Sequence[str] = ()
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyChange:
    """What is to change of a key; None leaves a part as it is. ``expires_at`` counts only with ``sets_expiry``: None
    then is never."""

    name: str | None = None
    models: Sequence[str] | None = None
    sets_expiry: bool = False
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRecord:
    """A key, as people see it. ``secret`` is there only in the answer that makes it."""

    id: str
    name: str
    mask: str
    scope: str
    workspace_id: str
    application_id: str | None
    user_id: str
    models: Sequence[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    secret: Secret | None = None


class Keys:
    """A key's rights are never more than its maker's: not in role, scope, application, models or time."""

    def __init__(self, database: Database, tokens: Tokens, audit: Audit) -> None:
        self._database = database
        self._tokens = tokens
        self._audit = audit

    async def create(self, actor: Actor, request: KeyRequest) -> KeyRecord:
        """A new key, shown this once.

        :class:`NotFound` for a workspace or an application out of reach, :class:`Forbidden` for more than one's own
        rights, :class:`InvalidInput` for a time that is past.
        """
        access.check(actor, "keys.create")
        _check_expiry(request.expires_at)
        async with self._database.write() as tx:
            maker = await self._enter(tx, actor, request.workspace_id)
            request = await self._narrow(tx, maker, request)
            if request.application_id is not None and (
                await applications.find(tx, maker.workspace_id, request.application_id) is None
            ):
                raise NotFound("There is no application of that id in this workspace.")
            return await self.issue(tx, maker, request)

    async def issue(self, tx: Transaction, maker: Actor, request: KeyRequest) -> KeyRecord:
        """The key itself, once it is known that ``maker`` may have it."""
        token = self._tokens.issue(TokenKind.API_KEY)
        digest = token.digest.hex()
        key = await keys.insert(
            tx,
            ApiKey(
                workspace_id=maker.workspace_id,
                user_id=maker.user_id,
                application_id=request.application_id,
                name=request.name,
                digest=digest,
                mask=token.display,
                scope=request.scope,
                models=list(request.models),
                expires_at=request.expires_at,
            ),
        )
        await workspaces.touch(tx, maker.workspace_id, "key", key.id)
        await self._audit.record(
            tx,
            maker,
            "keys.create",
            target=("key", key.id),
            after={
                "name": key.name,
                "scope": key.scope,
                "applicationId": key.application_id,
                "models": list(key.models),
                "expiresAt": key.expires_at.isoformat() if key.expires_at else None,
                "key": {"mask": key.mask, "fingerprint": digest[:16]},
            },
        )
        return _show(key, token.secret)

    async def list(self, actor: Actor, page: PageRequest, *, application_id: str | None = None) -> Page[KeyRecord]:
        """One's own keys in the workspace; its admins see everybody's. Revoked ones are gone."""
        access.check(actor, "keys.read")
        everybody = at_least(actor.role, "admin") and actor.application_id is None
        async with self._database.read() as tx:
            found = await keys.find_page(
                tx,
                actor.workspace_id,
                limit=page.limit + 1,
                after=page.after,
                user_id=None if everybody else actor.user_id,
                application_id=actor.application_id or application_id,
            )
        if application_id is not None and actor.application_id not in {None, application_id}:
            return Page([])
        more = len(found) > page.limit
        kept = [_show(key) for key in found[: page.limit]]
        return Page(kept, encode_cursor(kept[-1].id) if more else None)

    async def get(self, actor: Actor, key_id: str) -> KeyRecord:
        """One key."""
        access.check(actor, "keys.read")
        async with self._database.read() as tx:
            return _show(await self._find(tx, actor, key_id))

    async def update(self, actor: Actor, key_id: str, change: ApiKeyChange) -> KeyRecord:
        """Change what a key is called, which models it may use, or when it expires: in every process of this
        machine from now on, on other machines within a second.

        :class:`Forbidden` for more than the asking key's own rights, :class:`InvalidInput` for a time that is past.
        """
        access.check(actor, "keys.change")
        _check_expiry(change.expires_at)
        async with self._database.write() as tx:
            key = await self._find(tx, actor, key_id, lock=True)
            await self._check_rights(tx, actor, change)
            before = _state(key)
            if change.name is not None:
                key.name = change.name
            if change.models is not None:
                key.models = list(change.models)
            if change.sets_expiry:
                key.expires_at = change.expires_at
            was, became = changes(before, _state(key))
            if became:
                await workspaces.touch(tx, actor.workspace_id, "key", key.id)
                await self._audit.record(tx, actor, "keys.change", target=("key", key.id), before=was, after=became)
            return _show(key)

    async def delete(self, actor: Actor, key_id: str) -> None:
        """Revoke a key: every process of this machine refuses it from now on, other machines within a second."""
        access.check(actor, "keys.delete")
        async with self._database.write() as tx:
            key = await self._find(tx, actor, key_id)
            key.revoked_at = now()
            await limits.remove_of(tx, key.workspace_id, "key", key.id)
            await workspaces.touch(tx, actor.workspace_id, "key", key.id)
            await self._audit.record(
                tx,
                actor,
                "keys.delete",
                target=("key", key.id),
                before={"name": key.name, "key": {"mask": key.mask, "fingerprint": key.digest[:16]}},
            )

    async def _find(self, tx: Transaction, actor: Actor, key_id: str, *, lock: bool = False) -> ApiKey:
        key = await keys.find(tx, actor.workspace_id, key_id, lock=lock)
        if key is None or (key.user_id != actor.user_id and not at_least(actor.role, "admin")):
            raise NotFound("There is no key of that id that you can see.")
        if actor.application_id not in {None, key.application_id}:
            raise NotFound("There is no key of that id that you can see.")
        return key

    async def _enter(self, tx: Transaction, actor: Actor, workspace_id: str | None) -> Actor:
        """The actor as it is in the workspace that the key is for."""
        if workspace_id is None or workspace_id == actor.workspace_id:
            return actor
        membership = await workspaces.find_membership(tx, workspace_id, actor.user_id) if actor.kind == "user" else None
        if membership is None:
            raise NotFound("There is no workspace of that id among yours. GET /api/workspaces lists them.")
        there = msgspec.structs.replace(actor, workspace_id=workspace_id, role=_role(membership.role))
        access.check(there, "keys.create")
        return there

    async def _narrow(self, tx: Transaction, maker: Actor, request: KeyRequest) -> KeyRequest:
        """The request within what a key may hand on. A user may hand on everything."""
        if maker.key_id is None:
            return request
        own = await keys.find(tx, maker.workspace_id, maker.key_id)
        if own is None:
            raise Forbidden("The key that asks was revoked meanwhile.")
        if maker.application_id is not None and request.application_id not in {None, maker.application_id}:
            raise Forbidden("The key of an application can make keys for that application only.")
        if maker.models and not set(request.models) <= set(maker.models):
            raise Forbidden("A key that may use some models can make keys for those only: " + ", ".join(maker.models))
        if own.expires_at is not None and request.expires_at is not None and request.expires_at > own.expires_at:
            raise Forbidden("A key cannot make keys that outlive it.")
        return replace(
            request,
            application_id=maker.application_id or request.application_id,
            models=request.models or maker.models,
            expires_at=request.expires_at or own.expires_at,
        )

    async def _check_rights(self, tx: Transaction, actor: Actor, change: ApiKeyChange) -> None:
        """What a key sets of a key is within what it may itself. A user may set everything."""
        if actor.key_id is None:
            return
        own = await keys.find(tx, actor.workspace_id, actor.key_id)
        if own is None:
            raise Forbidden("The key that asks was revoked meanwhile.")
        wanted = change.models
        if wanted is not None and own.models and not (wanted and set(wanted) <= set(own.models)):
            # No list at all means any model.
            raise Forbidden("A key that may use some models can allow those only: " + ", ".join(own.models))
        outlives = change.expires_at is None or (own.expires_at is not None and change.expires_at > own.expires_at)
        if change.sets_expiry and own.expires_at is not None and outlives:
            raise Forbidden("A key cannot let keys outlive it.")


def _check_expiry(moment: datetime | None) -> None:
    if moment is not None and moment <= now():
        raise InvalidInput.of("expiresAt", "is in the past.")


def _state(key: ApiKey) -> dict[str, JsonValue]:
    return {
        "name": key.name,
        "models": list(key.models),
        "expiresAt": key.expires_at.isoformat() if key.expires_at else None,
    }


def _role(text: str) -> Role:
    return msgspec.convert(text, Role)


def _show(key: ApiKey, secret: Secret | None = None) -> KeyRecord:
    return read_record(KeyRecord, key, secret=secret)
