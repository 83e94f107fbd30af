"""What people see of how their configurations and the providers of these are."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final, Literal

import msgspec

from trunkline.control.health.history import CellSize, History, Window, make_history, split
from trunkline.control.health.watch import HealthWatch
from trunkline.control.page import Page, PageRequest, encode_cursor
from trunkline.control.processes.standing import Standing
from trunkline.core import access
from trunkline.core.account_redaction import hide_accounts
from trunkline.core.actor import Actor
from trunkline.core.health import HealthState, worst
from trunkline.core.moment import to_moment
from trunkline.extensions.standing import ExtensionStanding
from trunkline.gateway.disclosure import knows_accounts
from trunkline.providers.registry import PROVIDERS
from trunkline.storage import health as rows
from trunkline.storage.database import Database
from trunkline.storage.health import Seen

StatusState = HealthState | Literal["inactive"]
"""Inactive: it is turned off, whatever its provider does."""

_LISTED: Final = 10_000
"""Configurations that providers are judged by."""


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """The last one. ``kind`` is for programs, ``message`` a sentence for people."""

    kind: str
    message: str
    at: datetime


class Breaker(msgspec.Struct, frozen=True, kw_only=True):
    """How routes take a configuration in one process: ``open``: they pass it over for ``seconds`` more; ``half-open``:
    the next call tries it."""

    process: str
    state: Literal["open", "half-open"]
    seconds: int


class ConfigurationStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How a configuration is. ``since`` and ``checked_at`` are None where nothing is known."""

    configuration_id: str
    name: str
    provider: str
    model: str | None
    state: StatusState
    since: datetime | None
    checked_at: datetime | None
    last_error: Failure | None
    breakers: tuple[Breaker, ...] = ()
    history: History | None = None


class ProviderStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How a provider is for those of its configurations that somebody sees: as the worst active one."""

    provider: str
    display_name: str
    state: HealthState
    since: datetime | None
    configurations: int
    last_error: Failure | None
    breakers: tuple[Breaker, ...]
    history: History


class ProcessExtension(msgspec.Struct, frozen=True, kw_only=True):
    """How an extension stands in one process."""

    process: str
    extension: ExtensionStanding


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """``state`` is that of the worst provider. ``extensions`` is for administrators of the installation."""

    state: HealthState
    at: datetime
    providers: tuple[ProviderStatus, ...]
    configurations: Page[ConfigurationStatus]
    extensions: tuple[ProcessExtension, ...] = ()


class StatusBoard:
    """Of all configurations that the actor sees. ``standings`` asks the processes how they stand."""

    def __init__(
        self,
        database: Database,
        watch: HealthWatch,
        standings: Callable[[], Awaitable[Sequence[Standing]]],
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._watch = watch
        self._standings = standings
        self._now = now

    async def read(self, actor: Actor, page: PageRequest, size: CellSize, *, cells: bool = True) -> Status:
        """A page of configurations, the newest first, and all providers; their history in cells of ``size``, without
        ``cells`` only what these add up to.
        """
        access.check(actor, "status.read")
        moment = self._now()
        window = Window.until(moment, size)
        user_id, application_id = actor.user_id, actor.application_id
        standings = await self._standings()
        breakers = _find_breakers(standings)
        async with self._database.read() as tx:
            seen = await rows.list_seen(
                tx, actor.workspace_id, user_id=user_id, application_id=application_id, limit=_LISTED
            )
            after = page.after
            some = [each for each in seen if after is None or each.configuration.id < after][: page.limit + 1]
            kept = some[: page.limit]
            ids = [each.configuration.id for each in kept]
            counts = split(await rows.count(tx, ids, window.minutes, window.first))
            by_provider = split(
                await rows.count_providers(
                    tx,
                    actor.workspace_id,
                    user_id=user_id,
                    application_id=application_id,
                    grain=window.minutes,
                    first=window.first,
                )
            )
        providers: dict[str, list[Seen]] = {}
        for each in seen:
            providers.setdefault(each.configuration.provider, []).append(each)
        told = tuple(
            _show_provider(actor, name, there, make_history(by_provider.get(name, ()), window, cells=cells), breakers)
            for name, there in sorted(providers.items())
        )
        listed = [
            msgspec.structs.replace(
                show(actor, each),
                breakers=breakers.get(each.configuration.id, ()),
                history=make_history(counts.get(each.configuration.id, ()), window, cells=cells),
            )
            for each in kept
        ]
        cursor = encode_cursor(ids[-1]) if len(some) > page.limit else None
        return Status(
            state=worst([each.state for each in told]),
            at=moment,
            providers=told,
            configurations=Page(listed, cursor),
            extensions=tuple(
                ProcessExtension(process=process.name, extension=one)
                for process in standings
                for one in process.extensions
            )
            if actor.instance_admin
            else (),
        )

    async def follow(self, actor: Actor) -> AsyncGenerator[ConfigurationStatus | None]:
        """Each configuration whose state becomes another, until the caller closes it. At first None: what changes from
        then on is told."""
        access.check(actor, "status.read")
        async with self._watch.following() as changes:
            yield None
            while True:
                seen = await changes.get()
                row = seen.configuration
                if access.may_see(
                    actor,
                    owner_id=row.user_id,
                    workspace_id=row.workspace_id,
                    shared=row.is_shared,
                    application_id=row.application_id,
                ):
                    yield show(actor, seen)


def show(actor: Actor, seen: Seen) -> ConfigurationStatus:
    """How one is, without its history."""
    row, health = seen
    return ConfigurationStatus(
        configuration_id=row.id,
        name=row.name,
        provider=row.provider,
        model=row.model,
        state=_state(seen) if row.is_active else "inactive",
        since=to_moment(health.since) if health is not None and health.since else None,
        checked_at=to_moment(health.checked_at) if health is not None and health.checked_at else None,
        last_error=_find_failure(actor, seen),
    )


def _state(seen: Seen) -> HealthState:
    return rows.read_state(seen.health)


def _find_failure(actor: Actor, seen: Seen) -> Failure | None:
    health = seen.health
    if health is None or health.error is None:
        return None
    message = health.message or "The provider failed."
    if not knows_accounts(actor, seen.configuration.user_id):
        message = hide_accounts(message)
    return Failure(kind=health.error, message=message, at=to_moment(health.error_at))


def _find_breakers(standings: Sequence[Standing]) -> dict[str, tuple[Breaker, ...]]:
    found: dict[str, list[Breaker]] = {}
    for one in standings:
        for rest in one.rests:
            breaker = Breaker(
                process=one.name, state="half-open" if rest.trying else "open", seconds=round(rest.seconds)
            )
            found.setdefault(rest.configuration_id, []).append(breaker)
    return {configuration_id: tuple(breakers) for configuration_id, breakers in found.items()}


def _show_provider(
    actor: Actor, name: str, there: list[Seen], history: History, breakers: dict[str, tuple[Breaker, ...]]
) -> ProviderStatus:
    active = [each for each in there if each.configuration.is_active]
    state = worst([_state(each) for each in active])
    since = [
        each.health.since
        for each in active
        if each.health is not None and each.health.since and each.health.state == state
    ]
    failures = [failure for each in active if (failure := _find_failure(actor, each)) is not None]
    known = PROVIDERS.get(name)
    return ProviderStatus(
        provider=name,
        display_name=name if known is None else known.display_name,
        state=state,
        since=to_moment(min(since)) if since else None,
        configurations=len(there),
        last_error=max(failures, key=lambda failure: failure.at, default=None),
        breakers=tuple(one for each in active for one in breakers.get(each.configuration.id, ())),
        history=history,
    )
