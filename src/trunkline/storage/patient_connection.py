"""A connection to PostgreSQL whose patience has an end, also where nobody can say so from outside."""

from __future__ import annotations

from typing import Any, Final, cast

import asyncpg  # pyright: ignore[reportMissingTypeStubs] - it has none

ROLLBACK_SECONDS: Final = 2.0
"""How long the end of a transaction waits for a server that hangs. Afterwards the connection is dropped, and the server
rolls back by itself."""

_ROLLBACK: Final = "ROLLBACK;"
"""As asyncpg's own transactions write it."""

_Connection: Final[Any] = cast("Any", asyncpg).Connection


class PatientConnection(_Connection):
    """Rolling back has a limit. Other statements have that of the transaction that they are in."""

    async def execute(self, query: str, *args: Any, timeout: float | None = None) -> str:  # noqa: ASYNC109 - asyncpg's
        """As asyncpg's."""
        if timeout is None and query == _ROLLBACK:
            timeout = ROLLBACK_SECONDS
        parent: Any = super()
        return await parent.execute(query, *args, timeout=timeout)
