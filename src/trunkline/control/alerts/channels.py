"""Channels: where alerts are told."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import cast

from msgspec import UNSET

from trunkline.control.alerts.channel import (
    CHANNEL,
    MOST,
    ChannelDraft,
    ChannelRecord,
    DeliveryRecord,
    read_addresses,
    refuse_foreign,
    write_state,
)
from trunkline.control.alerts.delivery import note
from trunkline.control.alerts.extension_channels import ExtensionChannels
from trunkline.control.alerts.message import write_test
from trunkline.control.alerts.sending import NO_MAIL, SIGNING, URL, Sender
from trunkline.control.alerts.webhook_secret import check_secret, make_secret
from trunkline.control.audit import Audit, changes
from trunkline.control.callable_url import Judge, read_callable_url
from trunkline.control.configurations.credentials import Credentials, name_owner
from trunkline.control.page import Page, PageRequest, encode_cursor
from trunkline.control.rate_limit import RateLimit
from trunkline.control.record import read_record
from trunkline.control.revision import require_revision
from trunkline.control.scope import require_whole_workspace
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.alert import ChannelKind
from trunkline.core.errors import Conflict, FieldError, InvalidInput, NotFound
from trunkline.core.secret import Secret
from trunkline.outbound import Url
from trunkline.storage import alert_channels as rows
from trunkline.storage import alert_deliveries, credentials
from trunkline.storage.database import Database, Transaction
from trunkline.storage.tables import AlertChannelRow, AlertDeliveryRow

_PROVIDER = "alert channel"
"""What a credential calls whom it is for."""

_LOST = "The server stopped before it was sent."


class AlertChannels:
    """The channels of the actor's workspace, for its admins. A secret goes in and never comes out again."""

    def __init__(
        self,
        database: Database,
        credentials: Credentials,
        audit: Audit,
        judge: Judge,
        sender: Sender,
        tests: RateLimit,
        extensions: ExtensionChannels,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._credentials = credentials
        self._audit = audit
        self._judge = judge
        self._sender = sender
        self._tests = tests
        self._extensions = extensions
        self._now = now

    async def list(self, actor: Actor, page: PageRequest) -> Page[ChannelRecord]:
        """All of them, the newest first."""
        _require_admin(actor)
        async with self._database.read() as tx:
            found = await rows.find_page(tx, actor.workspace_id, limit=page.limit + 1, after=page.after)
            kept = found[: page.limit]
            records = await _show(tx, kept)
        return Page(records, encode_cursor(kept[-1].id) if len(found) > page.limit else None)

    async def get(self, actor: Actor, channel_id: str) -> ChannelRecord:
        """One of them. Raises NotFound."""
        _require_admin(actor)
        async with self._database.read() as tx:
            (record,) = await _show(tx, [await _find(tx, actor, channel_id)])
        return record

    async def create(self, actor: Actor, draft: ChannelDraft) -> ChannelRecord:
        """A new one; a webhook without a secret gets one. Raises InvalidInput, which names what is wrong."""
        _require_admin(actor)
        if draft.kind is UNSET or draft.name is UNSET:
            missing = [name for name in ("kind", "name") if getattr(draft, name) is UNSET]
            raise InvalidInput.of_all(tuple(FieldError(name, "is required.") for name in missing))
        refuse_foreign(draft.kind, draft)
        row = AlertChannelRow(
            workspace_id=actor.workspace_id,
            name=draft.name,
            kind=draft.kind,
            addresses=[],
            is_enabled=draft.is_enabled is not False,
            revision=1,
            created_by=actor.user_id,
        )
        made: Secret | None = None
        sealed: dict[str, Secret] = {}
        if draft.kind == "email":
            if not self._sender.has_mail:
                raise InvalidInput.of("kind", NO_MAIL)
            row.addresses = read_addresses(() if draft.addresses is UNSET else draft.addresses)
        elif draft.kind == "extension":
            given = self._extensions.read(draft)
            row.extension, row.settings = given.extension, given.settings
            row.url = str(await read_callable_url(given.url, "url", self._judge))
            sealed = {} if given.secret is None else {SIGNING: given.secret}
        else:
            if draft.url is UNSET:
                raise InvalidInput.of("url", "is required: where the notices are posted.")
            url = await read_callable_url(draft.url, "url", self._judge)
            if draft.kind == "slack":
                row.url, sealed = str(url.origin), {URL: Secret(str(url))}
            else:
                made = make_secret() if draft.secret is UNSET else None
                secret = made or draft.secret
                assert secret is not UNSET
                check_secret(secret)
                row.url, sealed = str(url), {SIGNING: secret}
        async with self._database.write() as tx:
            if await rows.count(tx, actor.workspace_id) >= MOST:
                raise Conflict(f"There are {MOST} channels, which is the most. Delete one that is not needed.")
            if sealed:
                row.credential_id = await self._seal(tx, actor, row, sealed)
            await rows.insert(tx, row)
            await self._audit.record(
                tx, actor, "alert_channels.create", target=(CHANNEL, row.id), after=write_state(row)
            )
            (record,) = await _show(tx, [row], made)
        return record

    async def update(
        self, actor: Actor, channel_id: str, draft: ChannelDraft, *, if_revision: int | None = None
    ) -> ChannelRecord:
        """Lay ``draft`` over it. Where a webhook is to lead elsewhere, its secret must be given again."""
        _require_admin(actor)
        url = None if draft.url is UNSET else await read_callable_url(draft.url, "url", self._judge)
        async with self._database.write() as tx:
            row = await _find(tx, actor, channel_id, lock=True, if_revision=if_revision)
            if draft.kind is not UNSET and draft.kind != row.kind:
                raise InvalidInput.of("kind", "cannot be changed. Make another channel.")
            kind = cast("ChannelKind", row.kind)
            refuse_foreign(kind, draft)
            if draft.extension is not UNSET and draft.extension != row.extension:
                raise InvalidInput.of("extension", "cannot be changed. Make another channel.")
            before = write_state(row)
            if draft.name is not UNSET:
                row.name = draft.name
            if draft.is_enabled is not UNSET:
                row.is_enabled = draft.is_enabled
            if draft.addresses is not UNSET:
                row.addresses = read_addresses(draft.addresses)
            if draft.settings is not UNSET:
                row.settings = self._extensions.find(row.extension or "").read_settings(draft.settings)
            put: dict[str, Secret] = {}
            if draft.secret is not UNSET:
                if kind == "extension":
                    self._extensions.check_secret(row.extension or "", draft.secret)
                else:
                    check_secret(draft.secret)
                put[SIGNING] = draft.secret
            if url is not None:
                assert row.url is not None
                if kind == "slack":
                    put[URL] = Secret(str(url))
                elif row.credential_id is not None and url.origin != Url.parse(row.url).origin and not put:
                    raise InvalidInput.of("secret", "is needed again, because the URL leads to another server now.")
                row.url = str(url.origin) if kind == "slack" else str(url)
            if put and row.credential_id is None:
                row.credential_id = await self._seal(tx, actor, row, put)
            elif put:
                assert row.url is not None
                assert row.credential_id is not None
                await self._credentials.update(
                    tx,
                    actor.workspace_id,
                    row.credential_id,
                    provider=_PROVIDER,
                    changed_by=actor.user_id,
                    put=put,
                    drop=(),
                    origins=[str(Url.parse(row.url).origin)],
                )
            was, became = changes(before, write_state(row) | ({"secret": "changed"} if put else {}))
            if was or became:
                row.revision += 1
                row.updated_at = self._now()
                await tx.flush()
                await self._audit.record(
                    tx, actor, "alert_channels.update", target=(CHANNEL, row.id), before=was, after=became
                )
            (record,) = await _show(tx, [row])
        return record

    async def delete(self, actor: Actor, channel_id: str, *, if_revision: int | None = None) -> None:
        """Delete it: rules tell it no more, and what was still to be sent is not."""
        _require_admin(actor)
        async with self._database.write() as tx:
            row = await _find(tx, actor, channel_id, lock=True, if_revision=if_revision)
            before, credential_id = write_state(row), row.credential_id
            await rows.remove(tx, row)
            if credential_id is not None:
                await self._credentials.erase(tx, actor.workspace_id, credential_id)
            await self._audit.record(tx, actor, "alert_channels.delete", target=(CHANNEL, channel_id), before=before)

    async def test(self, actor: Actor, channel_id: str) -> DeliveryRecord:
        """Send a notice that says that it is a test, now, and give how that ended. Raises NotFound and TooMany."""
        _require_admin(actor)
        async with self._database.read() as tx:
            row = await _find(tx, actor, channel_id)
        self._tests.take(actor.user_id)
        moment = self._now()
        delivery = AlertDeliveryRow(
            workspace_id=row.workspace_id,
            channel_id=row.id,
            channel_name=row.name,
            channel_kind=row.kind,
            notice="test",
            message=write_test(row.name, moment),
            state="failed",
            reason=_LOST,
            attempts=0,
        )
        async with self._database.write() as tx:
            await alert_deliveries.insert(tx, delivery)
            await self._audit.record(tx, actor, "alert_channels.test", target=(CHANNEL, row.id))
        outcome = await self._sender.send(row, delivery.id, delivery.message)
        async with self._database.write() as tx:
            held = await alert_deliveries.find(tx, delivery.id, lock=True)
            if held is None:
                raise NotFound("The channel was deleted meanwhile.")
            note(held, outcome, self._now(), random.random())  # noqa: S311 - it spreads attempts
            if held.state == "waiting":
                held.state = "failed"
            held.next_at = None
            await tx.flush()
            return read_record(DeliveryRecord, held)

    async def list_deliveries(
        self,
        actor: Actor,
        page: PageRequest,
        *,
        alert_id: str | None = None,
        channel_id: str | None = None,
        state: str | None = None,
    ) -> Page[DeliveryRecord]:
        """What was sent to the workspace's channels, or is to be, the newest first."""
        _require_admin(actor)
        async with self._database.read() as tx:
            found = await alert_deliveries.find_page(
                tx,
                actor.workspace_id,
                limit=page.limit + 1,
                after=page.after,
                alert_id=alert_id,
                channel_id=channel_id,
                state=state,
            )
        kept = found[: page.limit]
        cursor = encode_cursor(kept[-1].id) if len(found) > page.limit else None
        return Page([read_record(DeliveryRecord, row) for row in kept], cursor)

    async def _seal(self, tx: Transaction, actor: Actor, row: AlertChannelRow, fields: dict[str, Secret]) -> str:
        assert row.url is not None
        return await self._credentials.seal(
            tx,
            workspace_id=actor.workspace_id,
            owner=name_owner(workspace_id=actor.workspace_id, user_id=actor.user_id, shared=True),
            provider=_PROVIDER,
            created_by=actor.user_id,
            fields=fields,
            origins=[str(Url.parse(row.url).origin)],
        )


def _require_admin(actor: Actor) -> None:
    access.check(actor, "alert_channels.change")
    require_whole_workspace(actor)


async def _find(
    tx: Transaction, actor: Actor, channel_id: str, *, lock: bool = False, if_revision: int | None = None
) -> AlertChannelRow:
    row = await rows.find(tx, actor.workspace_id, channel_id, lock=lock)
    if row is None:
        raise NotFound("There is no such channel in this workspace.", code="alert_channel_not_found")
    require_revision("channel", row.revision, if_revision)
    return row


async def _show(
    tx: Transaction, found: Sequence[AlertChannelRow], new_secret: Secret | None = None
) -> list[ChannelRecord]:
    masks = await credentials.read_masks(tx, [row.credential_id for row in found if row.credential_id is not None])
    return [
        read_record(
            ChannelRecord,
            row,
            secret_mask=next(iter(masks.get(row.credential_id or "", {}).values()), None),
            new_secret=new_secret,
        )
        for row in found
    ]
