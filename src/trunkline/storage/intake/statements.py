"""The statements of the intake that are no insertion."""

from __future__ import annotations

from operator import itemgetter
from typing import Final

from trunkline.storage.intake.table import Statement
from trunkline.storage.intake.tables import EVENTS

FIND_MARK: Final = Statement('SELECT "offset" FROM journal_marks WHERE segment = ?1', ("text",))

PUT_MARK: Final = Statement(
    'INSERT INTO journal_marks (segment, "offset", updated_at) VALUES (?1, ?2, ?3) ON CONFLICT (segment)'
    ' DO UPDATE SET "offset" = excluded."offset", updated_at = excluded.updated_at',
    ("text", "count", "moment"),
)
"""To be run in the transaction that stores what lies before the mark."""

REMOVE_MARK: Final = Statement("DELETE FROM journal_marks WHERE segment = ?1", ("text",))

PRUNE_MARKS: Final = Statement("DELETE FROM journal_marks WHERE updated_at < ?1", ("moment",))
"""A crash may leave the mark of a deleted segment. Safe for one that is still there: what comes twice is ignored."""

_OF_THE_END: Final = (
    "outcome",
    "status",
    "error",
    "input_tokens",
    "output_tokens",
    "cached_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
    "usage",
    "usage_estimated",
    "cost_nanos",
    "price_source",
    "price_missing",
)
_AMENDED: Final = (*EVENTS.key, *_OF_THE_END)

AMEND_EVENT: Final = Statement(
    f"UPDATE usage_events SET {', '.join(f'{name} = ?{at}' for at, name in enumerate(_OF_THE_END, 3))}"  # noqa: S608 - our names
    " WHERE opened_at = ?1 AND id = ?2 AND input_tokens = 0 AND output_tokens = 0 AND error IS NULL",
    tuple(EVENTS.columns[name] for name in _AMENDED),
)
"""Fills in the end of an event that is there without one: it has used nothing and failed in nothing yet. One that has
its end stays as it is. Takes what :data:`pick_end` takes from the event's row."""

FIND_OUTCOME: Final = Statement(
    "SELECT outcome FROM usage_events WHERE opened_at = ?1 AND id = ?2", ("moment", "text"), locking="FOR UPDATE"
)
"""How an event that is there seems to have ended."""

pick_end: Final = itemgetter(*(list(EVENTS.columns).index(name) for name in _AMENDED))

USE_CREDENTIAL: Final = Statement(
    "UPDATE credentials SET last_used_at = ?2"
    " WHERE id = (SELECT credential_id FROM ai_configurations WHERE id = ?1)"
    " AND (last_used_at IS NULL OR last_used_at < ?2)",
    ("text", "moment"),
)
"""Notes on the credential of a configuration when it was last used; never an earlier moment."""

USE_KEY: Final = Statement(
    "UPDATE api_keys SET last_used_at = ?2 WHERE id = ?1 AND (last_used_at IS NULL OR last_used_at < ?2)",
    ("text", "moment"),
)

HOLD_PHASE: Final = Statement(
    "SELECT id, slow_ms FROM experiment_phases WHERE id = ?1", ("text",), locking="FOR KEY SHARE"
)
"""What counts as slow (ms) in a phase that is still there, which is held until the end of the transaction."""

KEEP_READING: Final = Statement(
    "INSERT INTO rate_limit_readings (configuration_id, reading, read_at)"
    " SELECT id, ?2, ?3 FROM ai_configurations WHERE id = ?1"
    " ON CONFLICT (configuration_id) DO UPDATE SET reading = excluded.reading, read_at = excluded.read_at"
    " WHERE rate_limit_readings.read_at <= excluded.read_at",
    ("text", "json", "moment"),
)
"""Keeps the newest reading of a configuration; one for a configuration that is gone, or an older one, is dropped."""

HOLD_BUDGETS: Final = Statement("SELECT value FROM facts WHERE name = ?1", ("text",), locking="FOR SHARE")
"""The state that the budgets are in, which is held until the end of the transaction."""

READ_BUDGETS: Final = Statement(
    "SELECT id, name, workspace_id, subject, subject_id, amount_nanos, period, time_zone, is_hard, thresholds,"
    " default_input_nanos, default_output_nanos, since, revision FROM budgets",
    (),
)

FIND_SPENT: Final = Statement(
    "SELECT spent_nanos FROM budget_periods WHERE budget_id = ?1 AND period_start = ?2", ("text", "moment")
)

CONSUME_LEASE: Final = Statement(
    "UPDATE budget_leases SET consumed_nanos = consumed_nanos + ?2 WHERE id = ?1", ("text", "count")
)
"""What was leased is spent: to be run in the transaction that adds it to what was spent."""

END_LEASES: Final = Statement("DELETE FROM budget_leases WHERE holder = ?1", ("text",))
"""To be run when all is taken in that a dead process has left."""

FIND_HEALTH: Final = Statement(
    "SELECT h.state, h.since, h.revision, h.source, h.checked_at, h.failures, h.error, h.message, h.error_at"
    " FROM ai_configurations c LEFT JOIN configuration_health h ON h.configuration_id = c.id WHERE c.id = ?1",
    ("text",),
    locking="FOR NO KEY UPDATE OF c",
)
"""The health of a configuration that is there, with nothing in it where nothing is known. Whoever changes it holds the
configuration."""

KEEP_HEALTH: Final = Statement(
    "INSERT INTO configuration_health (configuration_id, state, since, revision, source, checked_at, failures, error,"
    " message, error_at, changed_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
    " ON CONFLICT (configuration_id) DO UPDATE SET state = excluded.state, since = excluded.since,"
    " revision = excluded.revision, source = excluded.source, checked_at = excluded.checked_at,"
    " failures = excluded.failures, error = excluded.error, message = excluded.message, error_at = excluded.error_at,"
    " changed_at = CASE WHEN configuration_health.state = excluded.state THEN configuration_health.changed_at"
    " ELSE excluded.changed_at END",
    ("text", "text", "count", "count", "text", "count", "count", "text", "text", "count", "count"),
)

FORGET_TEST: Final = Statement(
    "UPDATE ai_configurations SET test_status = 'pending', test_result = NULL WHERE id = ?1 AND test_status = 'failed'",
    ("text",),
)
"""A test that failed, after which calls go well, is to be made again."""

FAIL_TEST: Final = Statement(
    "UPDATE ai_configurations SET test_status = 'failed', last_tested_at = ?3, test_result = ?4"
    " WHERE id = ?1 AND (revision = ?2 OR ?2 = 0)",
    ("text", "count", "moment", "json"),
)
"""What a call has shown of a configuration's key is what its connection test shows too; of revision 0: of any."""
