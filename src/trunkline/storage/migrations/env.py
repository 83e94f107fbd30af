"""What Alembic runs: the scripts of ``versions/``, on the connection and in the transaction that it is handed."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from trunkline.storage.tables import Base

connection = context.config.attributes["connection"]
assert isinstance(connection, Connection)
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    compare_type=True,
    transactional_ddl=True,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
