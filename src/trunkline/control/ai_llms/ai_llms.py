"""AI LLM entries: configurations that everybody in a workspace uses, and that are called as ``<name>/<model>``.

A thin view: an entry is a configuration without a model, shared with its workspace, and every configuration is shown as
an entry. What is stored, checked, encrypted and written down is the business of :class:`Configurations`.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager

from msgspec import UNSET, UnsetType

from trunkline.control.ai_llms.ai_llm import (
    ACCESS_KEY_ID,
    AiLlmRecord,
    AiLlmStats,
    AiType,
    Entry,
    Repo,
    name_as_written,
    provider_of,
    show,
    type_of,
)
from trunkline.control.configurations.configuration import ConfigurationRecord, Draft
from trunkline.control.configurations.configurations import Configurations
from trunkline.control.configurations.lookup import find_changeable
from trunkline.control.configurations.state import show_all
from trunkline.control.page import Page, PageRequest, read_page
from trunkline.control.workspaces.memberships import find_actor_in, find_actors
from trunkline.core import access
from trunkline.core.actor import Actor
from trunkline.core.chat import JsonObject
from trunkline.core.errors import Conflict, InvalidInput, NotFound
from trunkline.core.secret import Secret, mask
from trunkline.providers.provider import Provider
from trunkline.providers.registry import PROVIDERS
from trunkline.storage import ai_llms as rows
from trunkline.storage.ai_llms import Reach, Use, ViolationCounts
from trunkline.storage.database import LONG_SECONDS, Database, Transaction
from trunkline.storage.tables import Application, Configuration

SIGNED = "aws"
"""The auth scheme under which an entry's ``key`` is a setting, because it is shown with each call."""


class AiLlms:
    """The entries in all workspaces of a caller. ``org_id`` is what the installation is called.

    Reading asks in every workspace at once; to change one, ask first who the caller is where it is
    (:meth:`find_actor_at`, :meth:`find_actor_of`). ``everywhere`` False keeps to the actor's own workspace.
    """

    def __init__(self, database: Database, configurations: Configurations, org_id: str) -> None:
        self._database = database
        self._configurations = configurations
        self._org_id = org_id

    async def list(
        self,
        actor: Actor,
        *,
        everywhere: bool = True,
        workspace_id: str | None = None,
        ready: bool = False,
        page: PageRequest | None = None,
    ) -> Page[AiLlmRecord]:
        """What the caller sees, the newest first; of a workspace that is not theirs nothing. Without ``page``, all.

        ``ready``: only those that are active and were validated.
        """
        access.check(actor, "configurations.read")
        async with self._database.read(limit=LONG_SECONDS) as tx:
            reach = _reach_of(await _find_reach(tx, actor, everywhere, workspace_id), ready=ready)
            used = await rows.find_users(tx, reach.workspace_ids, only=actor.application_id)

            async def read(after: str | None, limit: int) -> list[AiLlmRecord]:
                return await self._show(tx, await rows.list_visible(tx, reach, after=after, limit=limit), used)

            return await read_page(read, page, lambda record: record.id)

    async def _show(
        self, tx: Transaction, found: Sequence[Configuration], used: Mapping[str, Sequence[Application]]
    ) -> list[AiLlmRecord]:
        records = {record.id: record for record in await _show(tx, found)}
        return [
            show(
                records[row.id],
                self._org_id,
                [Repo(id=each.id, name=each.name, created_at=each.created_at) for each in used.get(row.id, ())],
            )
            for row in found
        ]

    async def find_actor_at(self, actor: Actor, workspace_id: str, *, everywhere: bool = True) -> Actor:
        """The caller in that workspace. Raises Forbidden for one that is not theirs."""
        async with self._database.read() as tx:
            return await find_actor_in(tx, actor, workspace_id, everywhere=everywhere)

    async def find_actor_of(self, actor: Actor, entry_id: str, *, everywhere: bool = True) -> Actor:
        """The caller in the workspace of an entry that they see. Raises NotFound for all others."""
        async with self._database.read() as tx:
            reach = await find_actors(tx, actor, everywhere=everywhere)
            found = await rows.list_visible(tx, _reach_of(reach, only=entry_id), limit=1)
        if not found:
            raise _unknown()
        return next(each for each in reach if each.workspace_id == found[0].workspace_id)

    async def create(self, actor: Actor, entry: Entry) -> str:
        """A new entry in the actor's workspace; gives its id.

        Raises Forbidden, InvalidInput, and Conflict for a name that the workspace has already.
        """
        ai_type = entry.ai_type
        if isinstance(ai_type, UnsetType):
            raise InvalidInput.of("aiType", "is required.")
        provider = PROVIDERS[provider_of(ai_type)]
        with _own_words():
            async with self._database.write() as tx:
                draft = _draft(entry, provider, None, shared=True)
                record = await self._configurations.create_in(tx, actor, draft)
                await self._require_free_name(tx, actor, record)
        return record.id

    async def update(self, actor: Actor, entry_id: str, entry: Entry) -> bool:
        """Lay ``entry`` over it. Whether it is validated still: what touches how it is reached takes the mark away.

        Raises NotFound, Forbidden, InvalidInput, and Conflict for a name that the workspace has already.
        """
        access.check(actor, "configurations.change")
        if entry.is_empty:
            raise InvalidInput("Send at least one of name, aiType, endpoint, key and secret.")
        with _own_words():
            async with self._database.write() as tx:
                row = await find_changeable(tx, actor, entry_id)
                name, draft = row.name, _draft(entry, _choose_provider(row, entry.ai_type), row)
                record = await self._configurations.update_in(tx, actor, entry_id, draft)
                if record.name != name:
                    await self._require_free_name(tx, actor, record)
                if entry.reaches_differently:
                    row.test_status, row.test_result = "pending", None
                return row.test_status == "success"

    async def delete(self, actor: Actor, entry_id: str) -> None:
        """Delete it and erase its secrets. Raises NotFound, Forbidden, and Conflict, which says what uses it."""
        await self._configurations.delete(actor, entry_id)

    async def read_stats(
        self,
        actor: Actor,
        entry_id: str | None = None,
        *,
        everywhere: bool = True,
        page: PageRequest | None = None,
    ) -> Page[AiLlmStats]:
        """Totals of that entry, or of each that the caller sees, the newest first; without ``page``, of all.

        Raises NotFound.
        """
        access.check(actor, "usage.read")
        async with self._database.read(limit=LONG_SECONDS) as tx:
            reach = _reach_of(await find_actors(tx, actor, everywhere=everywhere), only=entry_id)
            broken = await rows.count_violations(tx, reach.workspace_ids, only=entry_id)

            async def read(after: str | None, limit: int) -> list[AiLlmStats]:
                found = await rows.count_use(tx, reach, after=after, limit=limit)
                return [_count(each, use, broken.get(each, ViolationCounts())) for each, use in found]

            stats = await read_page(read, page, lambda each: each.ai_llm_id)
        if entry_id is not None and not stats.items:
            raise _unknown()
        return stats

    async def _require_free_name(self, tx: Transaction, actor: Actor, record: ConfigurationRecord) -> None:
        """Asked when the record is written: its refusal takes that back."""
        if "/" in record.name:
            raise InvalidInput.of("name", "may hold no slash: programs call an entry as <name>/<model>.")
        await rows.hold_names(tx, record.workspace_id)
        if await rows.is_name_taken(
            tx,
            record.workspace_id,
            record.name,
            user_id=actor.user_id,
            application_id=record.application_id,
            besides=record.id,
        ):
            raise Conflict(
                f"There is a configuration named {record.name!r} in this workspace already. Choose another name.",
                code="duplicate_name",
            )


def _choose_provider(row: Configuration, ai_type: AiType | UnsetType) -> Provider:
    if isinstance(ai_type, UnsetType) or ai_type == type_of(row.provider):
        # What is of the type already stays with its provider, which may be one without a type of its own.
        provider = PROVIDERS.get(row.provider)
        if provider is None:
            raise InvalidInput.of("aiType", f"choose another: {row.provider!r} is no provider of this version.")
        return provider
    return PROVIDERS[provider_of(ai_type)]


def _draft(entry: Entry, provider: Provider, row: Configuration | None, *, shared: bool | UnsetType = UNSET) -> Draft:
    """The entry as a draft of its configuration. Settings that another provider had are taken away."""
    stored: JsonObject = dict(row.parameters) if row is not None else {}
    parameters: JsonObject = {}
    if row is not None and row.provider != provider.id:
        known = {parameter.name for parameter in provider.parameters}
        parameters = {name: None for name in stored if name not in known}
    access_key = entry.key
    if provider.auth == SIGNED:
        if not _is_shown(entry.key, stored.get(ACCESS_KEY_ID)):
            parameters[ACCESS_KEY_ID] = entry.key.reveal().strip() if isinstance(entry.key, Secret) else None
        access_key = None
    return Draft(
        name=entry.name,
        provider=provider.id,
        api_key=entry.secret,
        access_key=access_key,
        base_url=entry.endpoint,
        parameters=parameters,
        shared=shared,
    )


def _is_shown(given: Secret | UnsetType | None, stored: object) -> bool:
    """Whether nothing was given, or only what the caller was shown of what is stored."""
    if isinstance(given, UnsetType):
        return True
    return given is not None and isinstance(stored, str) and given.reveal().strip() == mask(stored)


@contextmanager
def _own_words() -> Generator[None]:
    try:
        yield
    except InvalidInput as error:
        raise name_as_written(error) from error


async def _find_reach(tx: Transaction, actor: Actor, everywhere: bool, workspace_id: str | None) -> tuple[Actor, ...]:
    reach = await find_actors(tx, actor, everywhere=everywhere)
    return tuple(each for each in reach if workspace_id in {None, each.workspace_id})


def _reach_of(actors: Sequence[Actor], *, only: str | None = None, ready: bool = False) -> Reach:
    """What somebody sees who is ``actors`` in some workspaces."""
    return Reach(
        workspace_ids=tuple(each.workspace_id for each in actors),
        user_id=actors[0].user_id if actors else "",
        application_id=actors[0].application_id if actors else None,
        only=only,
        ready=ready,
    )


async def _show(tx: Transaction, found: Sequence[Configuration]) -> list[ConfigurationRecord]:
    shown: list[ConfigurationRecord] = []
    for place in sorted({row.workspace_id for row in found}):
        shown += await show_all(tx, [row for row in found if row.workspace_id == place])
    return shown


def _count(entry_id: str, use: Use, broken: ViolationCounts) -> AiLlmStats:
    return AiLlmStats(
        ai_llm_id=entry_id,
        api_calls=use.request_count,
        tokens_in=use.input_tokens,
        tokens_out=use.output_tokens,
        policy_violations=broken.total,
        alerts=broken.alerts,
        blocks=broken.blocks,
    )


def _unknown() -> NotFound:
    return NotFound("There is no such AI LLM configuration.", code="configuration_not_found")
