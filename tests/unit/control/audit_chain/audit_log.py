"""An audit log with its chains, and what somebody may do to it who can write to the database."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import text
from tests.bookkeeping import RING, make_audit

from trunkline.control.audit_chain.linking import AuditLinking
from trunkline.control.audit_chain.seal import AuditSeal
from trunkline.control.audit_chain.verification import AuditVerification, ChainReport
from trunkline.core.actor import Actor
from trunkline.core.ids import new_id
from trunkline.storage.database import Database

ANN: Final = Actor(user_id="u", workspace_id="w", role="admin", key_id="k")
BEN: Final = Actor(user_id="v", workspace_id="x", role="admin", instance_admin=True)


class Log:
    """An audit log with its chains."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.audit = make_audit(database)
        seal = AuditSeal(RING)
        self.linking = AuditLinking(database, seal)
        self.verification = AuditVerification(database, seal)

    async def record(self, count: int = 1, actor: Actor | None = ANN) -> None:
        for number in range(count):
            async with self.database.write() as tx:
                after: Any = {"name": f"n{number}", "nested": {"b": 1.5, "a": [1, None, "ü"]}}
                await self.audit.record(tx, actor, "keys.create", target=("key", str(number)), after=after)

    async def run(self, statement: str, **values: Any) -> None:
        async with self.database.write() as tx:
            await tx.execute(text(statement), values)

    async def check(self, workspace: str = "w") -> ChainReport:
        return await self.verification.check(workspace)

    async def kinds(self, workspace: str = "w") -> list[str]:
        return [fault.kind for fault in (await self.check(workspace)).faults]


LINKED: Final = "WHERE workspace_id = 'w' AND sequence = 3"
VALUES: Final = {
    "id": f"'{new_id()}'",
    "actor_kind": "'user'",
    "actor_id": "'somebody'",
    "key_id": "NULL",
    "action": "'keys.delete'",
    "target_type": "'user'",
    "target_id": "'9'",
    "outcome": "'refused'",
    "before": "'{}'",
    "after": "NULL",
    "address": "'10.0.0.1'",
    "request_id": "'r'",
    "previous_hash": "'00'",
    "hash": "'00'",
    "sequence": "NULL",
    "workspace_id": "NULL",
}
ENDS: Final = {
    "id": "'v'",
    "first_sequence": "2",
    "first_hash": "'00'",
    "last_sequence": "4",
    "last_hash": "'00'",
    "hash": "'00'",
}
EDITS: Final = {
    **{f"its {column}": f"UPDATE audit_events SET {column} = {value} {LINKED}" for column, value in VALUES.items()},
    "action of one that waits": "UPDATE audit_events SET action = 'x' WHERE workspace_id = 'w' AND sequence IS NULL",
    "one removed in the middle": "DELETE FROM audit_events WHERE workspace_id = 'w' AND sequence = 2",
    "the first removed": "DELETE FROM audit_events WHERE workspace_id = 'w' AND sequence = 1",
    "the last removed": "DELETE FROM audit_events WHERE workspace_id = 'w' AND sequence = 5",
    "all removed": "DELETE FROM audit_events WHERE workspace_id = 'w' AND sequence IS NOT NULL",
    "one moved to the end": "UPDATE audit_events SET sequence = 6 WHERE workspace_id = 'w' AND sequence = 2",
    "one moved before the beginning": "UPDATE audit_events SET sequence = 0 WHERE workspace_id = 'w' AND sequence = 1",
    "one added, as one that waits": (
        "INSERT INTO audit_events (id, at, workspace_id, actor_kind, action, target_type, outcome)"
        f" SELECT '{new_id()}', at, workspace_id, actor_kind, action, target_type, outcome FROM audit_events"
        " WHERE workspace_id = 'w' AND sequence = 4"
    ),
    "one added, with the hash of another": (
        "INSERT INTO audit_events (id, at, workspace_id, actor_kind, action, target_type, outcome, hash)"
        f" SELECT '{new_id()}', at, workspace_id, actor_kind, action, target_type, outcome, hash FROM audit_events"
        " WHERE workspace_id = 'w' AND sequence IS NULL"
    ),
    **{
        f"the {column} of the record of the ends": f"UPDATE audit_chains SET {column} = {value} WHERE id = 'w'"
        for column, value in ENDS.items()
    },
    "the record of the ends removed": "DELETE FROM audit_chains WHERE id = 'w'",
}
