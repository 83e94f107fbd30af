"""An index of what is said in conversations."""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_INDEXED = "CASE WHEN length({text}) > 20000 THEN {long} ELSE {text} END"
"""A longer text would take too long: whoever searches looks at it himself."""

_SQLITE_LONG = "char(1, 1, 1)"

_SUBJECTS = (("conversations", "id", "title"), ("conversation_messages", "conversation_id", "content"))
"""Tables, their conversation, and their text."""

_NOTE = """
INSERT INTO conversation_texts (subject_id, conversation_id) VALUES (new.id, new.{conversation});
"""
_REMOVE = """
INSERT INTO conversation_trigrams (conversation_trigrams, rowid, text)
    SELECT 'delete', id, {old} FROM conversation_texts WHERE subject_id = old.id;
"""
_ADD = """
INSERT INTO conversation_trigrams (rowid, text)
    SELECT id, {new} FROM conversation_texts WHERE subject_id = new.id;
"""
_FORGET = "DELETE FROM conversation_texts WHERE subject_id = old.id;"

_FILL = (
    "INSERT INTO conversation_texts (subject_id, conversation_id) SELECT id, {conversation} FROM {table}",
    (
        "INSERT INTO conversation_trigrams (rowid, text) SELECT conversation_texts.id, {text} FROM {table}"
        " JOIN conversation_texts ON subject_id = {table}.id"
    ),
)

_FUNCTION = """
CREATE FUNCTION conversation_trigrams(text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10000 AS $$
    SELECT coalesce(array_agg(DISTINCT found[1]), '{{}}')
    FROM generate_series(1, 3) AS places (place),
        LATERAL regexp_matches(substr(lower({indexed}), place), '...', 'g') AS matches (found)
$$
"""


def upgrade() -> None:
    """Filled with what was said so far."""
    if op.get_bind().dialect.name == "sqlite":
        _upgrade_sqlite()
        return
    op.execute(_FUNCTION.format(indexed=_INDEXED.format(text="$1", long="repeat(chr(1), 3)")))
    for table, _, column in _SUBJECTS:
        op.execute(f"CREATE INDEX ix_{table}_trigrams ON {table} USING gin (conversation_trigrams({column}))")


def _upgrade_sqlite() -> None:
    # A number of its own, since VACUUM may give the rows of the other two new ones.
    op.execute(
        "CREATE TABLE conversation_texts (id INTEGER PRIMARY KEY, subject_id VARCHAR(36) NOT NULL UNIQUE,"
        " conversation_id VARCHAR(36) NOT NULL)"
    )
    # Without the texts themselves, and without places in them: whoever searches looks at what was found.
    op.execute(
        "CREATE VIRTUAL TABLE conversation_trigrams USING fts5(text, content = '', detail = none, tokenize = 'trigram')"
    )
    for table, conversation, column in _SUBJECTS:
        old, new = (_INDEXED.format(text=f"{which}.{column}", long=_SQLITE_LONG) for which in ("old", "new"))
        for when, what in (
            ("INSERT", (_NOTE, _ADD)),
            (f"UPDATE OF {column}", (_REMOVE, _ADD)),
            ("DELETE", (_REMOVE, _FORGET)),
        ):
            name = f"{table}_trigrams_{when.partition(' ')[0].lower()}"
            body = "".join(what).format(conversation=conversation, old=old, new=new)
            op.execute(f"CREATE TRIGGER {name} AFTER {when} ON {table} BEGIN {body} END")
        text = _INDEXED.format(text=f"{table}.{column}", long=_SQLITE_LONG)
        for statement in _FILL:
            op.execute(statement.format(table=table, conversation=conversation, text=text))


def downgrade() -> None:
    """Without it: nothing else is lost."""
    if op.get_bind().dialect.name == "sqlite":
        for table, _, _ in _SUBJECTS:
            for when in ("insert", "update", "delete"):
                op.execute(f"DROP TRIGGER {table}_trigrams_{when}")
        op.execute("DROP TABLE conversation_trigrams")
        op.execute("DROP TABLE conversation_texts")
        return
    for table, _, _ in _SUBJECTS:
        op.execute(f"DROP INDEX ix_{table}_trigrams")
    op.execute("DROP FUNCTION conversation_trigrams(text)")
