"""A connection to PostgreSQL through a pooler in transaction mode, such as PgBouncer.

Each transaction may have another connection to the server, so that nothing may be kept from one to the next: no
prepared statement that has a name, and nothing is asked in two steps outside of a transaction.
https://magicstack.github.io/asyncpg/current/faq.html#why-am-i-getting-prepared-statement-errors
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from trunkline.storage.patient_connection import PatientConnection

FOR_THE_DRIVER: Final[Mapping[str, object]] = {"statement_cache_size": 0}
"""Arguments of :func:`asyncpg.connect`."""

FOR_THE_DIALECT: Final[Mapping[str, object]] = {
    "prepared_statement_cache_size": 0,
    # The statement without a name is replaced by the next one, and so never left behind on a server's connection.
    "prepared_statement_name_func": str,
}
"""The same of SQLAlchemy, which prepares each statement."""


class PooledConnection(PatientConnection):
    """Looks the types of codecs up within a transaction."""

    async def set_type_codec(self, *given: Any, **named: Any) -> None:
        """As asyncpg's."""
        own: Any = self
        parent: Any = super()
        async with own.transaction():
            await parent.set_type_codec(*given, **named)
