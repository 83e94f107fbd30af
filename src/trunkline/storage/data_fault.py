"""Whether a write failed for what was to be written, and so fails again, or for the database, which may come back."""

from __future__ import annotations

from typing import Final

from sqlalchemy.exc import DataError, DBAPIError, StatementError

from trunkline.core.errors import Conflict

_OF_THE_DATA: Final = "22"
"""How the codes of PostgreSQL begin that tell of a value; asyncpg gives them to what it refuses itself, too:
https://www.postgresql.org/docs/current/errcodes-appendix.html."""


def is_data_fault(error: BaseException) -> bool:
    """Whether ``error`` tells of the values: too large, of the wrong type, against a constraint."""
    match error:
        case Conflict() | ValueError() | TypeError() | ArithmeticError() | DataError():
            return True
        case DBAPIError(orig=cause):
            return str(getattr(cause, "sqlstate", "")).startswith(_OF_THE_DATA)
        case StatementError():
            return True
        case _:
            return False
