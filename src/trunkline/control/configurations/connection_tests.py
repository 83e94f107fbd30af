"""Connection tests: of stored configurations, whose result is kept, and of drafts, of which nothing is."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Final, cast

import msgspec

from trunkline.control.audit import Audit
from trunkline.control.configurations.configuration import KIND, Draft, Proposal, TestStatus
from trunkline.control.configurations.credentials import API_KEY
from trunkline.control.configurations.health_evidence import note_stages
from trunkline.control.configurations.lookup import find_visible
from trunkline.control.configurations.proposal import OutputLimit, propose
from trunkline.control.configurations.reach import Reach, headers_of
from trunkline.control.rate_limit import RateLimit
from trunkline.core import access
from trunkline.core.account_redaction import hide_accounts, hide_accounts_in
from trunkline.core.actor import Actor
from trunkline.core.chat import JsonObject
from trunkline.core.errors import CannotOpen, FieldError, Forbidden, InvalidInput, TrunklineError
from trunkline.gateway.disclosure import knows_accounts
from trunkline.providers.check import check
from trunkline.providers.defaults import compile_defaults
from trunkline.providers.endpoint import Endpoint, make_endpoint
from trunkline.providers.referenced_key import ReferencedKeySigner
from trunkline.providers.stage import Stage, judge
from trunkline.storage import configurations
from trunkline.storage.database import Database
from trunkline.storage.tables import Configuration
from trunkline.vault.sealed_key import SealedKeys

FRESH_SECONDS: Final = 60
"""How long a result is given again instead of asking the provider anew."""


class ConnectionResult(msgspec.Struct, frozen=True, kw_only=True):
    """How a test ended. ``message`` says whose fault it is and what to do; ``cached``: it is an earlier test's, which
    ended ``age_seconds`` ago.
    """

    status: TestStatus
    message: str
    stages: tuple[Stage, ...]
    latency_ms: int
    tested_at: datetime
    cached: bool = False
    age_seconds: int = 0

    @property
    def success(self) -> bool:
        """Whether every stage passed."""
        return self.status == "success"


class Validation(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with a draft, field by field; ``stages`` of a live test, None when there was none."""

    errors: tuple[FieldError, ...] = ()
    stages: tuple[Stage, ...] | None = None

    @property
    def valid(self) -> bool:
        """Whether nothing is wrong."""
        return not self.errors and all(stage.ok for stage in self.stages or ())


class ConnectionTests:
    """Asks providers whether a configuration works.

    A result is kept with the configuration, in the database, so that another process gives the same one for a minute.
    Only tests that ask the provider count towards the limit per user.
    """

    def __init__(
        self,
        database: Database,
        reach: Reach,
        audit: Audit,
        limit: RateLimit,
        sealed_keys: SealedKeys,
        output_limit: OutputLimit,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._reach = reach
        self._audit = audit
        self._limit = limit
        self._sealed_keys = sealed_keys
        self._output_limit = output_limit
        self._now = now

    async def test(self, actor: Actor, configuration_id: str, *, force: bool = False) -> ConnectionResult:
        """Test a configuration that the actor sees; ``force`` asks the provider also within the minute.

        A provider that refuses is a result, no error. Raises NotFound, Forbidden and TooMany.
        """
        access.check(actor, "configurations.test")
        endpoint: Endpoint | None = None
        broken: TrunklineError | None = None
        async with self._database.read() as tx:
            row = await find_visible(tx, actor, configuration_id)
            kept = None if force else self._kept(row)
            if kept is not None:
                return _disclose(actor, row, kept)
            self._limit.take(actor.user_id)
            try:
                endpoint = await self._reach.open(tx, row)
            except (InvalidInput, CannotOpen, Forbidden) as error:
                broken = error
        if endpoint is None:
            stages = (_unusable(broken),)
        else:
            defaults = compile_defaults(endpoint.provider, row.parameters)
            transport = self._reach.transport(endpoint.provider)
            stages = await _gather(check(endpoint, transport, row.model, prober=self._reach.prober, defaults=defaults))
            stages = _warn(endpoint, stages)
        return _disclose(actor, row, await self._keep(actor, row, stages))

    async def validate(self, actor: Actor, draft: Draft, *, live: bool = False) -> Validation:
        """Check a draft as if it were saved, and with ``live`` also ask the provider. Nothing is saved.

        Stored keys play no part in it: what is asked goes out with the draft's own key alone.
        """
        access.check(actor, "configurations.change")
        try:
            proposal = propose(actor, draft, None, sealed_keys=self._sealed_keys, output_limit=self._output_limit)
        except InvalidInput as error:
            return Validation(errors=error.fields or (FieldError("", error.message),))
        if not live:
            return Validation()
        access.check(actor, "configurations.test")
        self._limit.take(actor.user_id)
        stages = await _gather(self._try(proposal))
        await self._note(actor, proposal, stages)
        return Validation(stages=stages)

    def follow(self, actor: Actor, draft: Draft) -> AsyncGenerator[Stage]:
        """Ask the provider as :meth:`validate` does, and tell each stage as soon as it has ended.

        Where the draft names no model, one of the provider's list is tried. Raises InvalidInput for a draft that would
        not be accepted, Forbidden and TooMany: all before the first stage.
        """
        access.check(actor, "configurations.change")
        access.check(actor, "configurations.test")
        proposal = propose(actor, draft, None, sealed_keys=self._sealed_keys, output_limit=self._output_limit)
        self._limit.take(actor.user_id)
        return self._follow(actor, proposal)

    async def _follow(self, actor: Actor, proposal: Proposal) -> AsyncGenerator[Stage]:
        stages: list[Stage] = []
        try:
            async with aclosing(self._try(proposal, pick=True)) as trying:
                async for stage in trying:
                    stages.append(stage)
                    yield stage
        finally:
            # Also of a test that its caller did not wait for: the provider was asked.
            await self._note(actor, proposal, tuple(stages))

    async def _note(self, actor: Actor, proposal: Proposal, stages: tuple[Stage, ...]) -> None:
        async with self._database.write() as tx:
            await self._audit.record(
                tx,
                actor,
                "configurations.validate",
                target=("provider", proposal.provider.id),
                after={"stages": [_summary(stage) for stage in stages]},
                outcome="ok" if judge(stages).ok else "failed",
            )

    async def _try(self, proposal: Proposal, *, pick: bool = False) -> AsyncGenerator[Stage]:
        try:
            key = self._reach.ready(proposal.put.get(API_KEY), proposal.origins)
        except InvalidInput as error:
            yield _unusable(error)
            return
        endpoint = make_endpoint(
            proposal.provider,
            proposal.base_url,
            key,
            headers_of(proposal.put),
            proposal.parameters,
        )
        defaults = compile_defaults(proposal.provider, proposal.parameters)
        transport = self._reach.transport(proposal.provider)
        prober = self._reach.prober
        async for stage in check(endpoint, transport, proposal.model, prober=prober, defaults=defaults, pick=pick):
            yield stage

    def _kept(self, row: Configuration) -> ConnectionResult | None:
        result, tested_at = row.test_result, row.last_tested_at
        if result is None or tested_at is None or row.test_status == "pending":
            return None
        age = self._now() - tested_at
        if not timedelta(0) <= age < timedelta(seconds=FRESH_SECONDS) or result.get("revision") != row.revision:
            return None
        return ConnectionResult(
            status=cast("TestStatus", row.test_status),
            message=str(result.get("message", "")),
            stages=tuple(msgspec.convert(result.get("stages"), list[Stage])),
            latency_ms=msgspec.convert(result.get("latencyMs"), int),
            tested_at=tested_at,
            cached=True,
            age_seconds=round(age.total_seconds()),
        )

    async def _keep(self, actor: Actor, tested: Configuration, stages: tuple[Stage, ...]) -> ConnectionResult:
        verdict = judge(stages)
        result = ConnectionResult(
            status="success" if verdict.ok else "failed",
            message=verdict.message,
            stages=stages,
            latency_ms=verdict.latency_ms,
            tested_at=self._now(),
        )
        async with self._database.write() as tx:
            row = await configurations.find(tx, tested.workspace_id, tested.id, lock=True)
            # What was changed or deleted meanwhile is not what was tested.
            if row is not None and row.revision == tested.revision:
                row.test_status, row.last_tested_at = result.status, result.tested_at
                row.test_result = {
                    "revision": row.revision,
                    "message": result.message,
                    "latencyMs": result.latency_ms,
                    "stages": msgspec.to_builtins(stages),
                }
                await note_stages(tx, row, stages, "test", result.tested_at)
            after: JsonObject = {"testStatus": result.status, "stages": [_summary(stage) for stage in stages]}
            await self._audit.record(
                tx,
                actor,
                "configurations.test",
                target=(KIND, tested.id),
                after=after,
                outcome="ok" if verdict.ok else "failed",
            )
        return result


def _disclose(actor: Actor, row: Configuration, result: ConnectionResult) -> ConnectionResult:
    """The result without accounts and addresses, for those who may use a shared configuration but not see these."""
    if knows_accounts(actor, row.user_id):
        return result
    stages = tuple(
        msgspec.structs.replace(
            stage,
            message=hide_accounts(stage.message),
            details=cast("JsonObject", hide_accounts_in(stage.details)),
        )
        for stage in result.stages
    )
    return msgspec.structs.replace(result, message=hide_accounts(result.message), stages=stages)


async def _gather(stages: AsyncIterator[Stage]) -> tuple[Stage, ...]:
    return tuple([stage async for stage in stages])


def _summary(stage: Stage) -> str:
    return f"{stage.name}: {'ok' if stage.ok else 'failed'}"


def _warn(endpoint: Endpoint, stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
    """The last good stage says so, too, where the key is one that could not be looked up again."""
    warning = endpoint.signer.warning if isinstance(endpoint.signer, ReferencedKeySigner) else None
    if warning is None or not stages or not stages[-1].ok:
        return stages
    return (*stages[:-1], msgspec.structs.replace(stages[-1], message=f"{stages[-1].message} Warning: {warning}"))


def _unusable(error: TrunklineError | None) -> Stage:
    if isinstance(error, CannotOpen):
        message = "The stored key cannot be opened. Enter it again, and ask your administrator about the root key."
    else:
        message = error.message if error is not None else "This configuration cannot be used."
    return Stage(name="auth", ok=False, message=message)
