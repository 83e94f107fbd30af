"""Looks at what rules watch, and begins and ends alerts. One process at a time does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from trunkline.control.alerts import transitions
from trunkline.control.alerts.match import Match, find_matches
from trunkline.control.alerts.rule import AlertRule
from trunkline.control.alerts.rule_book import RuleBook
from trunkline.control.alerts.sources import read_all
from trunkline.control.repetition import repeat
from trunkline.core.ids import new_id
from trunkline.storage import alert_rules, leases
from trunkline.storage import alerts as rows
from trunkline.storage.alerts import PENDING
from trunkline.storage.database import LONG_SECONDS, Database, Transaction
from trunkline.storage.tables import AlertRow

LEASE: Final = "alerts"
LOOK_SECONDS: Final = 3.0
_LEASE_TIME: Final = timedelta(seconds=30)

Step = Callable[[Transaction], Awaitable[None]]


class AlertEvaluation:
    """What is so is an alert of its rule and subject, one, until it is so no more; the notices of both are written in
    the same transaction. So an alert fires once, whatever dies in between: another process reads the same rows.
    """

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now
        self._holder = new_id()
        self._book = RuleBook()
        self._version: str | None = ""

    async def run(self) -> None:
        """Look every few seconds until cancelled."""
        pulse = self._database.read_pulse
        await repeat(self.look, LOOK_SECONDS, "alerts_not_evaluated", name=__name__, pulse=pulse)

    async def look(self) -> None:
        """Look once, and do what is to be done, if no other process does."""
        moment = self._now()
        async with self._database.read(limit=LONG_SECONDS) as tx:
            version = await alert_rules.find_version(tx)
            if version != self._version:
                self._book, self._version = RuleBook(await alert_rules.find_used(tx)), version
            found = find_matches(self._book, await read_all(tx, self._book, moment))
            if not any(True for _ in self._plan(found, await rows.find_unfinished(tx), moment)):
                return
        async with self._database.write() as tx:
            if not await leases.take(tx, LEASE, self._holder, now=moment, until=moment + _LEASE_TIME):
                return
            if await alert_rules.find_version(tx) != self._version:
                return
            unfinished = await rows.find_unfinished(tx, lock=True)
            for step in list(self._plan(found, unfinished, moment)):
                await step(tx)

    def _plan(self, found: Mapping[str, Match], unfinished: Sequence[AlertRow], moment: datetime) -> Iterator[Step]:
        """What is to be done, given what is so and what is known of it."""
        known = {row.open_key: row for row in unfinished if row.open_key is not None}
        for key, match in found.items():
            row = known.get(key)
            if row is None:
                yield partial(transitions.begin, key=key, match=match, moment=moment)
            elif row.state == PENDING and match.is_due(row.started_at, moment):
                yield partial(transitions.fire, row=row, match=match, moment=moment)
        for row in unfinished:
            rule = self._book.find_by_id(row.rule_id, row.workspace_id)
            if row.open_key is not None and row.open_key not in found:
                yield partial(transitions.end, row=row, rule=rule, moment=moment)
            elif row.held is not None:
                if rule is None or not transitions.holds_back(rule, moment):
                    yield partial(transitions.release, row=row, rule=rule, moment=moment)
            elif row.state == "firing" and rule is not None and _is_repeated(rule, row, moment):
                yield partial(transitions.remind, row=row, rule=rule, moment=moment)


def _is_repeated(rule: AlertRule, row: AlertRow, moment: datetime) -> bool:
    if rule.repeat_minutes is None or row.told_at is None or transitions.holds_back(rule, moment):
        return False
    return moment - row.told_at >= timedelta(minutes=rule.repeat_minutes)
